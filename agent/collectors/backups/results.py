"""When something last succeeded: what systemd remembers of a service, and lines of logs that say so."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator

import msgspec

from agent.collectors.logfiles import tail
from agent.collectors.machine import Machine
from agent.collectors.systemd import booted, first, show
from agent.collectors.times import find_time, from_epoch, local_zone, newest
from agent.collectors.traces import attempt

_UNIT_SUCCEEDED = "MESSAGE_ID=7ad2d189f7e94e70a38c781354912448"
"""The journal's mark of a unit that ended well (systemd's sd-messages.h)."""

_MOST_LOG_BYTES = 512 << 10
_MOST_LOGS = 40
_MOST_ENTRIES = 2000


def services(machine: Machine, names: Collection[str]) -> dict[str, dt.datetime]:
    """Return when services last ended well, by name: as systemd remembers since boot, else as its journal does."""
    if not names or not booted(machine):
        return {}
    found: dict[str, dt.datetime] = {}
    for each in show(machine, sorted(names), ("Id", "Result", "ExecMainStatus", "ExecMainExitTimestamp")) or ():
        name = first(each, "Id")
        well = first(each, "Result") == "success" and first(each, "ExecMainStatus") == "0"
        ended = find_time(first(each, "ExecMainExitTimestamp"), dt.UTC, machine.clock()) if well else None
        ended = ended or _journaled(machine, name)
        if ended is not None:
            found[name] = ended
    return found


def _journaled(machine: Machine, service: str) -> dt.datetime | None:
    wanted = ["--output-fields=MESSAGE_ID", "-o", "json", "-n", "1"]
    line = attempt(machine, ["journalctl", "-q", "-u", service, *wanted, _UNIT_SUCCEEDED], limit=3.0) or ""
    return parse_entry(line)


def journaled_line(machine: Machine, names: Collection[str], pattern: str) -> dt.datetime | None:
    """Return the time of the last line that matches in the journal of services."""
    if not names or not pattern or not booted(machine):
        return None
    each_unit = [word for name in sorted(names) for word in ("-u", name)]
    text = attempt(machine, ["journalctl", "-q", *each_unit, "-o", "short-iso", "-n", str(_MOST_ENTRIES)], limit=3.0)
    return last_line(text or "", pattern, local_zone(machine), machine.clock())


def parse_entry(line: str) -> dt.datetime | None:
    """Return the time of an entry that ``journalctl -o json`` prints, None when there is none."""
    try:
        microseconds = int(msgspec.json.decode(line, type=dict[str, object]).get("__REALTIME_TIMESTAMP", 0))  # type: ignore[call-overload]
    except (msgspec.DecodeError, ValueError, TypeError):
        return None
    return from_epoch(microseconds / 1e6)


def logged(machine: Machine, logs: Iterable[str], pattern: str) -> dt.datetime | None:
    """Return the time of the last line that matches in any of the logs; None when no dated line does."""
    if not pattern:
        return None
    zone, now = local_zone(machine), machine.clock()
    texts = (tail(machine, name, _MOST_LOG_BYTES) for name in list(dict.fromkeys(logs))[:_MOST_LOGS])
    return newest(*(last_line(text, pattern, zone, now) for text in texts if text))


def last_line(text: str, pattern: str, zone: dt.tzinfo, now: dt.datetime) -> dt.datetime | None:
    """Return the time of the last line that matches: its own, else that of the last dated line before it.

    The date of the file is never used: a failed run touches it too.
    """
    lines = text.splitlines()
    matching = re.compile(pattern)
    for number in range(len(lines) - 1, -1, -1):
        if matching.search(lines[number]):
            dated = (find_time(line, zone, now) for line in reversed(lines[: number + 1]))
            return next((time for time in dated if time is not None), None)
    return None


def pgbackrest(machine: Machine) -> dt.datetime | None:
    """Return when the last backup that pgBackRest lists was finished, None when it lists none or does not answer."""
    text = attempt(machine, ["pgbackrest", "info", "--output=json", "--log-level-console=off"], limit=4.0)
    return newest(*parse_pgbackrest(text or ""))


def parse_pgbackrest(text: str) -> Iterator[dt.datetime]:
    """Yield the ends of the backups without error in ``pgbackrest info --output=json``."""
    try:
        stanzas = msgspec.json.decode(text, type=list[_Stanza])
    except (msgspec.DecodeError, ValueError):
        return
    for stanza in stanzas:
        for backup in stanza.backup:
            ended = from_epoch(backup.timestamp.get("stop", 0))
            if not backup.error and ended is not None:
                yield ended


class _Backup(msgspec.Struct):
    timestamp: dict[str, int] = {}
    error: bool | None = None


class _Stanza(msgspec.Struct):
    backup: list[_Backup] = []
