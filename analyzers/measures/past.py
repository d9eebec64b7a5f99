"""What metric history tells: how often hosts misbehave, how well tomorrow is told, what a detector would see."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from analyzers.measures.history.wilson import wilson
from analyzers.measures.members import host_member
from analyzers.measures.targets import exact
from analyzers.model.estate import UNDECLARED_CRITICALITY, Estate
from analyzers.model.evidence import Evidence, Member, Population, Provenance
from analyzers.model.history import Backtest, History, HostHistory, JudgedDetector, SeriesHistory
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

CALM_PER_WEEK, WILD_PER_WEEK = 1.0, 10.0
"""Episodes a week at which a host is calm, and at which it is wild (catalogue, operations-stable)."""

TOLD = 1.0
"""Scaled error of a forecast under which it beats the seasonal naive one (catalogue, predictability)."""

FEWEST = 10
"""Incidents under which a share says nothing (catalogue, detection-backtest)."""

KEPT = 2.0
"""A detector that sends over twice what was asked did not keep the budget."""


def of_stability(estate: Estate) -> Population:
    """Return hosts valued by their anomaly episodes a week: 1 up to one, 0 from ten on, linear."""
    history = estate.snapshot.history
    if history is None or history.reason is not None:
        return _unread("hosts.stability", estate)
    known = {each.host: each for each in history.hosts}
    members = [_of_host(name, estate, _stability(known[name], history)) for name in sorted(known)]
    return _whole("hosts.stability", members, estate, known)


def of_predictability(estate: Estate) -> Population:
    """Return hosts valued by the share of their series of which a day is told better than by yesterday.

    Series that never change teach nothing and are left out; one too short to be tried may be either.
    """
    history = estate.snapshot.history
    if history is None or history.reason is not None:
        return _unread("series.predictability", estate)
    by_host: dict[str, list[SeriesHistory]] = {}
    for each in history.series:
        if not each.constant:
            by_host.setdefault(each.host, []).append(each)
    members = [_of_host(name, estate, _told(by_host[name], history)) for name in sorted(by_host)]
    return _whole("series.predictability", members, estate, by_host)


def of_backtest(estate: Estate) -> Population:
    """Return one member: the share of incidents that the best detector found, at the budget, by its Wilson interval."""
    key = "estate.backtest"
    history = estate.snapshot.history
    if history is None or history.reason is not None or history.backtest is None:
        return _unread(key, estate)
    judged = history.backtest
    reason = too_few(judged)
    if reason is not None:
        return Population(key=key, members=(Member(name="estate", kind="estate", reason=reason),), complete=True)
    best = best_at_budget(judged)
    found = best.found if best is not None else 0
    low, high = wilson(found, judged.incidents)
    evidence = (
        _evidence(history, "incidents_found", found),
        _evidence(history, "incidents", judged.incidents),
        *(_evidence(history, f"false_alerts {each.name}", each.false_per_host_week) for each in judged.detectors),
    )
    member = Member(
        name="estate", kind="estate", measured=Interval(exact(low), exact(high)), reason="partial", evidence=evidence
    )
    return Population(key=key, members=(member,), complete=True)


def too_few(judged: Backtest) -> Reason | None:
    """Return why a backtest says nothing, None when it does."""
    return judged.reason or ("too_few" if judged.incidents < FEWEST else None)


def best_at_budget(judged: Backtest) -> JudgedDetector | None:
    """Return the detector that found most among those that kept the budget, None when none did."""
    kept = [each for each in judged.detectors if each.false_per_host_week <= KEPT * judged.budget]
    return max(kept, key=lambda each: (each.found, -each.false_per_host_week), default=None)


def _stability(host: HostHistory, history: History) -> tuple[Interval | None, tuple[Evidence, ...], Reason | None]:
    if host.per_week is None:
        return None, (), "too_few"
    value = exact((WILD_PER_WEEK - host.per_week) / (WILD_PER_WEEK - CALM_PER_WEEK))
    return Interval.point(value), (_evidence(history, f"episodes_per_week {host.host}", host.per_week),), None


def _told(series: list[SeriesHistory], history: History) -> tuple[Interval | None, tuple[Evidence, ...], Reason | None]:
    tried = [each.mase for each in series if each.mase is not None]
    if not tried:
        return None, (), "too_few"
    told = sum(each < TOLD for each in tried)
    value = Interval(Fraction(told, len(series)), Fraction(told + len(series) - len(tried), len(series)))
    shown = (
        _evidence(history, f"series_told {series[0].host}", told),
        _evidence(history, f"series_tried {series[0].host}", len(tried)),
    )
    return value, shown, "too_few" if value.width else None


def _of_host(name: str, estate: Estate, found: tuple[Interval | None, tuple[Evidence, ...], Reason | None]) -> Member:
    """Return a host of the history as a member; one that nothing else knows weighs as much as any undeclared one."""
    measured, evidence, reason = found
    known = estate.host_named(name) if name else None
    if known is not None:
        return host_member(known, measured, *evidence, reason=reason)
    return Member(
        name=name or "estate",
        kind="host" if name else "estate",
        weight=UNDECLARED_CRITICALITY,
        measured=measured,
        reason=reason,
        evidence=evidence,
        hosts=(name,) if name else (),
    )


def _whole(key: str, members: Iterable[Member], estate: Estate, names: Iterable[str]) -> Population:
    """Return the population with the hosts of which no history speaks, each host once."""
    one_each: dict[str, Member] = {}
    for each in members:
        one_each.setdefault(each.name, each)
    spoken = {host.name for name in names if name and (host := estate.host_named(name)) is not None}
    silent = [host_member(each, None, reason="no_source") for each in estate.hosts if each.name not in spoken]
    for each in silent:
        one_each.setdefault(each.name, each)
    found = tuple(one_each[name] for name in sorted(one_each))
    return Population(
        key=key, members=found, complete=bool(found) and not silent, missing="partial" if silent else None
    )


def _unread(key: str, estate: Estate) -> Population:
    """Return the population of which nothing is known: no history was read, for its own reason if it has one."""
    history = estate.snapshot.history
    if history is not None and history.reason is not None:
        return Population(key=key, missing=history.reason)
    return Population(key=key, missing="no_monitoring_source" if estate.monitoring is None else "no_source")


def _evidence(history: History, key: str, value: float) -> Evidence:
    days = (history.end - history.start).total_seconds() / 86400
    provenance = Provenance(
        source=history.source,
        query=" ".join(history.matchers),
        collected_at=history.collected_at,
        window=f"{days:.0f}d",
    )
    return Evidence(key=key, value=value, kind="measured", provenance=provenance)
