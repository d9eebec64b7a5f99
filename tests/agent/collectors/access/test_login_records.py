from __future__ import annotations

import datetime as dt
import sqlite3
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.access import records
from agent.collectors.access.records import Record, parse, source_of
from tests import builders as b
from tests.agent.collectors.access.logins import BOOT, COMPACT, LOGIN, LOGOUT, RUN_LEVEL, WIDE, record
from tests.agent.collectors.fake_hosts import machine

AT = b.days_ago(2)
SINCE = b.days_ago(90)


@pytest.mark.parametrize("layout", [COMPACT, WIDE], ids=["32 bits", "64 bits"])
def test_both_layouts_are_read(layout: struct.Struct) -> None:
    content = b"".join(
        (
            record(BOOT, "~", "reboot", b.days_ago(10), "6.1.0-30-amd64", layout=layout),
            record(LOGIN, "pts/0", "amartin", b.days_ago(2), "10.0.0.5", 4242, layout=layout),
            record(6, "tty1", "LOGIN", b.days_ago(2), layout=layout),
            record(LOGOUT, "pts/0", "", b.days_ago(1), layout=layout),
            record(RUN_LEVEL, "~", "shutdown", b.days_ago(0.5), layout=layout),
            record(RUN_LEVEL, "~", "runlevel", b.days_ago(0.5), layout=layout),
        )
    )
    assert tuple(parse(content)) == (
        Record(kind="boot", line="~", account="reboot", source="6.1.0-30-amd64", at=b.days_ago(10)),
        Record(kind="login", line="pts/0", account="amartin", source="10.0.0.5", at=b.days_ago(2), process=4242),
        Record(kind="logout", line="pts/0", account="", source="", at=b.days_ago(1)),
        Record(kind="boot", line="~", account="shutdown", source="", at=b.days_ago(0.5)),
    )


def test_a_length_that_fits_both_layouts_is_told_by_its_content() -> None:
    content = record(LOGIN, "pts/0", "amartin", AT, layout=WIDE) * 24
    assert len(content) % COMPACT.size == len(content) % WIDE.size == 0
    assert {each.account for each in parse(content)} == {"amartin"}
    assert len(list(parse(record(LOGIN, "pts/0", "amartin", AT) * 25))) == 25


def test_a_record_that_is_cut_short_is_left_out() -> None:
    content = record(LOGIN, "pts/0", "amartin", AT)
    assert len(list(parse(content * 3 + content[:100]))) == 3


@given(st.binary(max_size=2000))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    assert all(each.at.tzinfo is dt.UTC for each in parse(content))


@given(st.lists(st.binary(min_size=384, max_size=384), max_size=4))
def test_no_record_breaks_the_reader(whole: list[bytes]) -> None:
    assert all(each.process >= 0 for each in parse(b"".join(whole)))


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("10.0.0.5", "10.0.0.5"),
        ("2001:db8::7", "2001:db8::7"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:10.0.0.5", "10.0.0.5"),
        ("10.0.0.5 via mosh [4242]", "10.0.0.5"),
        ("laptop.example.lan", "laptop.example.lan"),
        ("laptop:S.0", "laptop"),
        (":0", ""),
        (":pts/0:S.0", ""),
        ("tmux(4242).%0", ""),
        ("mosh [4242]", ""),
        ("localhost", ""),
        ("", ""),
    ],
)
def test_where_a_session_came_from(host: str, source: str) -> None:
    assert source_of(host) == source
    (found,) = parse(record(LOGIN, "pts/0", "amartin", AT, host))
    assert found.source == source or "ffff" in host


def test_a_mapped_address_is_plain() -> None:
    (found,) = parse(record(LOGIN, "pts/0", "amartin", AT, "::ffff:10.0.0.5"))
    assert found.source == "10.0.0.5"


def test_rotated_records_come_first_and_old_ones_are_left_out(tmp_path: Path) -> None:
    files = {
        "/var/log/wtmp.1": record(LOGIN, "pts/0", "bleroy", b.days_ago(100))
        + record(LOGIN, "pts/0", "bleroy", b.days_ago(50)),
        "/var/log/wtmp": record(LOGIN, "pts/1", "amartin", AT),
    }
    found = records.read(machine(tmp_path, files), SINCE)
    assert found is not None
    assert [(each.account, each.at) for each in found] == [("bleroy", b.days_ago(50)), ("amartin", AT)]


def test_only_the_end_of_a_huge_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_MOST_BYTES", 10 * COMPACT.size + 7)
    many = b"".join(record(LOGIN, "pts/0", f"u{number}", AT) for number in range(50))
    found = records.read(machine(tmp_path, {"/var/log/wtmp": many}), SINCE)
    assert found is not None
    assert [each.account for each in found] == [f"u{number}" for number in range(40, 50)]


def test_an_empty_file_is_no_login(tmp_path: Path) -> None:
    assert records.read(machine(tmp_path, {"/var/log/wtmp": b""}), SINCE) == ()


def test_a_host_that_keeps_no_records(tmp_path: Path) -> None:
    host = machine(tmp_path)
    assert records.read(host, SINCE) is None
    assert host.reason == "no_source"


def test_records_that_cannot_be_read(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/var/log/wtmp/": ""})
    assert records.read(host, SINCE) is None
    assert host.reason == "unreadable"


def database(root: Path, rows: list[tuple[int, str, float, float | None, str, str]]) -> None:
    path = root / "var/lib/wtmpdb/wtmp.db"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as made:
        made.execute(
            "CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER,"
            " Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT)"
        )
        for kind, user, began, ended, tty, remote in rows:
            times = (int(b.days_ago(began).timestamp() * 1e6), ended and int(b.days_ago(ended).timestamp() * 1e6))
            made.execute(
                "INSERT INTO wtmp (Type, User, Login, Logout, TTY, RemoteHost) VALUES (?, ?, ?, ?, ?, ?)",
                (kind, user, *times, tty, remote),
            )
    made.close()


def test_the_database_that_replaces_wtmp(tmp_path: Path) -> None:
    database(
        tmp_path,
        [
            (1, "reboot", 5, None, "~", "6.12.0"),
            (3, "amartin", 3, 2, "pts/0", "10.0.0.5"),
            (3, "bleroy", 1, None, "pts/1", ""),
            (3, "old", 200, 199, "pts/1", ""),
            (2, "runlevel", 1, None, "~", ""),
        ],
    )
    found = records.read(machine(tmp_path), SINCE)
    assert found is not None
    assert [(each.kind, each.account, each.source) for each in found] == [
        ("boot", "reboot", "6.12.0"),
        ("login", "amartin", "10.0.0.5"),
        ("logout", "", ""),
        ("login", "bleroy", ""),
    ]


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0damaged"])
def test_a_damaged_database_is_recorded(tmp_path: Path, content: bytes) -> None:
    host = machine(tmp_path, {"/var/lib/wtmpdb/wtmp.db": content})
    assert records.read(host, SINCE) is None
    assert host.could_not_see
