"""Who a name is: git authors, accounts and resolvers of tickets, joined with the people that the context file declares.

Two names are one person when they share an address, a full name, or when an account is called as an address begins.
Joining too much makes knowledge look less shared than it is, joining too little more: the first errs on the safe side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.measures.accounts import is_generic
from analyzers.measures.knowledge.aliases import SHARED_ADDRESSES, SHARED_NAMES, Joined, normalised_name
from analyzers.measures.members import stale
from analyzers.model.context import Identities as DeclaredIdentities
from analyzers.model.context import Person
from analyzers.model.estate import Estate
from analyzers.model.facts import Account, AuthorizedKey
from analyzers.model.knowledge import GitPerson

INTERNAL = frozenset({"internal", "interne"})

FIRST_HUMAN_UID = 1000

_PROGRAMS = frozenset(
    [
        "ansible",
        "awx",
        "bitbucket",
        "build",
        "builder",
        "buildbot",
        "ci",
        "chef",
        "cron",
        "drone",
        "git",
        "gitea",
        "github",
        "gitlab",
        "gitlab-runner",
        "jenkins",
        "nobody",
        "puppet",
        "renovate",
        "root",
        "runner",
        "salt",
        "semaphore",
        "system",
        "teamcity",
        "terraform",
    ]
)
"""Accounts of programs, and root: several persons act by them, so that what they do is nobody's."""

_TELLING = ("address", "login", "name", "key")
"""Kinds of names, the one that stands for a person first."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person who left traces, or was declared.

    Attributes
    ----------
    inside
        Whether the company employs them; None when nobody says, or says it since too long.
    employer
        The provider who does, else empty.
    """

    id: str
    inside: bool | None = None
    employer: str = ""
    team: str = ""


def is_shared(name: str) -> bool:
    """Tell whether an account stands for a role or a program: what it does is not attributable to a person."""
    plain = name.strip().casefold()
    return is_generic(plain) or plain in _PROGRAMS


class Identities:
    """Tells who a name is; names that were never met are met by asking."""

    def __init__(self, estate: Estate) -> None:
        context = estate.context
        declared = (context.people or ()) if context is not None else ()
        company = (context.organisation.name or "") if context is not None and context.organisation else ""
        self.people = {each.id: _somebody(each, company, old=stale(estate, each.date)) for each in declared}
        self._identified = {each.id for each in declared if any(_own(each.identities))}
        self._declared: dict[Key, str] = {}
        for person in declared:
            for key in _declared_keys(person):
                self._declared.setdefault(key, person.id)
        self._joined = Joined()
        self._names: dict[Key, str] = {}
        self._together: dict[object, list[Key]] | None = None

    def meet(self, keys: Iterable[Key], name: str) -> None:
        """Join names that are one person's, before anybody is asked for; `name` stands for who is not declared."""
        found = sorted(keys)
        for key in found:
            self._names[key] = min(self._names.get(key, name), name)
            self._joined.join(found[0], key)

    def who(self, keys: Iterable[Key]) -> str | None:
        """Return the person that one of these names is: a declared one if any is, None without a name that is one's."""
        met = sorted(keys)
        if not met:
            return None
        members = self._members().get(self._joined.root(met[0]), met)
        known = sorted({self._declared[key] for key in (*met, *members) if key in self._declared})
        return known[0] if known else self._standing(members)

    def _standing(self, keys: Iterable[Key]) -> str:
        kind, name = min(keys, key=lambda key: (_TELLING.index(key[0]), key[1]))
        return self._names.get((kind, name), name) if kind == "name" else name

    def named(self, name: str) -> str:
        """Return the person that a declaration names: by their id, or by an account."""
        return self.who([("login", name.strip().casefold())]) or name

    def recognised(self, person: str) -> bool:
        """Tell whether the traces of a declared person would be theirs: an identity is declared, or one was met."""
        keys = [key for key, owner in self._declared.items() if owner == person] or [("login", person.casefold())]
        return person in self._identified or any(key in self._names for key in keys)

    def somebody(self, person: str) -> Somebody:
        """Return what is known of a person."""
        return self.people.get(person, Somebody(id=person))

    def _members(self) -> dict[object, list[Key]]:
        if self._together is None:
            self._together = {}
            for key in sorted(self._names):
                self._together.setdefault(self._joined.root(key), []).append(key)
        return self._together


def keys_of_author(author: GitPerson) -> list[Key]:
    """Return the names of a git author that are a person's own."""
    addresses = {each.strip().casefold() for each in author.addresses} - SHARED_ADDRESSES
    names = {normalised_name(each) for each in author.names if not is_shared(each)} - SHARED_NAMES
    people = [each for each in addresses if not is_shared(_login(each))]
    logins = {_login(each) for each in people if "@" in each}
    found = [("address", each) for each in people] + [("name", each) for each in names]
    return found + [("login", each) for each in logins if each]


def keys_of_login(login: str, fingerprints: Iterable[str] = ()) -> list[Key]:
    """Return the names that an account is: none when it is shared."""
    plain = login.strip().casefold().split("@")[0]
    if not plain or is_shared(plain):
        return []
    return [("login", plain), *(("key", each) for each in fingerprints if each)]


def keys_of_resolver(name: str) -> list[Key]:
    """Return the names that the resolver of a ticket is."""
    plain = normalised_name(name)
    if not plain or plain in SHARED_NAMES or is_shared(name):
        return []
    if "@" in name:
        return [("address", name.strip().casefold()), ("login", _login(name.strip().casefold()))]
    return [("name", plain), *([("login", name.strip().casefold())] if " " not in name.strip() else [])]


def is_persons(account: Account) -> bool:
    """Tell whether a local account can be one person's."""
    return not account.system and account.uid >= FIRST_HUMAN_UID and not is_shared(account.name)


def own_keys(account: str, keys: Iterable[AuthorizedKey]) -> list[str]:
    """Return the fingerprint of the only key that opens an account: several may be several persons'."""
    found = sorted({each.fingerprint for each in keys if each.account == account})
    return found if len(found) == 1 else []


def _own(identities: DeclaredIdentities) -> tuple[str, ...]:
    return (*identities.login, *identities.git, *identities.key, *identities.ticket)


def _login(address: str) -> str:
    """Return what an address begins with, a forge's number left out: ``123+amartin@users.noreply.forge.example``."""
    return re.sub(r"^\d+\+", "", address.split("@", maxsplit=1)[0]).split("+")[0]


def _somebody(person: Person, company: str, *, old: bool) -> Somebody:
    employer = (person.employer or "").strip()
    if not employer or old:
        return Somebody(id=person.id, team=person.team or "")
    inside = employer.casefold() in INTERNAL or employer.casefold() == company.strip().casefold()
    return Somebody(id=person.id, inside=inside, employer="" if inside else employer, team=person.team or "")


def _declared_keys(person: Person) -> Iterable[Key]:
    """Yield every name of a declared person; what a declaration gives to one person is theirs, a role included."""
    own = person.identities
    yield ("login", person.id.strip().casefold())
    yield from (("login", each.strip().casefold()) for each in own.login)
    yield from (("key", each.strip()) for each in own.key)
    for each in own.git:
        yield ("address", each.strip().casefold()) if "@" in each else ("name", normalised_name(each))
    for each in own.ticket:
        yield ("name", normalised_name(each))
        yield ("address" if "@" in each else "login", each.strip().casefold())
