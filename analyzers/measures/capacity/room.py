"""What each host leaves free for a new workload, at the 95th percentile and under the bars of headroom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analyzers.measures.headroom import BARS, CPU, DISK, MEMORY, local_disks, used_share
from analyzers.measures.series import Reading, readings
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence
from analyzers.model.facts import Inventory

DIMENSIONS = ("vcpu", "memory_gb", "disk_gb", "network_mbps", "gpu")
"""What a workload may need. Nothing that is read today tells how much of a graphics processor is free."""

_GB = 1e9
_BITS = 8
_MEGA = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a host leaves free, by dimension; one that is not known is absent."""

    host: str
    free: Mapping[str, float]
    evidence: tuple[Evidence, ...] = ()


def rooms(estate: Estate) -> tuple[Room, ...]:
    """Return what each known host leaves free: until its bar of headroom, never the last byte."""
    series = {
        each: readings(estate, each)
        for each in (CPU, MEMORY, DISK, "room.cpus", "room.memory_bytes", "room.disk_bytes", "room.network_free")
    }
    return tuple(
        _room(host, {name: found.get(host.name, ()) for name, found in series.items()}) for host in estate.hosts
    )


def _room(host: EstateHost, series: Mapping[str, tuple[Reading, ...]]) -> Room:
    inventory = host.facts.inventory if host.facts is not None else None
    free: dict[str, float] = {}
    evidence: list[Evidence] = []
    cpus = _largest(series["room.cpus"]) or (inventory.cpu_logical if inventory else None)
    memory = _largest(series["room.memory_bytes"]) or (inventory.memory_bytes if inventory else None)
    for name, size, used, bar in (
        ("vcpu", cpus, series[CPU], BARS[CPU]),
        ("memory_gb", memory and memory / _GB, series[MEMORY], BARS[MEMORY]),
    ):
        busiest = max(used, key=lambda each: each.value, default=None)
        if size and busiest is not None:
            free[name] = _left(size, float(bar) - float(busiest.value))
            evidence.append(busiest.evidence)
    disk = _disk(host, inventory, series)
    if disk is not None:
        free["disk_gb"] = disk
    network = _largest(series["room.network_free"])
    if network is not None:
        free["network_mbps"] = _left(network * _BITS / _MEGA, 1.0)
        evidence += [each.evidence for each in series["room.network_free"]]
    return Room(host=host.name, free=free, evidence=tuple(evidence))


def _left(size: float, share: float) -> float:
    return round(max(0.0, size * share), 3)


def _largest(found: tuple[Reading, ...]) -> float | None:
    return max((float(each.value) for each in found), default=None)


def _disk(host: EstateHost, inventory: Inventory | None, series: Mapping[str, tuple[Reading, ...]]) -> float | None:
    """Return what the roomiest file system leaves free: a replica's files lie on one of them."""
    bar = float(BARS[DISK])
    used = {each.labels.get("mountpoint", ""): float(each.value) for each in series[DISK]}
    left = [
        _left(float(each.value) / _GB, bar - used[mountpoint])
        for each in series["room.disk_bytes"]
        if (mountpoint := each.labels.get("mountpoint", "")) in used
    ]
    if not left and inventory is not None:
        shares = ((each.total_bytes, used_share(each)) for each in local_disks(host))
        left = [_left(total / _GB, bar - float(share)) for total, share in shares if total and share is not None]
    return max(left, default=None)
