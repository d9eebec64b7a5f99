"""Incidents against which a detector is tried: tickets, pages sent, restarts, and what people remember."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzers.measures.decode.block import Block
from analyzers.measures.history.backtest import Incident
from analyzers.measures.history.moments import milliseconds
from analyzers.model.estate import Estate, EstateService
from analyzers.model.history import IncidentOrigin
from analyzers.model.host_names import bare_host

PAGING = frozenset({"critical", "page", "pager", "error", "high", "disaster", "emergency", "p1", "p2", "sev1", "sev2"})
"""Values of the label ``severity`` at which somebody is called; what merely warns is no incident."""

SAME_SECONDS = 3600
"""Beginnings on one host within an hour are one incident."""

SILENT_MS = 900_000
"""An alert whose samples stop for longer had ended."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A time at which an alert fired for an instance, in milliseconds."""

    host: str
    start: int
    end: int


def firings(block: Block) -> tuple[Firing, ...]:
    """Return when alerts that page somebody fired, from the series ``ALERTS``."""
    found = []
    for one in block:
        labels = one.labels
        paging = labels.get("severity", "").lower() in PAGING
        if labels.get("alertstate") != "firing" or not paging or not len(one.timestamps):
            continue
        start = last = int(one.timestamps[0])
        for each in (*one.timestamps[1:].tolist(), None):
            if each is None or each - last > SILENT_MS:
                found.append(Firing(bare_host(labels.get("instance", "")), start, last))
                start = each if each is not None else 0
            last = each if each is not None else 0
    return tuple(found)


def incidents(
    estate: Estate, names: Iterable[str], fired: Iterable[Firing], restarts: Mapping[str, Sequence[int]]
) -> tuple[Incident, ...]:
    """Return all incidents in order of time, those of one hour on one host told once.

    Parameters
    ----------
    names
        Hosts of the history, as ``instance`` names them.
    restarts
        Moments by host, in milliseconds.
    """
    places = _Places(estate, tuple(names))
    found: list[Incident] = []
    for file in estate.snapshot.tickets or ():
        for ticket in file.tickets:
            if ticket.kind == "incident":
                end = None if ticket.closed is None else milliseconds(ticket.closed)
                found.append(_incident("ticket", milliseconds(ticket.opened), end, places.of((ticket.service,))))
    for told in (estate.context.incidents or ()) if estate.context is not None else ():
        end = None if told.end is None else milliseconds(told.end)
        found.append(_incident("declared", milliseconds(told.start), end, places.of(told.services)))
    found += [_incident("alert", each.start, each.end, frozenset({each.host}) if each.host else None) for each in fired]
    found += [
        _incident("restart", moment, moment, frozenset({host}))
        for host, moments in restarts.items()
        for moment in moments
    ]
    return _distinct(found)


MOST_HOURS = 24
"""A ticket is often closed long after things work again: what comes a day later is not its alert."""


def _incident(origin: IncidentOrigin, start: int, end: int | None, hosts: frozenset[str] | None) -> Incident:
    bound = None if end is None else min(end, start + MOST_HOURS * 3_600_000)
    return Incident(start=start, end=bound, hosts=hosts, origin=origin)


def _distinct(found: Sequence[Incident]) -> tuple[Incident, ...]:
    """Return incidents once each: one already told, on the same host within an hour, is the same."""
    order: Mapping[IncidentOrigin, int] = {"ticket": 0, "declared": 1, "alert": 2, "restart": 3}
    kept: list[Incident] = []
    for each in sorted(found, key=lambda one: (order[one.origin], one.start, sorted(one.hosts or ()))):
        if not any(_same(each, other) for other in kept):
            kept.append(each)
    return tuple(sorted(kept, key=lambda one: (one.start, order[one.origin], sorted(one.hosts or ()))))


def _same(one: Incident, other: Incident) -> bool:
    apart = abs(one.start - other.start) > SAME_SECONDS * 1000 and not other.start <= one.start <= other.last
    return not apart and (one.hosts is None or other.hosts is None or bool(one.hosts & other.hosts))


class _Places:
    """Which hosts of the history a service runs on."""

    def __init__(self, estate: Estate, names: tuple[str, ...]) -> None:
        self._estate = estate
        self._known: dict[str, set[str]] = {}
        for name in names:
            host = estate.host_named(name) if name else None
            self._known.setdefault(host.name if host is not None else name, set()).add(name)

    def of(self, services: Iterable[str]) -> frozenset[str] | None:
        """Return the hosts, None where nobody knows any."""
        found: set[str] = set()
        for name in services:
            service = self._estate.service_named(name) if name else None
            for host in _hosts(service) if service is not None else (name,):
                known = self._estate.host_named(host) if host else None
                found |= self._known.get(known.name if known is not None else host, set())
        return frozenset(found) or None


def _hosts(service: EstateService) -> tuple[str, ...]:
    declared = service.declared.match.hosts if service.declared and service.declared.match else ()
    return (*service.hosts, *declared)
