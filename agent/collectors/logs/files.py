"""Text logs: how far back they reach, and when they were last rotated."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from agent.collectors.logfiles import ADM_GROUP
from agent.collectors.machine import Machine
from agent.collectors.times import find_time, local_zone, newest

_FOLDER = "/var/log"
_SYSTEM_LOG = re.compile(r"(?:syslog|messages)(?P<rotation>[.-][\w.-]+)?")
_STATES = ("/var/lib/logrotate/status", "/var/lib/logrotate/logrotate.status", "/var/lib/logrotate.status")
_MOST_LINE_BYTES = 1000


def oldest(machine: Machine) -> dt.datetime | None:
    """Return when the first line of the oldest system log was written.

    A rotated log that may not be read was closed at its own date: the first line is older still.
    """
    names = [name for name in machine.list(_FOLDER) if _SYSTEM_LOG.fullmatch(name)]
    times = [time for name in names if (time := _first(machine, name)) is not None]
    return min(times, default=None)


def _first(machine: Machine, name: str) -> dt.datetime | None:
    path = f"{_FOLDER}/{name}"
    closed = machine.modified(path)
    rotated = name not in {"syslog", "messages"}
    try:
        line = _first_line(machine, path)
    except PermissionError:
        if not rotated:
            machine.missed(f"the first line of {path}", "no_permission", ADM_GROUP)
        line = ""
    except (OSError, EOFError, zlib.error, ImportError):
        line = ""
    written = find_time(line, local_zone(machine), closed or machine.clock())
    return written or (closed if rotated else None)


def _first_line(machine: Machine, name: str) -> str:
    with machine.path(name).open("rb") as stream:
        if name.endswith(".gz"):
            with gzip.open(stream) as unpacked:
                content = unpacked.read(_MOST_LINE_BYTES)
        else:
            content = _start_of_xz(stream) if name.endswith(".xz") else stream.read(_MOST_LINE_BYTES)
    return content.partition(b"\n")[0].decode("utf-8", "replace")


def _start_of_xz(stream: BinaryIO) -> bytes:
    import lzma  # noqa: PLC0415 - a Python may come without it

    try:
        with lzma.open(stream) as unpacked:
            return unpacked.read(_MOST_LINE_BYTES)
    except lzma.LZMAError as error:
        raise OSError(str(error)) from error


def rotated_at(machine: Machine) -> dt.datetime | None:
    """Return when logrotate last finished: it writes its state file then, whatever was due."""
    return newest(*(machine.modified(name) for name in _STATES))


def texts(machine: Machine, *patterns: str) -> Iterator[str]:
    """Yield configuration files without their comments."""
    for pattern in patterns:
        for name in machine.glob(pattern):
            yield re.sub(r"(?m)(?:^|(?<=\s))#.*$", "", machine.read(name) or "")
