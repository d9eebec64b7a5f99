"""Accounts of hosts: whose they are, and which are shared."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

from analyzers.measures.members import host_evidence, host_member, of_hosts, stale, statement_evidence, unseen_host
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import Access, Account
from analyzers.model.host_names import is_loopback
from analyzers.model.interval import ONE, UNKNOWN, Interval
from analyzers.model.reasons import Reason

IN_USE_WITHIN_DAYS = 90
"""An account is in use when somebody entered by it since then (signal H33)."""

SEVERAL_KEYS = 2

ROLE_IN_USE = "role_account_in_use"
"""Key of the evidence of a role that somebody enters by: it raises a doubt and proves nothing."""

_ROLES = """
admin administrator adm superuser supervisor sysadmin sysop
support infog infogerance helpdesk hotline tech technicien technique maintenance maint it
ops operator operations exploit exploitation prod production deploy deployer deployment dev developer
test tester user utilisateur guest invite public shared commun stage stagiaire
service svc backup webmaster web www compta
ubuntu debian centos fedora rocky almalinux redhat suse opc ec cloud core vagrant pi azureuser
"""

GENERIC = frozenset(_ROLES.split())
"""Words that name a role or a distribution's first account, never a person (signal H32)."""


def is_generic(name: str) -> bool:
    """Tell whether an account is named after a role: every word of it is generic, digits aside."""
    words = [each for each in re.split(r"[^a-z]+", name.lower()) if each]
    return bool(words) and all(each in GENERIC for each in words)


def shared(estate: Estate) -> Population:
    """Return hosts: 0 with a shared interactive account in use, 1 without, unknown where nobody may say.

    Shared is: named after a role, in use, and entered from several places at once; or root, entered from the network;
    or several keys and sessions from several places at once. A role entered in the last 90 days from one place at a
    time may be shared or one person's, whatever the context file says: giving it to one person is a statement.
    """
    persons = _persons(estate)
    return of_hosts("hosts.accounts", (_member(host, persons, estate) for host in estate.hosts), estate, "access")


def _persons(estate: Estate) -> dict[str, Evidence]:
    """Return the logins that exactly one declared person owns, with the statement."""
    people = (estate.context.people or ()) if estate.context is not None else ()
    claims = Counter(login for person in people for login in set(person.identities.login))
    return {
        login: statement_evidence(
            estate, f"people[{index}].identities.login", "personal_account", "yes", person.date, person.author
        )
        for index, person in enumerate(people)
        for login in person.identities.login
        if claims[login] == 1 and not stale(estate, person.date)
    }


def _member(host: EstateHost, persons: dict[str, Evidence], estate: Estate) -> Member:
    access = host.facts.access if host.facts is not None else None
    if access is None or access.accounts is None:
        return unseen_host(host, "access")
    interactive = [each for each in access.accounts if each.interactive]
    counted = host_evidence(host, "access", "interactive_accounts", len(interactive), "accounts")
    shared_by = {each.name: how for each in interactive if (how := _sharing(each, access, estate))}
    roles = [each.name for each in interactive if _role_in_use(each, access, estate)]
    proved = [host_evidence(host, "access", how, _shown(name)) for name, how in shared_by.items()]
    doubted = [host_evidence(host, "access", ROLE_IN_USE, name) for name in roles if name not in shared_by]
    claimed = [persons[name] for name in roles if name in persons]
    declared = ONE if claimed and {*shared_by, *roles} <= persons.keys() else None
    if proved:
        return host_member(host, Interval.point(0), *proved, *doubted, *claimed, declared=declared)
    if access.sessions is None or any(_keys(each, access) is None for each in interactive if each.concurrent_sources):
        doubt = UNKNOWN if interactive else Interval.point(1)
        reason: Reason | None = "partial" if interactive else None
        return host_member(host, doubt, counted, *doubted, *claimed, declared=declared, reason=reason)
    if doubted:
        return host_member(host, UNKNOWN, counted, *doubted, *claimed, declared=declared, reason="partial")
    return host_member(host, Interval.point(1), counted)


def _sharing(account: Account, access: Access, estate: Estate) -> str:
    """Return how an account proves to be shared, empty when it does not."""
    if account.concurrent_sources and (_keys(account, access) or 0) >= SEVERAL_KEYS:
        return "several_keys_and_places_at_once"
    if account.uid == 0 and _from_the_network(account, access, estate):
        return "root_entered_from_the_network"
    if account.concurrent_sources and _role_in_use(account, access, estate):
        return "role_account_from_several_places_at_once"
    return ""


def _role_in_use(account: Account, access: Access, estate: Estate) -> bool:
    if not is_generic(account.name):
        return False
    entered = [each.day for each in access.sessions or () if each.account == account.name]
    entered += [account.last_login] if account.last_login is not None else []
    return bool(account.login_days_90d) or any(_recent(each, estate) for each in entered)


def _from_the_network(account: Account, access: Access, estate: Estate) -> bool:
    return any(
        each.source and not is_loopback(each.source) and _recent(each.day, estate)
        for each in access.sessions or ()
        if each.account == account.name
    )


def _recent(day: dt.date, estate: Estate) -> bool:
    return (estate.today - day).days <= IN_USE_WITHIN_DAYS


def _keys(account: Account, access: Access) -> int | None:
    """Return how many keys open an account, None when nobody could count them."""
    listed = None
    if access.authorized_keys is not None:
        listed = len({each.fingerprint for each in access.authorized_keys if each.account == account.name})
    return max((each for each in (account.keys, listed) if each is not None), default=None)


def _shown(name: str) -> str:
    """Return the name of a role; the name of a person stays on the host."""
    return name if is_generic(name) or name == "root" else "an account"
