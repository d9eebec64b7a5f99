"""Statements about services that are nowhere: a measurement that finds nothing they could apply to disproves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from analyzers.measures.members import host_evidence, run_of
from analyzers.model.context import Service
from analyzers.model.estate import Estate, EstateHost, EstateService
from analyzers.model.evidence import Member
from analyzers.model.facts import Host, Listener, Unit
from analyzers.model.interval import Interval
from analyzers.model.matching import matches

MOST_HOSTS = 5
"""Hosts shown for one service: enough to see where it was looked for."""


def confronted(member: Member, service: EstateService, estate: Estate) -> Member:
    """Return the member, measured at 0 when it states something of a service that is nowhere.

    A clean "no", a statement that does not count any more, and what measurement already speaks of stay as they are.
    """
    if not member.declared or member.measured is not None:
        return member
    searched = nowhere(service, estate)
    if not searched:
        return member
    looked = tuple(host_evidence(each, "flows", f"listeners of {service.name}", 0) for each in searched[:MOST_HOSTS])
    return replace(member, measured=Interval.point(0), reason=None, evidence=(*looked, *member.evidence))


def nowhere(service: EstateService, estate: Estate) -> tuple[EstateHost, ...]:
    """Return the hosts that were searched in vain for a declared service; none while it may be somewhere.

    It may be where a host was not read in full, behind a socket whose owner is hidden, under another entry that takes
    its sockets, at an address that no known host has, or run without a socket.
    """
    entry = service.declared
    if entry is None or entry.external or service.instances:
        return ()
    searched = _places(entry, estate)
    if any(_may_be_on(each, entry, estate) for each in searched):
        return ()
    return searched


def _places(entry: Service, estate: Estate) -> tuple[EstateHost, ...]:
    """Return the hosts where an entry says that it lives, none when it does not say, or when some are not known.

    An entry that names no host may live on one that nobody scanned: a catalogue is often wider than a scan.
    """
    if any(estate.host_named(each) is None for each in entry.addresses):
        return ()
    patterns = entry.match.hosts if entry.match is not None else ()
    if not patterns or not all(any(_fits(_names(host), pattern) for host in estate.hosts) for pattern in patterns):
        return ()
    aliased = (each for each in estate.hosts if any(_fits(each.aliases, pattern.lower()) for pattern in patterns))
    return tuple(aliased)


def _names(host: EstateHost) -> Iterable[str]:
    """Return the names that the match of an entry is compared with."""
    facts = host.facts
    return host.aliases if facts is None else (facts.name.lower(), facts.fqdn.lower(), *facts.addresses)


def _fits(values: Iterable[str], pattern: str) -> bool:
    return any(fnmatchcase(value, pattern) for value in values)


def _may_be_on(host: EstateHost, entry: Service, estate: Estate) -> bool:
    facts = host.facts
    if facts is None or facts.listeners is None or run_of(host, "flows").outcome != "ok":
        return True
    if any(_may_be(each, entry, facts, estate) for each in facts.listeners):
        return True
    listens = entry.match is not None and bool(entry.match.ports)
    return not listens and _may_be_silent(host, facts, entry)


def _may_be(listener: Listener, entry: Service, facts: Host, estate: Estate) -> bool:
    """Tell whether a socket may be of the service, although it was given to another or to nobody."""
    if matches(entry, facts, listener) or listener.service.lower() == entry.name.lower():
        return True
    if listener.process or listener.unit or listener.container:
        return False
    ports = entry.match.ports if entry.match is not None else ()
    taken = estate.service_of(facts.name, listener).declared is not None
    return not taken and (not ports or listener.port in ports)


def _may_be_silent(host: EstateHost, facts: Host, entry: Service) -> bool:
    """Tell whether the service may run without a socket: what runs is only known by its units."""
    rule = entry.match
    if rule is not None and (rule.processes or rule.containers):
        return True
    if facts.units is None or run_of(host, "units").outcome != "ok":
        return True
    patterns = rule.units if rule is not None else ()
    there = {name for each in facts.units if each.active != "inactive" for name in _unit_names(each)}
    return any(_fits(there, pattern) for pattern in patterns) or entry.name.lower() in {each.lower() for each in there}


def _unit_names(unit: Unit) -> Iterator[str]:
    """Yield the names that may mean a unit: ``app@1.service``, ``app@1``, ``app``; a timer is its service."""
    stem = unit.name.rpartition(".")[0] or unit.name
    yield from (unit.name, stem, f"{stem}.service", stem.partition("@")[0])
