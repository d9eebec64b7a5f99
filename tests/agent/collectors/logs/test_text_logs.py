from __future__ import annotations

import datetime as dt
import gzip
import lzma
import os
from pathlib import Path

import pytest

from agent.collectors.logs import files as text_logs
from tests import builders as b
from tests.agent.collectors.fake_hosts import machine


def touched(root: Path, name: str, days: float) -> None:
    os.utime(root / name.lstrip("/"), (b.days_ago(days).timestamp(),) * 2)


FIRST = "2026-10-01T06:25:01.123456+00:00 db1 rsyslogd: start\n2026-10-02T06:25:01+00:00 db1 x\n"
AT = dt.datetime(2026, 10, 1, 6, 25, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("/var/log/syslog.4.gz", gzip.compress(FIRST.encode())),
        ("/var/log/messages-20261004.xz", lzma.compress(FIRST.encode())),
        ("/var/log/messages-20261004", FIRST),
        ("/var/log/syslog", FIRST),
    ],
)
def test_the_first_line_says_how_far_back_a_log_reaches(tmp_path: Path, name: str, content: str | bytes) -> None:
    host = machine(
        tmp_path, {name: content, "/var/log/syslog.1": "2026-11-20T06:25:01Z db1 x\n", "/var/log/boot.log": FIRST}
    )
    touched(tmp_path, name, 1)
    assert text_logs.oldest(host) == AT


def test_a_line_without_a_year_is_of_the_year_before_its_file_was_closed(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/var/log/syslog.1": "Dec 30 06:25:01 db1 x\n"})
    os.utime(tmp_path / "var/log/syslog.1", (dt.datetime(2026, 1, 4, tzinfo=dt.UTC).timestamp(),) * 2)
    assert text_logs.oldest(host) == dt.datetime(2025, 12, 30, 6, 25, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("content", [b"\x1f\x8b damaged", b"", b"no date\n"])
def test_a_rotated_log_that_says_nothing_is_as_old_as_its_date(tmp_path: Path, content: bytes) -> None:
    host = machine(tmp_path, {"/var/log/syslog.2.gz": content, "/var/log/syslog.3.xz": content})
    touched(tmp_path, "/var/log/syslog.2.gz", 14)
    touched(tmp_path, "/var/log/syslog.3.xz", 21)
    assert text_logs.oldest(host) == b.days_ago(21)


def test_a_live_log_that_says_nothing_proves_nothing(tmp_path: Path) -> None:
    assert text_logs.oldest(machine(tmp_path, {"/var/log/syslog": "no date\n", "/var/log/messages/": ""})) is None
    assert text_logs.oldest(machine(tmp_path / "other")) is None


@pytest.mark.parametrize(
    "name", ["/var/lib/logrotate/status", "/var/lib/logrotate/logrotate.status", "/var/lib/logrotate.status"]
)
def test_logrotate_writes_its_state_when_it_has_finished(tmp_path: Path, name: str) -> None:
    host = machine(tmp_path, {name: "logrotate state -- version 2\n"})
    touched(tmp_path, name, 3)
    assert text_logs.rotated_at(host) == b.days_ago(3)


def test_nothing_rotates(tmp_path: Path) -> None:
    assert text_logs.rotated_at(machine(tmp_path)) is None


def test_comments_of_configurations_are_left_out(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/etc/a.conf": "# one\ntwo # three\nfour#five\n"})
    assert list(text_logs.texts(host, "/etc/*.conf", "/absent/*")) == ["\ntwo \nfour#five\n"]
