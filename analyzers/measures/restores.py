"""Restores of data services: how far up the ladder from nothing to a restore in time, by a named person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures import backups, ghosts
from analyzers.measures.backup_traces import Trace
from analyzers.measures.data_services import DataService, of_estate
from analyzers.measures.members import stale, statement_evidence
from analyzers.model.context import RestoreTest
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

RUNGS = 5
TOOL, SCHEDULED, CHECKED, RESTORED, REHEARSED = range(1, RUNGS + 1)
"""The ladder: a tool; scheduled and recently successful; integrity checked; restored once; restored recently, in time,
by a named person (catalogue, restore-proven)."""

CHECKED_WITHIN = dt.timedelta(days=30)
REHEARSED_WITHIN_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """What the context file says of restores: a rung, or why none counts."""

    rung: int | None = None
    reason: Reason | None = None
    evidence: tuple[Evidence, ...] = ()


def ladder(estate: Estate) -> Population:
    """Return data services, each valued by the rung it stands on, over 5.

    What a host shows is a lower bound, for the rest may be shown elsewhere; a backup that fails leaves nothing above
    "a tool". Only people can tell who restored, and within which time.
    """
    return backups.of_services("data.restored", [_member(each, estate) for each in of_estate(estate)], estate)


def _member(data: DataService, estate: Estate) -> Member:
    state = backups.state(data, estate)
    stated = _stated(data, estate)
    measured = _measured(state, data, estate)
    reason = stated.reason if measured is None and stated.rung is None else None
    if measured is not None and measured.width:
        reason = "partial"
    if reason == "not_declared":
        reason = backups.why_unknown(data, estate)
    member = Member(
        name=data.name,
        kind="service",
        weight=data.service.weight,
        measured=measured,
        declared=None if stated.rung is None else Fraction(stated.rung, RUNGS),
        reason=reason,
        evidence=(*(piece for trace in state.traces for piece in trace.evidence), *stated.evidence),
        services=(data.service.name,),
        hosts=data.hosts,
    )
    return ghosts.confronted(member, data.service, estate)


def _measured(state: backups.State, data: DataService, estate: Estate) -> Interval | None:
    if not state.traces:
        return None
    if state.fresh is False:
        return Interval.point(Fraction(TOOL, RUNGS))
    rung = max((_rung(each, data, estate) for each in state.traces if each.sure), default=0)
    return Interval.between(Fraction(rung, RUNGS), 1)


def _rung(trace: Trace, data: DataService, estate: Estate) -> int:
    if trace.restored is not None:
        return RESTORED
    if trace.checked is not None and estate.taken_at - trace.checked <= CHECKED_WITHIN:
        return CHECKED
    return SCHEDULED if trace.scheduled and backups.recent(trace, data, estate) else TOOL


def _stated(data: DataService, estate: Estate) -> _Stated:
    tests = estate.context.restore_tests if estate.context is not None else None
    if tests is None:
        return _Stated(reason="not_declared")
    if not tests:
        return _never(data, estate)
    mine = [(index, each) for index, each in enumerate(tests) if each.service == data.service.name]
    if not mine:
        return _Stated(reason="not_declared")
    rung, index, test = max(((_tested(each, data, estate), index, each) for index, each in mine), key=_best)
    old = stale(estate, test.date)
    said = statement_evidence(
        estate,
        f"restore_tests[{index}]",
        "restored",
        test.date.isoformat(),
        test.date,
        test.author,
        kind="unknown" if old else "declared",
    )
    return _Stated(rung=None if old else rung, reason="stale" if old else None, evidence=(said,))


def _best(test: tuple[int, int, RestoreTest]) -> tuple[int, dt.date]:
    return test[0], test[2].date


def _tested(test: RestoreTest, data: DataService, estate: Estate) -> int:
    rehearsed = (estate.today - test.date).days <= REHEARSED_WITHIN_DAYS
    return REHEARSED if rehearsed and test.by is not None and _in_time(test, data, estate) else RESTORED


def _in_time(test: RestoreTest, data: DataService, estate: Estate) -> bool:
    """Tell whether a restore was as fast as the service promises; any is when it promises nothing."""
    entry = data.service.declared
    hours = entry.objectives.rto_hours if entry is not None and entry.objectives is not None else None
    if entry is None or hours is None or stale(estate, entry.date):
        return True
    return test.minutes is not None and test.minutes <= hours * 60


def _never(data: DataService, estate: Estate) -> _Stated:
    """Return what is left when "we restored nothing" is said: the backup that is declared, no more."""
    worth, _, evidence = backups.stated(data, estate)
    entry = data.service.declared
    rung = 0
    if worth and entry is not None and entry.backup is not None:
        rung = SCHEDULED if entry.backup.schedule is not None else TOOL
    none = statement_evidence(estate, "restore_tests", "restored", "never")
    return _Stated(rung=rung, evidence=(none, *evidence))
