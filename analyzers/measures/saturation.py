"""Time that hosts spend at the ceiling of a resource: processor, memory, disks, handles, tracked connections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.headroom import local_disks
from analyzers.measures.members import host_evidence, host_member, of_hosts, run_of, unseen_host
from analyzers.measures.series import Reading, exact, readings
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import Pressure
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.reasons import Reason

SINCE_BOOT_AT_LEAST = 86400.0
"""Seconds of uptime under which counters since boot say too little."""

FILES_CEILING = Fraction(70, 100)
CONNTRACK_CEILING = Fraction(75, 100)
INODES_CEILING = Fraction(90, 100)
"""Used shares from which a table is at its ceiling (signal P51)."""

_SECONDS_A_DAY = 86400


@dataclass(frozen=True, slots=True)
class _Share:
    """Share of time at the ceiling of one resource, in [0, 1]; None when it is not known, and why."""

    value: Fraction | None
    evidence: tuple[Evidence, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resource:
    """One resource: the query that tells it best, how to read it there, and what the host itself says."""

    query_id: str
    of_reading: Callable[[Reading], Fraction]
    of_host: Callable[[EstateHost], _Share]


def time_at_ceiling(estate: Estate) -> Population:
    """Return hosts valued 1 - share of time under pressure, the worst resource of each.

    A server's window counts before the host's own counters since boot; a resource nobody tells of leaves the low at 0.
    """
    series = {each.query_id: readings(estate, each.query_id) for each in RESOURCES}
    members = (_member(host, series) for host in estate.hosts)
    return of_hosts("hosts.saturation", members, estate)


def _member(host: EstateHost, series: dict[str, dict[str, tuple[Reading, ...]]]) -> Member:
    shares = [_of(resource, host, series[resource.query_id].get(host.name, ())) for resource in RESOURCES]
    known = [each.value for each in shares if each.value is not None]
    evidence = tuple(piece for each in shares for piece in each.evidence)
    if not evidence:
        return unseen_host(host, "pressure") if host.facts is None else _silent(host, shares)
    worst = max(known, default=ZERO)
    reason = next((each.reason for each in shares if each.value is None), None)
    return host_member(host, Interval(ZERO if reason else ONE - worst, ONE - worst), *evidence, reason=reason)


def _silent(host: EstateHost, shares: list[_Share]) -> Member:
    return host_member(host, None, reason=next((each.reason for each in shares if each.reason), "partial"))


def _of(resource: _Resource, host: EstateHost, found: tuple[Reading, ...]) -> _Share:
    if found:
        worst = max(found, key=resource.of_reading)
        return _Share(min(ONE, max(ZERO, resource.of_reading(worst))), (worst.evidence,))
    return resource.of_host(host)


def _share_of_window(reading: Reading) -> Fraction:
    return reading.value


def _days_with_a_kill(reading: Reading) -> Fraction:
    """Return kills a day: at most the share of days on which memory ran out."""
    return reading.value / (reading.window_days or ONE)


def _stalled(field: str) -> Callable[[EstateHost], _Share]:
    """Return how to read a counter of waiting time since boot; a kernel without it leaves the resource unknown."""

    def read(host: EstateHost) -> _Share:
        pressure = _pressure(host)
        share = getattr(pressure, field) if pressure is not None else None
        if pressure is None or share is None:
            return _Share(None, reason=_why(host))
        if (pressure.since_boot_seconds or 0) < SINCE_BOOT_AT_LEAST:
            return _Share(None, reason="too_few")
        return _Share(exact(share), (host_evidence(host, "pressure", field, round(share, 6), "ratio"),))

    return read


def _killed(host: EstateHost) -> _Share:
    pressure = _pressure(host)
    if pressure is None or pressure.oom_kills is None:
        return _Share(None, reason=_why(host))
    uptime = pressure.since_boot_seconds or 0.0
    if uptime < SINCE_BOOT_AT_LEAST:
        return _Share(None, reason="too_few")
    evidence = host_evidence(host, "pressure", "oom_kills", pressure.oom_kills, "kills since boot")
    return _Share(min(ONE, Fraction(pressure.oom_kills) * _SECONDS_A_DAY / exact(uptime)), (evidence,))


def _table(field: str, ceiling: Fraction) -> Callable[[EstateHost], _Share]:
    """Return how to read a table's use now; one that a whole reading does not show does not exist on the host."""

    def read(host: EstateHost) -> _Share:
        pressure = _pressure(host)
        used = getattr(pressure, field) if pressure is not None else None
        if used is None:
            absent = pressure is not None and run_of(host, "pressure").outcome == "ok"
            return _Share(ZERO) if absent else _Share(None, reason=_why(host))
        evidence = host_evidence(host, "pressure", field, round(used, 6), "ratio")
        return _Share(ONE if exact(used) > ceiling else ZERO, (evidence,))

    return read


def _inodes(host: EstateHost) -> _Share:
    if host.facts is None or host.facts.inventory is None:
        return _Share(None, reason=run_of(host, "inventory").reason or "partial")
    used = [
        (1 - Fraction(each.inodes_free, each.inodes_total), each.mountpoint)
        for each in local_disks(host)
        if each.inodes_total and each.inodes_free is not None
    ]
    if not used:
        return _Share(ZERO)
    worst, mountpoint = max(used)
    evidence = host_evidence(host, "inventory", f"inodes_used {mountpoint}", round(float(worst), 4), "ratio")
    return _Share(ONE if worst > INODES_CEILING else ZERO, (evidence,))


def _pressure(host: EstateHost) -> Pressure | None:
    return host.facts.pressure if host.facts is not None else None


def _why(host: EstateHost) -> Reason:
    return run_of(host, "pressure").reason or "partial"


RESOURCES = (
    _Resource(
        query_id="saturation.memory_share", of_reading=_share_of_window, of_host=_stalled("memory_stalled_share")
    ),
    _Resource(query_id="saturation.io_share", of_reading=_share_of_window, of_host=_stalled("io_stalled_share")),
    _Resource(query_id="saturation.cpu_share", of_reading=_share_of_window, of_host=_stalled("cpu_stalled_share")),
    _Resource(query_id="saturation.oom", of_reading=_days_with_a_kill, of_host=_killed),
    _Resource(
        query_id="saturation.files", of_reading=_share_of_window, of_host=_table("file_handles_share", FILES_CEILING)
    ),
    _Resource(
        query_id="saturation.conntrack",
        of_reading=_share_of_window,
        of_host=_table("conntrack_share", CONNTRACK_CEILING),
    ),
    _Resource(query_id="saturation.inodes", of_reading=_share_of_window, of_host=_inodes),
)
