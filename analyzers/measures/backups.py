"""Backups of data services: did one succeed within what may be lost?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures import backup_traces, ghosts
from analyzers.measures.backup_traces import Trace
from analyzers.measures.data_services import DataService, of_estate
from analyzers.measures.members import of_hosts, stale, statement_evidence, why_unseen
from analyzers.measures.unread import unread_hosts
from analyzers.model.context import Backup
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from analyzers.model.reasons import Reason

DEFAULT_RPO_HOURS = 24

GRACE = Fraction(1, 12)
"""A backup may be late by this share of the objective, for it takes time to run: 26 hours for 24 (signal P56)."""

DATA_SERVICES_OF_A_HOST = 3
"""A host whose sockets were not read counts as this many data services that nobody saw."""

NONE = frozenset({"none", "no", "aucun", "aucune", "non"})


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What was measured of the backups of one data service.

    Attributes
    ----------
    fresh
        True: one succeeded in time. False: the last one is too old, and no other could be anywhere. None: not known.
    """

    traces: tuple[Trace, ...]
    fresh: bool | None


def present(estate: Estate) -> Population:
    """Return data services: 1 when a backup succeeded within the objective, 0 when the one it rests on is older.

    A service without a trace of a backup is unknown: it may be backed up elsewhere.
    """
    return of_services("data.backed_up", [_member(each, estate) for each in of_estate(estate)], estate)


def of_services(key: str, members: Sequence[Member], estate: Estate) -> Population:
    """Return a population of data services, with a member for each host where there may be more."""
    unread = unread_hosts(estate, "flows", "listeners", DATA_SERVICES_OF_A_HOST)
    return of_hosts(key, (*members, *unread), estate, "flows")


def state(data: DataService, estate: Estate) -> State:
    """Return what was measured of the backups of a data service."""
    traces = backup_traces.of_service(data, estate)
    if any(each.sure and recent(each, data, estate) for each in traces):
        return State(traces=traces, fresh=True)
    used = [each for each in traces if not each.idle]
    late = all(_late(each, data, estate) for each in used) and any(_is_its_backup(each, data, estate) for each in used)
    return State(traces=traces, fresh=False if late and backup_traces.all_read(estate) else None)


def recent(trace: Trace, data: DataService, estate: Estate) -> bool:
    """Tell whether the last success of a trace lies within the objective of the service."""
    return trace.succeeded is not None and trace.succeeded >= estate.taken_at - _most_lost(_objective(data, estate))


def _late(trace: Trace, data: DataService, estate: Estate) -> bool:
    """Tell whether the last success of a trace that surely covers the service is too old."""
    hours = _objective(data, estate)
    if trace.continuous:
        hours = max(hours, DEFAULT_RPO_HOURS)
    return trace.sure and trace.succeeded is not None and trace.succeeded < estate.taken_at - _most_lost(hours)


def _is_its_backup(trace: Trace, data: DataService, estate: Estate) -> bool:
    """Tell whether the service rests on this trace: it is kept up, and nobody says that another tool does the work."""
    entry = data.service.declared
    said = entry.backup if entry is not None and not stale(estate, entry.date) else None
    if said is None or said.tool is None or is_none(said):
        return trace.expected
    return trace.expected and trace.tool == said.tool.strip().lower()


def why_unknown(data: DataService, estate: Estate) -> Reason:
    """Return why nothing was found: the backups of its hosts could not be read, else nobody said where they are."""
    for name in data.hosts:
        host = estate.host_named(name)
        if host is not None and (host.facts is None or host.facts.backups is None):
            return why_unseen(host, "backups")
    return "not_declared"


def stated(data: DataService, estate: Estate) -> tuple[Fraction | None, Reason | None, tuple[Evidence, ...]]:
    """Return what the catalogue says of the backup of a service: 1, 0 for none, None with the reason."""
    entry = data.service.declared
    if entry is None or entry.backup is None:
        return None, "not_declared", ()
    old = stale(estate, entry.date)
    none = is_none(entry.backup)
    evidence = statement_evidence(
        estate,
        f"services[{entry.name}].backup",
        "backup",
        "none" if none else entry.backup.tool or "declared",
        entry.date,
        entry.author,
        kind="unknown" if old else "declared",
    )
    return (None, "stale", (evidence,)) if old else (ZERO if none else ONE, None, (evidence,))


def is_none(backup: Backup) -> bool:
    """Tell whether a block says that there is no backup: it is empty, or its tool is "none"."""
    return backup == Backup() or (backup.tool or "").strip().lower() in NONE


def _objective(data: DataService, estate: Estate) -> float:
    """Return how many hours of data may be lost, as declared, else a day's."""
    entry = data.service.declared
    if entry is None or entry.objectives is None or entry.objectives.rpo_hours is None or stale(estate, entry.date):
        return DEFAULT_RPO_HOURS
    return entry.objectives.rpo_hours


def _most_lost(hours: float) -> dt.timedelta:
    return dt.timedelta(hours=float(Fraction(hours) * (1 + GRACE)))


def _member(data: DataService, estate: Estate) -> Member:
    found = state(data, estate)
    declared, why, statement = stated(data, estate)
    measured = UNKNOWN if found.traces else None
    if found.fresh is not None:
        measured = Interval.point(found.fresh)
    reason: Reason | None = None
    if found.fresh is None:
        reason = "partial" if found.traces else why if why == "stale" else why_unknown(data, estate)
    member = Member(
        name=data.name,
        kind="service",
        weight=data.service.weight,
        measured=measured,
        declared=declared,
        reason=reason,
        evidence=(*(piece for trace in found.traces for piece in trace.evidence), *statement),
        services=(data.service.name,),
        hosts=data.hosts,
    )
    return ghosts.confronted(member, data.service, estate)
