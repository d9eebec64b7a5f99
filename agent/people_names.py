"""Every name by which a snapshot and its context file could give a person away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import get_args

import msgspec

from agent.pseudonyms import Pseudonyms
from analyzers.model.context import Context, Identities, Person, Responsibilities
from analyzers.model.evidence import Kind
from analyzers.model.facts import Access, Host
from analyzers.model.finding import Outcome
from analyzers.model.knowledge import GitHistory
from analyzers.model.reasons import REASONS
from analyzers.model.snapshot import Snapshot
from analyzers.model.verdict import AXES, PREREQUISITES, Answer, Lack

FIRST_HUMAN_UID = 1000
SHORTEST = 2
"""A single letter names nobody, and every other word of a sentence holds it."""

PERSON_KEYS = frozenset({"owner", "deputy", "author", "approver", "decider", "by"})
"""Keys of the context file whose value is a person, wherever they stand."""

_ROLES = """
    adm admin administrateur administrator ansible apache backup backups bin board build builder ceo ci cio
    client clients comex console cto daemon data db debian default demo deploy deployer dev devops direction
    docker dpo dsi ec2-user equipe exploitation external externe fedora ftp git github gitlab gitlab-runner
    grafana guest host hosts http infra internal interne jenkins kiosk log logs mail management manager monitor
    monitoring mysql nagios nginx nobody noc node nomad none office operations ops oracle pasencore pi postfix
    postgres prestataire production prometheus provider puppet redis rocky root rssi runner scanner security
    server service services sftp soc ssh staff steering support svc sync sysadmin system systemd team test
    tomcat toor ubuntu unknown us user users vagrant web webmaster www www-data zabbix équipe
