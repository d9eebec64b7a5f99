from __future__ import annotations

import datetime as dt
import sqlite3
import struct
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.access import sessions
from agent.collectors.access.records import Record
from agent.collectors.access.sessions import Stay, by_day, from_two_places, last_logins
from analyzers.model.facts import Session
from tests import builders as b
from tests.agent.collectors.fake_hosts import machine

HOUR = dt.timedelta(hours=1)


def login(
    hours_ago: float, account: str = "amartin", source: str = "10.0.0.5", line: str = "pts/0", pid: int = 0
) -> Record:
    at = b.NOW - hours_ago * HOUR
    return Record(kind="login", line=line, account=account, source=source, at=at, process=pid)


def end(hours_ago: float, line: str = "pts/0") -> Record:
    return Record(kind="logout", line=line, account="", source="", at=b.NOW - hours_ago * HOUR)


def boot(hours_ago: float) -> Record:
    return Record(kind="boot", line="~", account="reboot", source="", at=b.NOW - hours_ago * HOUR)


def lengths(root: Path, records: Iterable[Record], files: dict[str, str] | None = None) -> list[float]:
    return [(each.ends - each.starts) / HOUR for each in sessions.stays(records, machine(root, files))]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([login(5), end(3)], [2]),
        ([login(5), boot(4)], [1]),
        ([login(5), login(4), end(3)], [1, 1]),
        ([login(5), end(4, "pts/9")], [0]),
        ([end(4), login(3)], [0]),
        ([login(5, line="pts/0"), login(5, line="pts/1"), boot(3), end(2)], [2, 2]),
        ([], []),
    ],
)
def test_how_long_sessions_lasted(tmp_path: Path, records: list[Record], expected: list[float]) -> None:
    assert lengths(tmp_path, records) == expected


def test_a_session_that_still_runs_lasts_until_now(tmp_path: Path) -> None:
    assert lengths(tmp_path, [login(5, pid=4242)], {"/proc/4242/": ""}) == [5]
    assert lengths(tmp_path, [login(5, pid=4243)]) == [0]


def stay(account: str, source: str, starts: float, ends: float) -> Stay:
    return Stay(account=account, source=source, starts=b.NOW - starts * HOUR, ends=b.NOW - ends * HOUR)


@pytest.mark.parametrize(
    ("stays", "shared"),
    [
        ([stay("infoserv", "10.0.0.1", 5, 3), stay("infoserv", "10.0.0.2", 4, 2)], {"infoserv"}),
        ([stay("infoserv", "10.0.0.1", 5, 1), stay("infoserv", "10.0.0.2", 4, 3)], {"infoserv"}),
        (
            [
                stay("infoserv", "10.0.0.1", 9, 1),
                stay("infoserv", "10.0.0.1", 8, 7),
                stay("infoserv", "10.0.0.2", 4, 3),
            ],
            {"infoserv"},
        ),
        ([stay("infoserv", "10.0.0.1", 5, 4), stay("infoserv", "10.0.0.2", 4, 2)], set()),
        ([stay("infoserv", "10.0.0.1", 5, 3), stay("infoserv", "10.0.0.1", 4, 2)], set()),
        ([stay("infoserv", "10.0.0.1", 5, 3), stay("bleroy", "10.0.0.2", 4, 2)], set()),
        ([stay("infoserv", "", 5, 3), stay("infoserv", "10.0.0.2", 4, 2)], set()),
        ([stay("infoserv", "10.0.0.1", 5, 5), stay("infoserv", "10.0.0.2", 5, 5)], set()),
    ],
)
def test_one_account_in_two_places_at_once(stays: list[Stay], shared: set[str]) -> None:
    assert from_two_places(stays) == shared
    assert from_two_places(reversed(stays)) == shared


def test_no_finer_grain_than_a_day_and_its_hours_is_kept() -> None:
    stays = [stay("amartin", "10.0.0.5", 24, 23), stay("amartin", "10.0.0.5", 22, 21), stay("amartin", "", 24, 23)]
    assert by_day(stays, dt.UTC) == (
        Session(account="amartin", day=dt.date(2026, 11, 22), source="", count=1, hours=(8,)),
        Session(account="amartin", day=dt.date(2026, 11, 22), source="10.0.0.5", count=2, hours=(8, 10)),
    )


def test_days_are_those_of_the_host() -> None:
    (found,) = by_day([stay("amartin", "", 8.5, 8)], ZoneInfo("Europe/Paris"))
    assert (found.day, found.hours) == (dt.date(2026, 11, 23), (0,))
    (found,) = by_day([stay("amartin", "", 8.5, 8)], dt.UTC)
    assert (found.day, found.hours) == (dt.date(2026, 11, 22), (23,))


events = st.lists(
    st.builds(
        Record,
        kind=st.sampled_from(["boot", "login", "logout"]),
        line=st.sampled_from(["pts/0", "pts/1", "~"]),
        account=st.sampled_from(["", "amartin", "infoserv"]),
        source=st.sampled_from(["", "10.0.0.1", "10.0.0.2"]),
        at=st.integers(0, 200).map(lambda hours: b.NOW - hours * HOUR),
    ),
    max_size=30,
)


@given(events)
def test_every_login_is_one_stay_that_ends_after_it_starts(
    tmp_path_factory: pytest.TempPathFactory, found: list[Record]
) -> None:
    stays = sessions.stays(found, machine(tmp_path_factory.getbasetemp()))
    assert len(stays) == sum(1 for each in found if each.kind == "login" and each.account)
    assert all(each.starts <= each.ends for each in stays)
    assert sum(each.count for each in by_day(stays, dt.UTC)) == len(stays)


def lastlog(layout: struct.Struct, times: dict[int, int]) -> bytes:
    content = bytearray((max(times) + 1) * layout.size)
    for number, seconds in times.items():
        layout.pack_into(content, number * layout.size, seconds)
    return bytes(content)


@pytest.mark.parametrize("layout", [struct.Struct("<i32x256x"), struct.Struct("<q32x256x")], ids=["32 bits", "64 bits"])
def test_lastlog_is_read_at_the_places_of_known_accounts(tmp_path: Path, layout: struct.Struct) -> None:
    seconds = int(b.days_ago(120).timestamp())
    host = machine(tmp_path, {"/var/log/lastlog": lastlog(layout, {0: 0, 1000: seconds})})
    numbers = {"root": 0, "amartin": 1000, "later": 4_000_000_000}
    assert last_logins(host, numbers, dt.UTC) == {"amartin": b.days_ago(120).date()}


def test_the_database_that_replaces_lastlog(tmp_path: Path) -> None:
    path = tmp_path / "var/lib/lastlog/lastlog2.db"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as made:
        made.execute(
            "CREATE TABLE Lastlog(Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT)"
        )
        made.execute("INSERT INTO Lastlog VALUES ('amartin', ?, 'pts/0', '', 'sshd')", (int(b.NOW.timestamp()),))
        made.execute("INSERT INTO Lastlog VALUES ('never', 0, '', '', '')")
    made.close()
    assert last_logins(machine(tmp_path), {}, dt.UTC) == {"amartin": b.TODAY}


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 584])
def test_a_strange_lastlog_is_no_login(tmp_path: Path, content: bytes) -> None:
    assert last_logins(machine(tmp_path, {"/var/log/lastlog": content}), {"root": 0, "daemon": 1}, dt.UTC) == {}
