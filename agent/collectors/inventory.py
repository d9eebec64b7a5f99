"""The machine itself: system, processor, memory, disks, network."""

from __future__ import annotations

import datetime as dt
import os
import re

from agent.collectors.grants import AS_ROOT
from agent.collectors.machine import Collector, Machine, NotSeenError
from agent.collectors.mounts import read_mounts
from agent.collectors.network import dns_servers, read_interfaces
from agent.collectors.operating_system import read_operating_system
from agent.collectors.virtualization import in_container, virtualization
from analyzers.model.facts import Inventory

_NO_DISK = re.compile(r"(?:sr|fd|loop|ram|zram|nbd|dm-|md)\d+")


def collect_inventory(machine: Machine) -> Inventory:
    """Return what the machine is made of.

    Raises
    ------
    NotSeenError
        When the kernel shows neither its memory nor its start: there is no /proc.
    """
    memory = _sizes(machine.read("/proc/meminfo") or "")
    boot = re.search(r"^btime (\d+)$", machine.read("/proc/stat") or "", re.MULTILINE)
    if "MemTotal" not in memory or boot is None:
        raise NotSeenError(reason="unreadable", detail="no /proc/meminfo or /proc/stat")
    cpuinfo = machine.read("/proc/cpuinfo") or ""
    return Inventory(
        os=read_operating_system(machine),
        kernel=(machine.read("/proc/sys/kernel/osrelease") or "").strip(),
        architecture=os.uname().machine,
        virtualization=virtualization(machine, cpuinfo),
        container=in_container(machine),
        cpu_logical=len(re.findall(r"^processor\s*\d*\s*:", cpuinfo, re.MULTILINE)) or os.cpu_count() or 1,
        cpu_physical=physical_cores(cpuinfo),
        cpu_model=cpu_model(cpuinfo),
        memory_bytes=memory["MemTotal"],
        swap_bytes=memory.get("SwapTotal", 0),
        disks=_disks(machine),
        mounts=read_mounts(machine),
        interfaces=read_interfaces(machine),
        boot_time=dt.datetime.fromtimestamp(int(boot[1]), dt.UTC),
        timezone=time_zone(machine),
        dns_servers=dns_servers(machine),
        free_extents_bytes=_free_extents(machine),
    )


def physical_cores(cpuinfo: str) -> int | None:
    """Return the number of distinct (socket, core) pairs, None where the kernel does not tell them."""
    sockets = re.findall(r"^physical id\s*:\s*(\d+)$", cpuinfo, re.MULTILINE)
    cores = re.findall(r"^core id\s*:\s*(\d+)$", cpuinfo, re.MULTILINE)
    return len(set(zip(sockets, cores, strict=False))) or None


def cpu_model(cpuinfo: str) -> str:
    """Return the name of the processor; each architecture calls the line otherwise."""
    match = re.search(r"^(?:model name|Model|cpu model|cpu|Hardware)\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return " ".join(match[1].split()) if match else ""


def time_zone(machine: Machine) -> str:
    """Return the name of the host's zone, from where /etc/localtime points, else /etc/timezone; empty when unknown."""
    try:
        target = os.readlink(machine.path("/etc/localtime"))  # noqa: PTH115 - the text of the link, wherever it leads
    except OSError:
        target = ""
    _, found, name = target.partition("zoneinfo/")
    return name if found else (machine.read("/etc/timezone") or "").strip()


def _sizes(meminfo: str) -> dict[str, int]:
    rows = re.findall(r"^(\w+):\s+(\d+) kB$", meminfo, re.MULTILINE)
    return {name: int(value) << 10 for name, value in rows}


def _disks(machine: Machine) -> tuple[str, ...]:
    """Return whole disks, virtual ones included; what is made of other devices, or can be taken out, is no disk."""
    return tuple(
        name
        for name in machine.list("/sys/block")
        if not _NO_DISK.fullmatch(name)
        and (machine.read(f"/sys/block/{name}/removable") or "").strip() != "1"
        and (machine.read(f"/sys/block/{name}/size") or "0").strip() != "0"
    )


def _free_extents(machine: Machine) -> int | None:
    """Return the bytes that LVM could still give to volumes, None without LVM. Only root may ask."""
    uses_lvm = any((machine.read(file) or "").startswith("LVM-") for file in machine.glob("/sys/block/dm-*/dm/uuid"))
    if not uses_lvm or machine.which("vgs") is None:
        return None
    if os.geteuid() != 0:
        machine.missed("free extents of LVM", "no_permission", AS_ROOT)
        return None
    text = machine.run(["vgs", "--noheadings", "--units", "b", "--nosuffix", "-o", "vg_free"])
    return None if text is None else sum(int(word) for word in text.split() if word.isdecimal())


COLLECTOR = Collector(
    name="inventory",
    block="inventory",
    source="/etc/os-release, /proc, /sys, statvfs",
    collect=collect_inventory,
    pace="hourly",
)
