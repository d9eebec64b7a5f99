"""The way up: who may act as root on a host, and whether a password is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzers.measures.accounts import is_generic
from analyzers.measures.members import host_evidence
from analyzers.measures.truth import Judged, Truth, every, opposite
from analyzers.model.estate import EstateHost
from analyzers.model.facts import Access, Account, SudoRule

MOST_ADMINS = 5
"""Named persons who may act as root on one host: more is no longer rare (catalogue, privileged-access)."""

ROOT = frozenset({"root", "#0"})


def judge(host: EstateHost, access: Access) -> Judged:
    """Return whether privileges are rare and named: nobody gets everything without a password, one to five persons may.

    A host where nobody may act as another and no person has an account has nothing to govern.
    """
    if access.sudo_rules is None:
        return Judged(holds=None)
    full = [each for each in access.sudo_rules if each.who not in ROOT and _everything(each)]
    free = [_person(each.who, access.accounts) for each in full if each.no_password]
    admins = _Admins(full, access.accounts)
    return Judged(
        holds=_nothing_to_govern(full, access) or every((*(opposite(each) for each in free), admins.rare_and_named)),
        evidence=(
            host_evidence(host, "access", "sudo.everything_without_password", free.count(True), "rules"),
            host_evidence(host, "access", "sudo.named_admins", len(admins.named), "accounts"),
        ),
    )


def _nothing_to_govern(full: Sequence[SudoRule], access: Access) -> bool:
    return not full and access.accounts is not None and not any(_human(each) for each in access.accounts)


class _Admins:
    """Accounts that may do everything.

    Attributes
    ----------
    named
        Accounts of persons, not of roles.
    bounded
        False when there may be others: a group that has no local member, a directory, accounts that nobody read.
    """

    def __init__(self, full: Sequence[SudoRule], accounts: tuple[Account, ...] | None) -> None:
        self.everyone = any(each.who == "ALL" for each in full)
        self.bounded = accounts is not None
        found: set[str] = set()
        for rule in full:
            names = _members(rule.who, accounts)
            self.bounded = self.bounded and names is not None
            found.update(names or ())
        self.named = {name for name in found if not is_generic(name)}

    @property
    def rare_and_named(self) -> Truth:
        """Tell whether there are one to five."""
        if self.everyone or len(self.named) > MOST_ADMINS:
            return False
        return bool(self.named) if self.bounded else None


def _members(who: str, accounts: tuple[Account, ...] | None) -> Iterable[str] | None:
    """Return the persons that a rule names; None when nobody knows them all."""
    if accounts is None or who.startswith("+"):
        return None
    if who.startswith("%"):
        inside = [each for each in accounts if who[1:] in each.groups]
        return [each.name for each in inside if _human(each)] if inside else None
    local = [each for each in accounts if who in {each.name, f"#{each.uid}"}]
    return [each.name for each in local if _human(each)] if local else [who]


def _person(who: str, accounts: tuple[Account, ...] | None) -> Truth:
    """Tell whether a rule is for people: a group, everyone, a person's account, a name that no local account has."""
    if who == "ALL" or who[0] in "%+":
        return True
    if accounts is None:
        return None
    local = [each for each in accounts if who in {each.name, f"#{each.uid}"}]
    return any(_human(each) for each in local) if local else True


def _human(account: Account) -> bool:
    return account.interactive and not account.system and account.uid != 0


def _everything(rule: SudoRule) -> bool:
    return any(each.strip() == "ALL" for each in rule.commands.split(","))
