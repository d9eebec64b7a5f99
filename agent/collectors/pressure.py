"""Load of the host now, and time lost waiting since boot where the kernel counts it."""

from __future__ import annotations

import re
import time

from agent.collectors.machine import Collector, Machine, NotSeenError
from analyzers.model.facts import Pressure

SAMPLE_SECONDS = 0.2
_STALLED = re.compile(r"^some .*\btotal=(\d+)", re.MULTILINE)
_NO_LIMIT = 1 << 62
"""file-max and nf_conntrack_max beyond this mean that there is no limit."""


def collect(machine: Machine) -> Pressure:
    """Return the pressure on the host.

    Processor use is over a fifth of a second; a stalled share is the time in which at least one task waited for the
    processor, memory or a disk ("some" in ``/proc/pressure``), over the time since boot.

    Raises
    ------
    NotSeenError
        When there is no ``/proc``.
    """
    uptime = _first_number(machine.read("/proc/uptime"))
    memory = _memory(machine)
    if uptime is None and not memory:
        raise NotSeenError(reason="no_source", detail="/proc is not mounted", grant="sudo mount -t proc proc /proc")
    load = _first_number(machine.read("/proc/loadavg"))
    processors = _processors(machine)
    return Pressure(
        cpu_used_share=_cpu_used(machine),
        memory_used_share=_used(memory.get("MemTotal"), memory.get("MemAvailable")),
        swap_used_share=_used(memory.get("SwapTotal"), memory.get("SwapFree")),
        load_per_cpu=load / processors if load is not None and processors else None,
        oom_kills=_counter(machine.read("/proc/vmstat") or "", "oom_kill"),
        file_handles_share=_file_handles(machine),
        conntrack_share=_conntrack(machine),
        since_boot_seconds=uptime,
        **_stalled(machine, uptime),
    )


def _cpu_used(machine: Machine) -> float | None:
    before = _ticks(machine)
    if before is None:
        return None
    time.sleep(max(0.0, min(SAMPLE_SECONDS, machine.deadline - time.monotonic())))
    after = _ticks(machine)
    if after is None or (total := after[0] - before[0]) <= 0:
        return None
    return _share(total - (after[1] - before[1]), total)


def _ticks(machine: Machine) -> tuple[int, int] | None:
    """Return ticks since boot, all and idle; waiting for a disk is idle, guests are already in user (proc_stat(5))."""
    words = (machine.read("/proc/stat") or "").partition("\n")[0].split()
    if len(words) < 6 or words[0] != "cpu" or not all(word.isdigit() for word in words[1:]):  # noqa: PLR2004 - up to iowait
        return None
    ticks = [int(word) for word in words[1:9]]
    return sum(ticks), ticks[3] + ticks[4]


def _processors(machine: Machine) -> int:
    return len(re.findall(r"^cpu\d+ ", machine.read("/proc/stat") or "", re.MULTILINE))


def _memory(machine: Machine) -> dict[str, int]:
    text = machine.read("/proc/meminfo") or ""
    return {name: int(size) for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}


def _used(total: int | None, free: int | None) -> float | None:
    return None if not total or free is None else _share(total - free, total)


def _stalled(machine: Machine, uptime: float | None) -> dict[str, float | None]:
    if not machine.exists("/proc/pressure"):
        machine.missed("time lost waiting: the kernel does not count it without psi=1 on its command line", "no_source")
        return {}
    totals = {name: _STALLED.search(machine.read(f"/proc/pressure/{name}") or "") for name in ("cpu", "memory", "io")}
    return {
        f"{name}_stalled_share": _share(int(found[1]) / 1e6, uptime) if found and uptime else None
        for name, found in totals.items()
    }


def _file_handles(machine: Machine) -> float | None:
    words = (machine.read("/proc/sys/fs/file-nr") or "").split()
    if len(words) != 3 or not all(word.isdigit() for word in words):  # noqa: PLR2004 - allocated, free, most
        return None
    return _share(int(words[0]) - int(words[1]), int(words[2]))


def _conntrack(machine: Machine) -> float | None:
    """Return the filling of the connection table, None when connections are not tracked."""
    count = _first_number(machine.read("/proc/sys/net/netfilter/nf_conntrack_count"))
    most = _first_number(machine.read("/proc/sys/net/netfilter/nf_conntrack_max"))
    return None if count is None or not most else _share(count, most)


def _counter(text: str, name: str) -> int | None:
    found = re.search(rf"^{name} (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else None


def _first_number(text: str | None) -> float | None:
    found = re.match(r"\d+(\.\d+)?(?=\s|$)", text or "")
    return float(found[0]) if found else None


def _share(part: float, whole: float) -> float | None:
    if whole <= 0:
        return None
    return 0.0 if whole > _NO_LIMIT else min(1.0, max(0.0, part / whole))


COLLECTOR = Collector(
    name="pressure",
    block="pressure",
    source="/proc/stat, /proc/meminfo, /proc/pressure, /proc/vmstat",
    collect=collect,
    limit_seconds=5.0,
    pace="interval",
)
