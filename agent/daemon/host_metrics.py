"""The host's key figures for its own history, under the names and labels of node_exporter.

Processors are one: ``node_cpu_seconds_total{cpu="all"}`` is the mean over them, so that a rate is in [0, 1].
"""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Iterator

from analyzers.measures.decode.agent_frames import Series

MOST_DEVICES = 16
"""Disks, network interfaces and file systems each: beyond, a host has its own ways."""

_MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
_MEMORY = ("MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapTotal", "SwapFree", "Dirty", "Slab")
_VMSTAT = ("oom_kill", "pgmajfault", "pswpin", "pswpout")
_STAT = {"ctxt": "node_context_switches_total", "processes": "node_forks_total", "procs_running": "node_procs_running"}
_STAT |= {"procs_blocked": "node_procs_blocked", "btime": "node_boot_time_seconds"}
_DISK = {
    3: ("node_disk_reads_completed_total", 1.0),
    5: ("node_disk_read_bytes_total", 512.0),
    6: ("node_disk_read_time_seconds_total", 0.001),
    7: ("node_disk_writes_completed_total", 1.0),
    9: ("node_disk_written_bytes_total", 512.0),
    10: ("node_disk_write_time_seconds_total", 0.001),
    12: ("node_disk_io_time_seconds_total", 0.001),
}
_NETWORK = {0: "receive_bytes", 1: "receive_packets", 2: "receive_errs", 3: "receive_drop"}
_NETWORK |= {8: "transmit_bytes", 9: "transmit_packets", 10: "transmit_errs", 11: "transmit_drop"}
_PRESSURE = (
    ("cpu", "some", "cpu_waiting"),
    ("io", "some", "io_waiting"),
    ("io", "full", "io_stalled"),
    ("memory", "some", "memory_waiting"),
    ("memory", "full", "memory_stalled"),
)
_TCP = ("CurrEstab", "ActiveOpens", "PassiveOpens", "AttemptFails", "RetransSegs", "InSegs", "OutSegs")
_LEFT_OUT_DISKS = re.compile(r"(?:z?ram|loop|fd|sr|[hsv]d[a-z]|xvd[a-z]|nvme\d+n\d+p|mmcblk\d+p)\d+")
"""Partitions and devices of memory: as node_exporter does."""

