"""Who came from where on which day: records of logins, summed so that no finer grain is kept."""

from __future__ import annotations

import datetime as dt
import os
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.collectors.access.records import Record, query
from agent.collectors.machine import Machine
from agent.collectors.times import from_epoch
from analyzers.model.facts import Session

WINDOW = dt.timedelta(days=90)

_LASTLOG = "/var/log/lastlog"
_LASTLOG2 = "/var/lib/lastlog/lastlog2.db"
_LASTLOG_SIZES = (292, 296)
"""Bytes per account in lastlog: a time of 32 bits or of 64, a line of 32, a host of 256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One session; `ends` is its start when nothing says how long it lasted."""

    account: str
    source: str
    starts: dt.datetime
    ends: dt.datetime


def stays(records: Iterable[Record], machine: Machine) -> tuple[Stay, ...]:
    """Return the sessions that logins, logouts and restarts describe; one that still runs ends now."""
    open_on: dict[str, Record] = {}
    found: list[Stay] = []

    def close(line: str, ends: dt.datetime) -> None:
        login = open_on.pop(line, None)
        if login is not None:
            found.append(_stay(login, max(ends, login.at)))

    for record in records:
        if record.kind == "boot":
            for line in list(open_on):
                close(line, record.at)
            continue
        close(record.line, record.at)
        if record.kind == "login" and record.account:
            open_on[record.line] = record
    for login in open_on.values():
        runs = login.process > 0 and machine.exists(f"/proc/{login.process}")
        found.append(_stay(login, max(login.at, machine.clock()) if runs else login.at))
    return tuple(found)


def _stay(login: Record, ends: dt.datetime) -> Stay:
    return Stay(account=login.account, source=login.source, starts=login.at, ends=ends)


def by_day(all_stays: Sequence[Stay], zone: dt.tzinfo) -> tuple[Session, ...]:
    """Return one session per account, source and local day, with the local hours at which it began."""
    counts: Counter[tuple[str, dt.date, str]] = Counter()
    hours: dict[tuple[str, dt.date, str], set[int]] = {}
    for stay in all_stays:
        began = stay.starts.astimezone(zone)
        key = (stay.account, began.date(), stay.source)
        counts[key] += 1
        hours.setdefault(key, set()).add(began.hour)
    return tuple(
        Session(account=account, day=day, source=source, count=count, hours=tuple(sorted(hours[account, day, source])))
        for (account, day, source), count in sorted(counts.items())
    )


def from_two_places(all_stays: Iterable[Stay]) -> frozenset[str]:
    """Return the accounts that had two sessions at once from different addresses."""
    shared: set[str] = set()
    current: dict[str, list[Stay]] = {}
    for stay in sorted(all_stays, key=lambda each: each.starts):
        if not stay.source:
            continue
        together = [each for each in current.get(stay.account, []) if each.ends > stay.starts]
        if any(each.source != stay.source for each in together):
            shared.add(stay.account)
        current[stay.account] = [*together, stay]
    return frozenset(shared)


def last_logins(machine: Machine, numbers: dict[str, int], zone: dt.tzinfo) -> dict[str, dt.date]:
    """Return the local day of the last login that lastlog or lastlog2 remembers, by account."""
    days: dict[str, dt.date] = {}
    for name, seconds in _lastlog2(machine) if machine.exists(_LASTLOG2) else _lastlog(machine, numbers):
        at = from_epoch(seconds)
        if at is not None:
            days[name] = at.astimezone(zone).date()
    return days


def _lastlog2(machine: Machine) -> list[tuple[str, int]]:
    rows = query(machine, _LASTLOG2, "SELECT Name, Time FROM Lastlog LIMIT 10000")
    return [(str(name), seconds) for name, seconds in rows or [] if isinstance(seconds, int)]


def _lastlog(machine: Machine, numbers: dict[str, int]) -> list[tuple[str, int]]:
    """Read only the places of known accounts: the file is sparse, and as long as the largest number allows."""
    if not machine.exists(_LASTLOG):
        return []
    try:
        with machine.path(_LASTLOG).open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            record = next((each for each in _LASTLOG_SIZES if size % each == 0), 0)
            if not record:
                machine.missed(f"{_LASTLOG}: its records have no length that we know", "unreadable")
                return []
            layout = struct.Struct("<i" if record == _LASTLOG_SIZES[0] else "<q")
            found = []
            for name, number in numbers.items():
                stream.seek(number * record)
                packed = stream.read(layout.size)
                if len(packed) == layout.size:
                    found.append((name, layout.unpack(packed)[0]))
            return found
    except PermissionError:
        machine.missed(_LASTLOG, "no_permission", f"sudo setfacl -m u:$(id -un):r {_LASTLOG}")
    except OSError as error:
        machine.missed(f"{_LASTLOG}: {error.strerror}", "unreadable")
    return []
