"""Headroom of hosts at the 95th percentile: processor, memory, disks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.members import host_evidence, host_member, of_hosts, unseen_host
from analyzers.measures.series import Reading, readings, why_no_series
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import Mount
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

CPU = "headroom.cpu_p95"
MEMORY = "headroom.memory_p95"
DISK = "headroom.disk_used"

BARS = {CPU: Fraction(70, 100), MEMORY: Fraction(85, 100), DISK: Fraction(80, 100)}
"""Used share under which a resource has headroom (catalogue, headroom-now)."""

NOT_A_DISK = frozenset({"tmpfs", "devtmpfs", "ramfs", "overlay", "squashfs", "iso9660", "efivarfs"})
"""File systems that never fill up, or whose filling is another mount's (signal P48)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One resource of a host: whether it has headroom, None when that is not known; with what was seen of it."""

    passes: bool | None
    evidence: tuple[Evidence, ...] = ()


def at_percentile(estate: Estate) -> Population:
    """Return hosts whose processor, memory and disks all have headroom: 1 or 0 each.

    A host's own snapshot settles its disks, never its processor and memory: one moment is no 95th percentile.
    """
    series = {query_id: readings(estate, query_id, "ratio") for query_id in BARS}
    members = (
        _member(host, {query_id: found.get(host.name, ()) for query_id, found in series.items()}, estate)
        for host in estate.hosts
    )
    return of_hosts("hosts.headroom", members, estate)


def _member(host: EstateHost, series: dict[str, tuple[Reading, ...]], estate: Estate) -> Member:
    parts = [
        _of_series(CPU, series[CPU], _moment(host, "cpu_used_share")),
        _of_series(MEMORY, series[MEMORY], _moment(host, "memory_used_share")),
        _of_disks(host, series[DISK]),
    ]
    evidence = tuple(piece for part in parts for piece in part.evidence)
    if not evidence:
        return unseen_host(host, "inventory")
    if any(part.passes is False for part in parts):
        return host_member(host, Interval.point(0), *evidence)
    if all(part.passes for part in parts):
        return host_member(host, Interval.point(1), *evidence)
    return host_member(host, Interval.between(0, 1), *evidence, reason=_why(estate))


def _why(estate: Estate) -> Reason:
    return "partial" if estate.monitoring is None else why_no_series(estate, BARS)


def _of_series(query_id: str, found: tuple[Reading, ...], moment: tuple[Evidence, ...]) -> _Part:
    if not found:
        return _Part(None, moment)
    return _Part(all(each.value < BARS[query_id] for each in found), tuple(each.evidence for each in found))


def _of_disks(host: EstateHost, found: tuple[Reading, ...]) -> _Part:
    own = [(mount, used) for mount in local_disks(host) if (used := used_share(mount)) is not None]
    if not own and not found:
        return _Part(None)
    passes = all(used < BARS[DISK] for _, used in own) and all(each.value < BARS[DISK] for each in found)
    seen = [
        host_evidence(host, "inventory", f"disk_used {mount.mountpoint}", round(float(used), 4), "ratio")
        for mount, used in own
    ]
    return _Part(passes, (*seen, *(each.evidence for each in found)))


def local_disks(host: EstateHost) -> Iterable[Mount]:
    """Return mounts of a host that can fill up: local, writable, not made of memory."""
    inventory = host.facts.inventory if host.facts is not None else None
    return (
        each
        for each in (inventory.mounts if inventory is not None else ())
        if each.fstype not in NOT_A_DISK and not each.remote and not each.read_only
    )


def used_share(mount: Mount) -> Fraction | None:
    """Return ``1 - available / total``, the share of a file system that its users cannot have; None when not read."""
    if not mount.total_bytes:
        return None
    if mount.available_bytes is not None:
        return 1 - Fraction(mount.available_bytes, mount.total_bytes)
    return Fraction(mount.used_bytes, mount.total_bytes) if mount.used_bytes is not None else None


def _moment(host: EstateHost, field: str) -> tuple[Evidence, ...]:
    """Return what the host itself said at one moment: shown, not judged."""
    pressure = host.facts.pressure if host.facts is not None else None
    share = getattr(pressure, field) if pressure is not None else None
    return () if share is None else (host_evidence(host, "pressure", f"{field} now", round(share, 4), "ratio"),)