_LEFT_OUT_INTERFACES = re.compile(r"lo|veth.*|br-[0-9a-f]+|docker\d*|virbr\d+|cali.*|tap.*")
_FILE_SYSTEMS = frozenset(
    ["ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "vfat", "zfs", "reiserfs", "jfs", "bcachefs"]
)
"""Of local disks: asking a remote one that is gone would hold the agent for minutes."""

_SECTOR_WORDS = 13
_TICKS = os.sysconf("SC_CLK_TCK")


def host_figures() -> dict[Series, float]:
    """Return what can be read now; what cannot is left out."""
    found: dict[Series, float] = {Series("node_time_seconds"): time.time()}
    for part in (_cpu, _load, _memory, _vmstat, _disks, _network, _file_systems, _pressure, _tcp, _files):
        try:
            found.update((series, value) for series, value in part() if math.isfinite(value))
        except (OSError, ValueError, IndexError):
            continue
    return found


def _cpu() -> Iterator[tuple[Series, float]]:
    processors, ticks = 0, [0.0] * len(_MODES)
    for line in _lines("/proc/stat"):
        words = line.split()
        if words[0] == "cpu":
            ticks = [float(word) for word in words[1 : 1 + len(_MODES)]]
        elif words[0].startswith("cpu"):
            processors += 1
        elif words[0] in _STAT:
            yield Series(_STAT[words[0]]), float(words[1])
    for mode, value in zip(_MODES, ticks, strict=False):
        yield Series("node_cpu_seconds_total", (("cpu", "all"), ("mode", mode))), value / _TICKS / max(1, processors)
    yield Series("node_cpus"), float(processors)


def _load() -> Iterator[tuple[Series, float]]:
    for minutes, word in zip(("1", "5", "15"), _text("/proc/loadavg").split(), strict=False):
        yield Series(f"node_load{minutes}"), float(word)


def _memory() -> Iterator[tuple[Series, float]]:
    for line in _lines("/proc/meminfo"):
        name, _, rest = line.partition(":")
        if name in _MEMORY:
            yield Series(f"node_memory_{name}_bytes"), float(rest.split()[0]) * 1024


def _vmstat() -> Iterator[tuple[Series, float]]:
    for line in _lines("/proc/vmstat"):
        name, _, value = line.partition(" ")
        if name in _VMSTAT:
            yield Series(f"node_vmstat_{name}"), float(value)


def _disks() -> Iterator[tuple[Series, float]]:
    seen = 0
    for line in _lines("/proc/diskstats"):
        words = line.split()
        if len(words) < _SECTOR_WORDS or _LEFT_OUT_DISKS.fullmatch(words[2]) or seen >= MOST_DEVICES:
            continue
        seen += 1
        for at, (name, factor) in _DISK.items():
            yield Series(name, (("device", words[2]),)), float(words[at]) * factor


def _network() -> Iterator[tuple[Series, float]]:
    seen = 0
    for line in _lines("/proc/net/dev")[2:]:
        name, _, rest = line.partition(":")
        device, words = name.strip(), rest.split()
        if _LEFT_OUT_INTERFACES.fullmatch(device) or seen >= MOST_DEVICES:
            continue
        seen += 1
        for at, what in _NETWORK.items():
            yield Series(f"node_network_{what}_total", (("device", device),)), float(words[at])


def _file_systems() -> Iterator[tuple[Series, float]]:
    seen: set[str] = set()
    for line in _lines("/proc/self/mounts"):
        device, mountpoint, fstype, *_ = line.split()
        if fstype not in _FILE_SYSTEMS or device in seen or len(seen) >= MOST_DEVICES:
            continue
        seen.add(device)
        mountpoint = mountpoint.encode().decode("unicode_escape")
        try:
            told = os.statvfs(mountpoint)
        except OSError:
            continue
        labels = (("device", device), ("fstype", fstype), ("mountpoint", mountpoint))
        yield Series("node_filesystem_size_bytes", labels), float(told.f_blocks * told.f_frsize)
        yield Series("node_filesystem_free_bytes", labels), float(told.f_bfree * told.f_frsize)
        yield Series("node_filesystem_avail_bytes", labels), float(told.f_bavail * told.f_frsize)
        yield Series("node_filesystem_files", labels), float(told.f_files)
        yield Series("node_filesystem_files_free", labels), float(told.f_ffree)


def _pressure() -> Iterator[tuple[Series, float]]:
    for resource, kind, name in _PRESSURE:
        for line in _lines(f"/proc/pressure/{resource}"):
            if line.startswith(kind):
                total = line.rpartition("total=")[2]
                yield Series(f"node_pressure_{name}_seconds_total"), float(total) / 1e6


def _tcp() -> Iterator[tuple[Series, float]]:
    names, values = [line.split() for line in _lines("/proc/net/snmp") if line.startswith("Tcp:")]
    told = dict(zip(names, values, strict=False))
    for name in _TCP:
        yield Series(f"node_netstat_Tcp_{name}"), float(told.get(name, "nan"))


def _files() -> Iterator[tuple[Series, float]]:
    allocated, _, most = _text("/proc/sys/fs/file-nr").split()
    yield Series("node_filefd_allocated"), float(allocated)
    yield Series("node_filefd_maximum"), float(most)


def _lines(path: str) -> list[str]:
    return _text(path).splitlines()


def _text(path: str) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        pieces = []
        while piece := os.read(descriptor, 1 << 16):
            pieces.append(piece)
        return b"".join(pieces).decode("utf-8", "replace")
    finally:
        os.close(descriptor)
