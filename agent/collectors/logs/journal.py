"""The systemd journal: is it kept over a restart, and how far back does it reach."""

from __future__ import annotations

import datetime as dt
import re
import struct
from dataclasses import dataclass

from agent.collectors.machine import Machine
from agent.collectors.times import from_epoch, newest

_FOLDER = "/var/log/journal"
_VOLATILE = "/run/log/journal"
_CONFIGURATIONS = ("/usr/lib/systemd", "/usr/local/lib/systemd", "/run/systemd", "/etc/systemd")
_STORAGE = re.compile(r"^Storage\s*=\s*(\w+)", re.MULTILINE | re.IGNORECASE)

_ARCHIVED = re.compile(r"(?:system|user-\d+)@[0-9a-f]+-[0-9a-f]+-(?P<first>[0-9a-f]{16})\.journal(?P<damaged>~)?")
"""Sequence, number and time of the first entry, in microseconds, in hexadecimal."""

_SIGNATURE = b"LPKSHHRH"
_HEAD_REALTIME = struct.Struct("<184xQ")
"""Where a journal file says when its first entry was written (systemd's journal-def.h)."""

JOURNAL_GROUP = "sudo usermod -aG systemd-journal $(id -un)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What is known of the journal; `rotated_at` is when its last file was closed."""

    persistent: bool | None
    oldest: dt.datetime | None
    rotated_at: dt.datetime | None


def read(machine: Machine) -> Journal:
    """Return what the journal's settings and files say; journalctl is not needed, no entry is read."""
    storage = _storage(machine)
    kept = machine.exists(_FOLDER)
    persistent = {"volatile": False, "none": False}.get(storage, kept or storage == "persistent")
    folder = _FOLDER if persistent else _VOLATILE
    files = [f"{folder}/{name}/{file}" for name in machine.list(folder) for file in machine.list(f"{folder}/{name}")]
    archived = [(file, found) for file in files if (found := _ARCHIVED.fullmatch(file.rpartition("/")[2]))]
    return Journal(
        persistent=persistent,
        oldest=_oldest(machine, files, [found["first"] for _, found in archived]),
        rotated_at=newest(*(machine.modified(file) for file, _ in archived)),
    )


def _storage(machine: Machine) -> str:
    """Return the last word of the settings; drop-ins of all folders are read in the order of their names."""
    dropped = {
        name: f"{folder}/journald.conf.d/{name}"
        for folder in _CONFIGURATIONS
        for name in machine.list(f"{folder}/journald.conf.d")
        if name.endswith(".conf")
    }
    main = next((name for folder in reversed(_CONFIGURATIONS) if machine.exists(name := f"{folder}/journald.conf")), "")
    found = ""
    for name in [main, *(dropped[key] for key in sorted(dropped))]:
        said = _STORAGE.findall(machine.read(name) or "") if name else []
        found = said[-1].lower() if said else found
    return found


def _oldest(machine: Machine, files: list[str], firsts: list[str]) -> dt.datetime | None:
    """Return the first entry of the oldest file: its name says it once it is closed, its header while it is open."""
    closed = [from_epoch(int(first, 16) / 1e6) for first in firsts]
    live = [from_epoch(_head(machine, file) / 1e6) for file in files if file.endswith("/system.journal")]
    times = [time for time in [*closed, *live] if time is not None]
    return min(times, default=None)


def _head(machine: Machine, name: str) -> int:
    """Return when the first entry of an open file was written, in microseconds, 0 when it cannot be known."""
    try:
        with machine.path(name).open("rb") as stream:
            header = stream.read(_HEAD_REALTIME.size)
    except PermissionError:
        machine.missed(f"the first entry of {name}", "no_permission", JOURNAL_GROUP)
        return 0
    except OSError as error:
        machine.missed(f"{name}: {error.strerror}", "unreadable")
        return 0
    if len(header) < _HEAD_REALTIME.size or not header.startswith(_SIGNATURE):
        return 0
    head: int = _HEAD_REALTIME.unpack(header)[0]
    return head
