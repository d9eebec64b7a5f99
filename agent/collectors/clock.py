"""How this host's clock is kept: by what, and how far off it is."""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from agent.collectors.machine import Collector, Machine
from agent.collectors.systemd import booted
from agent.collectors.traces import attempt, first_of, processes, program
from analyzers.model.facts import Clock

_STA_PLL = 0x0001
_STA_UNSYNC = 0x0040
_STA_NANO = 0x2000
_TIME_ERROR = 5

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Sync:
    """What one source says; `offset` in seconds, positive when the clock is ahead; None where it does not say."""

    source: str
    synchronized: bool | None
    offset: float | None = None
    servers: int | None = None


class _Timex(ctypes.Structure):
    """``struct timex`` of adjtimex(2), padded to its size."""

    _fields_ = (
        ("modes", ctypes.c_int),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


def collect(machine: Machine) -> Clock:
    """Return how the clock is kept: the daemon that runs says it, else the kernel does."""
    kernel = _kernel(machine)
    said = _daemon(machine) or kernel or Sync(source="", synchronized=None)
    synchronized = said.synchronized
    if synchronized is None and kernel is not None:
        synchronized = kernel.synchronized
    if synchronized is None:
        machine.missed(f"time synchronisation: {said.source or 'no daemon'} does not say", "no_source")
    return Clock(
        synchronized=synchronized,
        offset_seconds=said.offset,
        source=said.source,
        servers=said.servers,
        timezone=_timezone(machine),
    )


def _daemon(machine: Machine) -> Sync | None:
    """Return what the daemon that runs says of itself, None when none runs or none answers."""
    running = processes(machine)
    name = first_of(_DAEMONS, running)
    if name is None:
        return None
    said = _DAEMONS[name](machine)
    return said or Sync(source=name, synchronized=None)


def _chrony(machine: Machine) -> Sync | None:
    tracking = machine.run(["chronyc", "-n", "tracking"])
    return parse_tracking(tracking, machine.run(["chronyc", "-n", "sources"])) if tracking else None


def parse_tracking(tracking: str, sources: str | None) -> Sync | None:
    """Return what ``chronyc tracking`` and ``chronyc sources`` say, None when the text is something else.

    Servers are those that were reached at least once in their last eight polls.
    """
    leap = re.search(r"^Leap status\s*: (.+)$", tracking, re.MULTILINE)
    if leap is None:
        return None
    synchronized = leap[1].strip() != "Not synchronised"
    time = re.search(r"^System time\s*: (\d+\.\d+) seconds (fast|slow) of NTP time", tracking, re.MULTILINE)
    offset = float(time[1]) * (1 if time[2] == "fast" else -1) if time and synchronized else None
    reached = re.findall(r"^[\^=#][*+\-?x~] \S+ +\d+ +\d+ +([0-7]+) ", sources or "", re.MULTILINE)
    servers = sum(1 for each in reached if int(each, 8)) if sources is not None else None
    return Sync(source="chrony", synchronized=synchronized, offset=offset, servers=servers)


def _ntp(machine: Machine) -> Sync | None:
    if program(machine, "ntpctl"):
        status = machine.run(["ntpctl", "-s", "status"])
        return parse_ntpctl(status) if status else None
    peers = machine.run(["ntpq", "-p", "-n"])
    return parse_peers(peers) if peers else None


def parse_peers(text: str) -> Sync | None:
    """Return what ``ntpq -pn`` says: a peer marked * is followed, its offset is in milliseconds."""
    rows = re.findall(r"^([ x.\-+#*o])\S+ +\S+ +\d+ .+ ([0-7]+) +\S+ +(-?\d+\.\d+) +\S+ *$", text, re.MULTILINE)
    if "remote" not in text:
        return None
    followed = [float(offset) for tally, _, offset in rows if tally in "*o"]
    servers = sum(1 for _, reach, _ in rows if int(reach, 8))
    # An offset is what must be added to the clock: a positive one means that the clock is late.
    offset = -followed[0] / 1000 if followed else None
    return Sync(source="ntpd", synchronized=bool(followed), offset=offset, servers=servers)


def parse_ntpctl(text: str) -> Sync | None:
    """Return what OpenNTPD says: ``4/4 peers valid, clock synced, stratum 3``."""
    found = re.search(r"(\d+)/\d+ peers valid.*?clock (synced|unsynced)", text, re.DOTALL)
    return Sync(source="openntpd", synchronized=found[2] == "synced", servers=int(found[1])) if found else None


def _timesyncd(machine: Machine) -> Sync | None:
    if not booted(machine):
        return None
    text = attempt(machine, ["timedatectl", "timesync-status"])
    shown = attempt(machine, ["timedatectl", "show"])
    return parse_timesync(text or "", shown or "")


def parse_timesync(status: str, shown: str) -> Sync | None:
    """Return what ``timedatectl timesync-status`` and ``timedatectl show`` say; it follows one server at a time."""
    known = re.search(r"^NTPSynchronized=(yes|no)$", shown, re.MULTILINE)
    offset = re.search(r"^\s*Offset: ([+-]?)(.+)$", status, re.MULTILINE)
    server = re.search(r"^\s*Server: \S", status, re.MULTILINE)
    if known is None and offset is None:
        return None
    return Sync(
        source="systemd-timesyncd",
        synchronized=known[1] == "yes" if known else None,
        offset=_span(offset[2], negative=offset[1] == "-") if offset else None,
        servers=1 if server else None,
    )


def _span(text: str, *, negative: bool) -> float | None:
    """Return seconds from a time span such as ``1min 2.3s`` (systemd.time(7)); timesyncd says what must be added."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(us|ms|s|min|h)\b", text)
    if not parts:
        return None
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    return seconds if negative else -seconds


def _kernel(machine: Machine) -> Sync | None:
    """Return what the kernel says, without changing anything (adjtimex(2) with modes 0 needs no right)."""
    if not machine.live:
        return None
    timex = _Timex(modes=0)
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        machine.missed("adjtimex: this C library has none", "unreadable")
        return None
    if state < 0:
        machine.missed(f"adjtimex: {os.strerror(ctypes.get_errno())}", "no_permission")
        return None
    return parse_timex(state, timex.status, timex.offset)


def parse_timex(state: int, status: int, offset: int) -> Sync:
    """Return what adjtimex(2) said; the offset counts only while the kernel's own loop follows a server."""
    synchronized = state != _TIME_ERROR and not status & _STA_UNSYNC
    unit = 1e-9 if status & _STA_NANO else 1e-6
    follows = synchronized and bool(status & _STA_PLL)
    return Sync(source="kernel", synchronized=synchronized, offset=-offset * unit if follows else None)


def _timezone(machine: Machine) -> str:
    try:
        link = str(machine.path("/etc/localtime").readlink())
    except OSError:
        return (machine.read("/etc/timezone") or "").strip()
    return link.partition("zoneinfo/")[2]


_DAEMONS: dict[str, Callable[[Machine], Sync | None]] = {
    "chronyd": _chrony,
    "ntpd": _ntp,
    "systemd-timesyncd": _timesyncd,
}

COLLECTOR = Collector(
    name="clock",
    block="clock",
    source="chronyc, ntpq, timedatectl, adjtimex",
    collect=collect,
    limit_seconds=10.0,
)
