"""The AI stress test: does the declared workload fit on measured headroom?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from analyzers.measures.capacity.loads import Load, Placement
from analyzers.measures.capacity.room import DIMENSIONS, Room, rooms
from analyzers.measures.members import stale, statement_evidence
from analyzers.model.context import AiWorkload
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

KEY = "ai_workloads.placed"
UNITS = {"vcpu": "vCPU", "memory_gb": "GB", "disk_gb": "GB", "network_mbps": "Mbit/s", "gpu": "GPU"}
MOST_HOSTS = 5
"""Hosts whose room is shown beside a workload."""


def placed(estate: Estate) -> Population:
    """Return the declared AI workloads, each valued by the share of its replicas that hosts have room for.

    Low: on hosts whose room is known in all that a replica needs. High: as if all that is not known were ample.
    """
    context = estate.context
    if context is None or context.ai_workloads is None:
        return Population(key=KEY, missing="not_declared")
    if not context.ai_workloads:
        return Population(key=KEY, declared_empty="ai_workloads: []")
    known = [(index, each) for index, each in enumerate(context.ai_workloads) if not stale(estate, each.date)]
    if not known:
        return Population(key=KEY, missing="stale")
    from analyzers.measures.capacity.placement import place  # noqa: PLC0415 - scipy, for those who assess

    loads = [_load(each) for _, each in known]
    found = rooms(estate)
    free = [each.free for each in found]
    sure = place(loads, free, unknown_is_ample=False)
    hoped = place(loads, free, unknown_is_ample=True) if found else None
    members = tuple(
        _member(index, each, load, _shares(position, load, sure, hoped), found, estate)
        for position, ((index, each), load) in enumerate(zip(known, loads, strict=True))
    )
    return Population(key=KEY, members=members, missing="no_source")


def _load(workload: AiWorkload) -> Load:
    needs = {name: float(getattr(workload, name)) for name in DIMENSIONS if getattr(workload, name)}
    return Load(name=workload.name, replicas=workload.replicas, needs=needs)


def _shares(position: int, load: Load, sure: Placement, hoped: Placement | None) -> Interval:
    low = Fraction(sure.placed[position], load.replicas)
    if hoped is None or not hoped.best:
        return Interval(low, Fraction(1))
    return Interval(low, max(low, Fraction(hoped.placed[position], load.replicas)))


def _member(
    index: int, workload: AiWorkload, load: Load, share: Interval, found: Sequence[Room], estate: Estate
) -> Member:
    asked = statement_evidence(
        estate,
        f"ai_workloads[{index}]",
        f"replicas of {workload.name}",
        workload.replicas,
        workload.date,
        workload.author,
    )
    reason: Reason | None = None if share.width == 0 else _why(load, found, estate)
    seen = any(set(load.needs) & set(each.free) for each in found)
    return Member(
        name=workload.name,
        kind="estate",
        measured=share if seen else None,
        reason=reason if seen else reason or "no_source",
        evidence=(asked, *_missing(load, share, found), *_rooms(load, found)),
    )


def _why(load: Load, found: Sequence[Room], estate: Estate) -> Reason:
    """Return why more may fit than is proved: a need that nothing measures, or hosts that were not read."""
    if estate.monitoring is None:
        return "no_monitoring_source"
    return "no_source" if any(name not in each.free for name in load.needs for each in found) else "partial"


def _missing(load: Load, share: Interval, found: Sequence[Room]) -> list[Evidence]:
    """Return, for a workload that does not wholly fit, each need that no host meets, beside what is free at most."""
    if share.low == 1:
        return []
    lacking = []
    for name, needed in load.needs.items():
        free = [(each.free[name], each) for each in found if name in each.free]
        if not free:
            continue
        most, roomiest = max(free, key=lambda pair: (pair[0], pair[1].host))
        if most < needed and roomiest.evidence:
            provenance = roomiest.evidence[0].provenance
            lacking.append(
                Evidence(
                    key=f"{name}: one replica needs {needed:g}, {roomiest.host} leaves free",
                    value=most,
                    unit=UNITS[name],
                    kind="measured",
                    provenance=provenance,
                )
            )
    return lacking


def _rooms(load: Load, found: Sequence[Room]) -> list[Evidence]:
    """Return what the roomiest hosts leave free of the first thing that the workload needs."""
    first = next(iter(load.needs), None)
    if first is None:
        return []
    ranked = sorted((each for each in found if first in each.free), key=lambda each: (-each.free[first], each.host))
    return [
        Evidence(
            key=f"{name} free on {each.host}",
            value=each.free[name],
            unit=UNITS[name],
            kind="measured",
            provenance=each.evidence[0].provenance,
        )
        for each in ranked[:MOST_HOSTS]
        if each.evidence
        for name in load.needs
        if name in each.free
    ]
