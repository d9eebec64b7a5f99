from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.times import find_time, from_epoch, local_zone, newest
from tests.agent.collectors.fake_hosts import machine

PARIS = ZoneInfo("Europe/Paris")
NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2026-11-22T03:30:01Z done", utc(2026, 11, 22, 3, 30, 1)),
        ("2026-11-22T03:30:01+02:00 done", utc(2026, 11, 22, 1, 30, 1)),
        ("2024-05-01T10:00:00+0000 SUBDEBUG", utc(2024, 5, 1, 10)),
        ("2026-07-01 03:30:01 upgrade curl", utc(2026, 7, 1, 1, 30, 1)),
        ("2026-11-22 03:30:01,123 INFO x", utc(2026, 11, 22, 2, 30, 1)),
        ("2026-11-22 03:00:05.123 P00   INFO: backup", utc(2026, 11, 22, 2, 0, 5)),
        ("[2026-11-22T03:30:01] /usr/bin/rsnapshot daily", utc(2026, 11, 22, 2, 30, 1)),
        ("2026/11/22 03:30 something", utc(2026, 11, 22, 2, 30)),
        ("End time:               23-Nov-2026 03:00:05", utc(2026, 11, 23, 2, 0, 5)),
        ("EndTime 1795000000.12 (Sun Nov 22 03:00:05 2026)", utc(2026, 11, 22, 2, 0, 5)),
        ("Time (end):   Sun, 2026-11-22 02:00:21", utc(2026, 11, 22, 1, 0, 21)),
        ("Mon 2026-11-23 05:12:18 UTC", utc(2026, 11, 23, 5, 12, 18)),
        ("Nov 22 03:30:01 db1 restic[12]: x", utc(2026, 11, 22, 2, 30, 1)),
        ("Nov  2 03:30:01 db1 x", utc(2026, 11, 2, 2, 30, 1)),
        ("Dec 31 03:30:01 db1 x", utc(2025, 12, 31, 2, 30, 1)),
        ("Jan  1 03:30:01 db1 x", utc(2026, 1, 1, 2, 30, 1)),
        ("May 01 10:00:00 Updated: openssl", utc(2026, 5, 1, 8)),
    ],
)
def test_times_of_logs_are_understood(line: str, expected: dt.datetime) -> None:
    assert find_time(line, PARIS, NOW) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no time here",
        "2026-13-45 99:99:99",
        "Foo 12 03:30:01",
        "99-Foo-2026 03:00:05",
        "2026-02-30 03:00:00",
        "12:30:01",
    ],
)
def test_what_is_no_time_is_none(line: str) -> None:
    assert find_time(line, dt.UTC, NOW) is None


def test_a_syslog_time_is_never_far_in_the_future() -> None:
    assert find_time("Feb 29 10:00:00 x", dt.UTC, utc(2025, 3, 10)) == utc(2024, 2, 29, 10)


@given(st.text(max_size=200))
def test_no_line_breaks_the_reader(line: str) -> None:
    found = find_time(line, PARIS, NOW)
    assert found is None or found.tzinfo is dt.UTC


@given(st.integers(40_000_000, 4_000_000_000))
def test_a_written_time_is_read_again(seconds: int) -> None:
    aware = dt.datetime.fromtimestamp(seconds, dt.UTC)
    assert find_time(aware.strftime("%Y-%m-%dT%H:%M:%SZ x"), PARIS, NOW) == aware


@pytest.mark.parametrize(("seconds", "known"), [(0, False), (-5, False), (1e18, False), (1795000000, True)])
def test_an_epoch_that_is_no_date_is_none(seconds: float, known: bool) -> None:
    assert (from_epoch(seconds) is not None) is known


def test_newest_looks_past_what_is_unknown() -> None:
    assert newest(None, NOW, None, utc(2020, 1, 1)) == NOW
    assert newest(None) is None
    assert newest() is None


def test_the_zone_of_a_host_is_that_of_its_localtime(tmp_path: Path) -> None:
    zone = Path("/usr/share/zoneinfo/Europe/Paris")
    content = zone.read_bytes() if zone.exists() else b""
    if not content:
        pytest.skip("no zone files on this machine")
    host = machine(tmp_path, {"/etc/localtime": content})
    assert find_time("2026-07-01 03:30:01", local_zone(host), NOW) == utc(2026, 7, 1, 1, 30, 1)


@pytest.mark.parametrize("content", [None, b"", b"not a zone file"])
def test_a_host_without_a_zone_writes_utc(tmp_path: Path, content: bytes | None) -> None:
    host = machine(tmp_path, {} if content is None else {"/etc/localtime": content})
    assert local_zone(host) is dt.UTC