"""
ROLES = frozenset(_ROLES.split())
"""Words that name a function or an account of the system, whoever sits behind it."""

_REPORTED = frozenset(
    {*AXES, *PREREQUISITES, *REASONS, *get_args(Answer), *get_args(Lack), *get_args(Kind), *get_args(Outcome)}
)
"""Words of every verdict; a report that hid them would no longer be one."""


def pseudonyms(key: bytes, context: Context | None, snapshot: Snapshot | None, kept: Iterable[str] = ()) -> Pseudonyms:
    """Return what hides the people of an estate: all names of one person become one pseudonym."""
    things = things_in(context, snapshot)
    return Pseudonyms(key, names_in(context, snapshot, kept), things, _standing(context, snapshot))


def names_in(context: Context | None, snapshot: Snapshot | None, kept: Iterable[str] = ()) -> set[str]:
    """Return every known name of a person: ids, identities, roles held, human accounts.

    Parameters
    ----------
    kept
        Words that must stay readable, such as the ids of the questions.

    Returns
    -------
    set
        Without the names of services, hosts, units, providers and teams, and without words that name a function: hiding
        these would hide the estate.
    """
    things = {each.casefold() for each in (*things_in(context, snapshot), *kept, *ROLES, *_REPORTED)}
    people = {*_declared_people(context), *_observed_people(snapshot)}
    every = {form for name in people if name.casefold() not in things for form in _forms(name)}
    return {each for each in every if len(each) >= SHORTEST and not each.isdigit() and each.casefold() not in things}


def things_in(context: Context | None, snapshot: Snapshot | None) -> set[str]:
    """Return the names of services, hosts, units, providers and teams: what a report must go on naming."""
    return {each for each in (*_declared_things(context), *_observed_things(snapshot)) if each}


def _standing(context: Context | None, snapshot: Snapshot | None) -> dict[str, str]:
    """Return every form of every name of a person, each with the one name that stands for all of theirs."""
    found: dict[str, str] = {}
    for person in (context.people or ()) if context else ():
        for name in (person.id, *_strings(person.identities)):
            for form in _forms(name):
                found.setdefault(form, person.id)
    for name in (*_declared_people(context), *_observed_people(snapshot)):
        forms = list(_forms(name))
        first = next((found[each] for each in forms if each in found), forms[-1])
        for form in forms:
            found.setdefault(form, first)
    return found


def _declared_people(context: Context | None) -> Iterator[str]:
    if context is None:
        return
    for duty in context.on_call or ():
        yield from duty.people
    yield from _walk(context)


def _walk(value: object) -> Iterator[str]:
    """Yield the people of a block and of the blocks below it."""
    if isinstance(value, Person):
        yield value.id
    if isinstance(value, Identities | Responsibilities):
        yield from _strings(value)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            child = getattr(value, name)
            if name in PERSON_KEYS and isinstance(child, str):
                yield child
            else:
                yield from _walk(child)
    elif isinstance(value, tuple):
        for each in value:
            yield from _walk(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _walk(each)


def _strings(block: Identities | Responsibilities) -> Iterator[str]:
    for name in block.__struct_fields__:
        child = getattr(block, name)
        yield from child if isinstance(child, tuple) else (child,) if child else ()


def _observed_people(snapshot: Snapshot | None) -> Iterator[str]:
    if snapshot is None:
        return
    for silence in (snapshot.alerting.silences or ()) if snapshot.alerting else ():
        yield silence.created_by
    for history in snapshot.git or ():
        yield from _authors(history)
    for host in snapshot.hosts:
        if host.access is not None:
            yield from _accounts(host.access)
        yield from (each.user for each in host.jobs or () if each.personal)
    for file in snapshot.tickets or ():
        yield from {each.resolver for each in file.tickets}


def _authors(history: GitHistory) -> Iterator[str]:
    """Yield the names of people in a repository that are names of people alone.

    A single word may be anything, "data" included: reports, which name no author, would lose their own words.
    """
    for person in history.people:
        yield from (each for each in person.names if len(each.split()) > 1)
        yield from (each for each in person.addresses if set("._-") & set(each.split("@")[0]))


def _accounts(access: Access) -> Iterator[str]:
    """Yield the accounts that a person may sit behind: local ones, and those that a directory gives."""
    accounts = access.accounts or ()
    of_the_system = {each.name for each in accounts if each.system or not _human(each.uid)}
    yield from (each.name for each in accounts if each.interactive and each.name not in of_the_system)
    entering = [
        *(each.who for each in access.sudo_rules or () if not each.who.startswith("%")),
        *(each.account for each in access.sessions or ()),
        *(each.account for each in access.authorized_keys or ()),
        *(access.sshd.allow_users if access.sshd else ()),
    ]
    yield from (each.split("@")[0] for each in entering if each.split("@")[0] not in of_the_system)


def _human(uid: int) -> bool:
    nobody = 65534
    return FIRST_HUMAN_UID <= uid != nobody


def _declared_things(context: Context | None) -> Iterator[str]:
    if context is None:
        return
    for service in context.services or ():
        yield service.name
        yield from (service.match.units + service.match.hosts) if service.match else ()
    for provider in context.providers or ():
        yield from (provider.name, *provider.subcontractors)
    for contract in context.contracts or ():
        yield contract.provider
        yield from (contract.assets.hosts + contract.assets.services) if contract.assets else ()
    for duty in context.on_call or ():
        yield duty.team
    for person in context.people or ():
        yield from (person.team or "", person.employer or "")
    yield from context.responsibilities or {}
    yield (context.organisation.name or "") if context.organisation else ""


def _observed_things(snapshot: Snapshot | None) -> Iterator[str]:
    for host in snapshot.hosts if snapshot else ():
        yield from (host.name, host.fqdn, host.name.split(".")[0])
        yield from _running(host)


def _running(host: Host) -> Iterator[str]:
    for listener in host.listeners or ():
        yield from (listener.service, listener.unit, listener.container)
    for connection in host.connections or ():
        yield connection.service
    for unit in host.units or ():
        yield from (unit.name, unit.name.rsplit(".", 1)[0])


def _forms(name: str) -> Iterator[str]:
    """Yield a name and the other ways in which the same person is written; last the plainest one.

    An address also gives its part before the @; a first and a last name also come in the other order.
    """
    name = name.strip()
    yield name
    local, at, domain = name.partition("@")
    if at and "." in domain:
        yield from _forms(local.split("+")[0])
        return
    first, mark, last = re.sub(r"\s+", " ", name).replace(".", " ").partition(" ")
    if mark and first.isalpha() and last.isalpha():
        yield f"{first}.{last}"
        if len(first) > 1 and len(last) > 1:
            yield f"{last}.{first}"
            yield f"{first}.{last}"
