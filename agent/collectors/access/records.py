"""Records of logins: utmp(5) binary files, and the databases that replace them (wtmpdb, lastlog2)."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import re
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from agent.collectors.machine import Machine
from agent.collectors.times import from_epoch

_MOST_BYTES = 16 << 20
"""Some 40 000 records: more is an account of a machine, and the oldest are left out."""

_COMPACT = struct.Struct("<hxxi32s4s32s256s4xiii16s20x")
_WIDE = struct.Struct("<hxxi32s4s32s256s4xqqq16s20x4x")
"""glibc's struct utmp: with times of 32 bits (x86, most others), or of 64 bits (aarch64, riscv64)."""

_KINDS: dict[int, Literal["boot", "login", "logout"]] = {2: "boot", 7: "login", 8: "logout"}
_RUN_LEVEL = 1

_NO_PLACE = re.compile(r":(?!:)|tmux\(|mosh |screen|(?:localhost|login)$")
"""Displays, multiplexers and the host itself."""

_DATABASE = "/var/lib/wtmpdb/wtmp.db"
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One event: a login, its end, or a start or stop of the host, which ends every session."""

    kind: Literal["boot", "login", "logout"]
    line: str
    account: str
    source: str
    at: dt.datetime
    process: int = 0


def read(machine: Machine, since: dt.datetime) -> tuple[Record, ...] | None:
    """Return the records since a time, oldest first; None when the host keeps none, or they may not be read."""
    rotated = [name for name in ("/var/log/wtmp.1", "/var/log/wtmp") if machine.exists(name)]
    if machine.exists(_DATABASE):
        found = _from_database(machine, since)
        return None if found is None else tuple(sorted(found, key=lambda each: each.at))
    parts = [content for name in rotated if (content := _end(machine, name)) is not None]
    if not parts:
        if not rotated:
            machine.missed("logins: neither /var/log/wtmp nor wtmpdb here", "no_source")
        return None
    return tuple(record for content in parts for record in parse(content) if record.at >= since)


def parse(content: bytes) -> Iterator[Record]:
    """Yield the events of a file of utmp records; what is no event, or has no sense, is left out."""
    layout = _layout(content)
    for fields in layout.iter_unpack(content[: len(content) // layout.size * layout.size]):
        kind, process, line, _, user, host, _, seconds, _, address = fields
        at = from_epoch(seconds)
        name = _word(user)
        if at is None:
            continue
        if kind == _RUN_LEVEL and name == "shutdown":
            kind = 2
        if kind in _KINDS:
            yield Record(
                kind=_KINDS[kind],
                line=_word(line),
                account=name,
                source=_source(address, _word(host)),
                at=at,
                process=max(process, 0),
            )


def _layout(content: bytes) -> struct.Struct:
    """Return the layout whose size divides the file, and whose records look right when both do."""
    fitting = [layout for layout in (_COMPACT, _WIDE) if len(content) % layout.size == 0]
    if len(fitting) == 1:
        return fitting[0]
    return max((_COMPACT, _WIDE), key=lambda layout: _sensible(layout, content))


def _sensible(layout: struct.Struct, content: bytes) -> int:
    whole = content[: len(content) // layout.size * layout.size]
    return sum(1 for fields in layout.iter_unpack(whole) if 0 < fields[0] < 10 and 0 < fields[7] < 1 << 33)  # noqa: PLR2004 - utmp(5)


def _word(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _source(address: bytes, host: str) -> str:
    """Return where a session came from: an address, else a name; empty for a console, a display or a multiplexer."""
    if any(address):
        packed = address[:4] if not any(address[4:]) else address
        return str(_plain(ipaddress.ip_address(packed)))
    return source_of(host)


def source_of(host: str) -> str:
    """Return the address or the name that a host field holds, without what programs add to it."""
    first = host.partition(" ")[0]
    if _NO_PLACE.match(host):
        return ""
    try:
        return str(_plain(ipaddress.ip_address(first.partition("%")[0])))
    except ValueError:
        return first.partition(":")[0]


def _plain(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _end(machine: Machine, name: str) -> bytes | None:
    try:
        with machine.path(name).open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            layouts = (_COMPACT.size, _WIDE.size)
            record = next((each for each in layouts if size % each == 0), _COMPACT.size)
            stream.seek(max(0, size - _MOST_BYTES // record * record))
            return stream.read(_MOST_BYTES // record * record)
    except PermissionError:
        machine.missed(name, "no_permission", f"sudo setfacl -m u:$(id -un):r {name}")
    except OSError as error:
        machine.missed(f"{name}: {error.strerror}", "unreadable")
    return None


def _from_database(machine: Machine, since: dt.datetime) -> list[Record] | None:
    """Return the records of wtmpdb(8): a row a session, its times in microseconds."""
    rows = query(
        machine,
        _DATABASE,
        "SELECT Type, TTY, User, RemoteHost, Login, Logout FROM wtmp WHERE Login >= ? ORDER BY Login DESC LIMIT 40000",
        (int(since.timestamp()) * _MICROSECONDS,),
    )
    if rows is None:
        return None
    records = []
    for kind, line, user, host, login, logout in rows:
        # wtmpdb numbers its types from 1 (boot) and 3 (session); it has no other that matters here.
        begins = _from_microseconds(login)
        if begins is None or kind not in {1, 3}:
            continue
        event: Literal["boot", "login"] = "boot" if kind == 1 else "login"
        source = source_of(str(host or ""))
        records.append(Record(kind=event, line=str(line or ""), account=str(user or ""), source=source, at=begins))
        ends = _from_microseconds(logout)
        if event == "login" and ends is not None:
            records.append(Record(kind="logout", line=str(line or ""), account="", source="", at=ends))
    return records


def _from_microseconds(value: object) -> dt.datetime | None:
    return from_epoch(value / _MICROSECONDS) if isinstance(value, int) else None


def query(machine: Machine, name: str, sql: str, parameters: tuple[int, ...] = ()) -> list[tuple[object, ...]] | None:
    """Return the rows of a small database that stays as it is; None when it cannot be read, which is recorded."""
    import sqlite3  # noqa: PLC0415 - few hosts have such a database

    try:
        with closing(sqlite3.connect(f"file:{machine.path(name)}?mode=ro&immutable=1", uri=True)) as database:
            return list(database.execute(sql, parameters))
    except sqlite3.Error as error:
        refused = not os.access(machine.path(name), os.R_OK)
        grant = f"sudo setfacl -m u:$(id -un):r {name}" if refused else ""
        machine.missed(f"{name}: {error}", "no_permission" if refused else "unreadable", grant)
        return None
