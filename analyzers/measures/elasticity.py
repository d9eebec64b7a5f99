"""Elasticity: whether capacity was ever adjusted, or could be."""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.members import endpoint_evidence, host_evidence, stale, statement_evidence
from analyzers.measures.series import Reading, readings, why_no_series
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.reasons import Reason

MEANS_ONLY = Fraction(1, 2)
"""Worth of means that nobody was seen to use (catalogue, elasticity-proven)."""

HISTORY_AT_LEAST = Fraction(90)
"""Days of history from which "never seen" means something."""

DRILL_WITHIN_DAYS = 365

CHANGED = ("elasticity.cpu_changed", "elasticity.memory_changed")
HISTORY = "elasticity.history_days"
AUTOSCALER = "kube_horizontalpodautoscaler_"


def proof(estate: Estate) -> Population:
    """Return one member, the capacity of the estate: 1 adjusted or drilled, at least 0.5 when it could be."""
    changes = [each for query_id in CHANGED for each in _all(estate, query_id) if each.value > 0]
    drilled, statement, refusal = _drill(estate)
    measured, seen = _measured(estate, changes)
    evidence = (*seen, *statement)
    reason = None if measured is not None and measured.width == 0 else refusal or _why(estate)
    member = Member(
        name="capacity", kind="estate", measured=measured, declared=drilled, reason=reason, evidence=evidence
    )
    return Population(key="estate.elasticity", members=(member,), missing=reason)


def _measured(estate: Estate, changes: list[Reading]) -> tuple[Interval | None, tuple[Evidence, ...]]:
    """Return what was seen of changes and means.

    What history does not show disproves no drill, declared or not: capacity grows by new hosts too, and before the
    history began.
    """
    if changes:
        return Interval.point(1), tuple(each.evidence for each in changes)
    means = _means(estate)
    history = _long_history(estate)
    low = MEANS_ONLY if means else ZERO
    return (Interval(low, ONE) if means or history else None), (*means, *history)


def _all(estate: Estate, query_id: str) -> list[Reading]:
    return [each for found in readings(estate, query_id).values() for each in found]


def _long_history(estate: Estate) -> tuple[Evidence, ...]:
    """Return evidence of the shortest history among hosts, when even that one is long enough."""
    shortest = min(_all(estate, HISTORY), key=lambda each: each.value, default=None)
    return (shortest.evidence,) if shortest is not None and shortest.value >= HISTORY_AT_LEAST else ()


def _why(estate: Estate) -> Reason:
    if _long_history(estate):
        return "partial"
    return "too_few" if _all(estate, HISTORY) else why_no_series(estate, (HISTORY,))


def _means(estate: Estate) -> tuple[Evidence, ...]:
    return (*_free_extents(estate), *_autoscalers(estate))


def _autoscalers(estate: Estate) -> tuple[Evidence, ...]:
    monitoring = estate.monitoring
    names = (monitoring.metric_names or ()) if monitoring is not None else ()
    found = sum(1 for each in names if each.startswith(AUTOSCALER))
    if monitoring is None or not found:
        return ()
    return (endpoint_evidence(monitoring, "/api/v1/label/__name__/values", "autoscaling_metrics", found, "metrics"),)


def _free_extents(estate: Estate) -> tuple[Evidence, ...]:
    return tuple(
        host_evidence(host, "inventory", "free_extents", free, "bytes")
        for host in estate.read_hosts
        if host.facts is not None
        and host.facts.inventory is not None
        and (free := host.facts.inventory.free_extents_bytes)
    )


def _drill(estate: Estate) -> tuple[Fraction | None, tuple[Evidence, ...], Reason | None]:
    """Return the declared value, its evidence, and why there is none."""
    capacity = estate.context.capacity if estate.context is not None else None
    if capacity is None or capacity.drilled is None:
        return None, (), None
    evidence = statement_evidence(
        estate, "capacity.drilled", "drilled", capacity.drilled.isoformat(), capacity.date, capacity.author
    )
    if stale(estate, capacity.date) or stale(estate, capacity.drilled, DRILL_WITHIN_DAYS):
        return None, (evidence,), "stale"
    return ONE, (evidence,), None
