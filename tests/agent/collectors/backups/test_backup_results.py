from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.backups import results
from tests import builders as b
from tests.agent.collectors.fake_hosts import machine
from tests.agent.collectors.live_hosts import live

BOOTED = {"/run/systemd/system/": ""}
SHOWN = "Result=success\nExecMainStatus=0\nExecMainExitTimestamp=Sun 2026-11-22 03:00:05 UTC\nId=save.service\n"
AT = dt.datetime(2026, 11, 22, 3, 0, 5, tzinfo=dt.UTC)


def test_a_service_that_ended_well(tmp_path: Path) -> None:
    host = live(tmp_path, {"systemctl show": SHOWN}, BOOTED)
    assert results.services(host, {"save.service"}) == {"save.service": AT}


@pytest.mark.parametrize(
    "shown",
    [
        SHOWN.replace("success", "exit-code").replace("Status=0", "Status=1"),
        SHOWN.replace("Sun 2026-11-22 03:00:05 UTC", ""),
        SHOWN.replace("Status=0", "Status=1"),
    ],
)
def test_otherwise_its_journal_is_asked_for_the_last_time_it_did(tmp_path: Path, shown: str) -> None:
    entry = '{"__REALTIME_TIMESTAMP": "1795000000123456", "MESSAGE_ID": "7ad2"}\n'
    answers = {"systemctl show": shown, "journalctl MESSAGE_ID=7ad2d189f7e94e70a38c781354912448": entry}
    found = results.services(live(tmp_path, answers, BOOTED), {"save.service"})
    assert found["save.service"].replace(microsecond=0) == dt.datetime.fromtimestamp(1795000000, dt.UTC)


def test_a_service_that_never_ended_well(tmp_path: Path) -> None:
    host = live(tmp_path, {"systemctl show": SHOWN.replace("success", "exit-code"), "journalctl": ""}, BOOTED)
    assert results.services(host, {"save.service"}) == {}
    assert host.could_not_see == []


def test_without_systemd_no_service_is_asked(tmp_path: Path) -> None:
    host = live(tmp_path, {"systemctl show": SHOWN})
    assert results.services(host, {"save.service"}) == {}
    assert host.asked == []
    assert results.services(live(tmp_path / "x", {"systemctl show": SHOWN}, BOOTED), set()) == {}


LOG = """\
2026-11-20 02:00:01 starting
snapshot 40dc1520 saved
2026-11-21 02:00:01 starting
snapshot 51ed2631 saved
2026-11-22 02:00:01 starting
Fatal: unable to open repository
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LOG, dt.datetime(2026, 11, 21, 2, 0, 1, tzinfo=dt.UTC)),
        (
            "2026-11-21 02:05:00 snapshot 51ed2631 saved\n2026-11-22 02:00:00 x\n",
            dt.datetime(2026, 11, 21, 2, 5, tzinfo=dt.UTC),
        ),
        ("snapshot 51ed2631 saved\n2026-11-22 02:00:00 x\n", None),
        ("2026-11-22 02:00:00 x\n", None),
        ("", None),
    ],
)
def test_the_last_success_is_dated_by_its_line_or_by_one_before_it(text: str, expected: dt.datetime | None) -> None:
    assert results.last_line(text, r"snapshot \w+ saved", dt.UTC, b.NOW) == expected


BAREOS = """\
22-Nov 21:00 bareos-dir JobId 12: Bareos bareos-dir 22.1.0:
  Start time:             22-Nov-2026 21:00:01
  End time:               22-Nov-2026 21:04:11
  Termination:            Backup OK
23-Nov 05:00 bareos-dir JobId 13: Bareos
  End time:               23-Nov-2026 05:04:11
  Termination:            *** Backup Error ***
"""


def test_a_report_of_several_lines() -> None:
    found = results.last_line(BAREOS, r"Termination:\s+Backup OK", dt.UTC, b.NOW)
    assert found == dt.datetime(2026, 11, 22, 21, 4, 11, tzinfo=dt.UTC)


def test_all_logs_count_and_the_newest_wins(tmp_path: Path) -> None:
    files = {
        "/var/log/a.log": LOG,
        "/var/log/b.log.gz": gzip.compress(b"2026-11-22 09:00:00 snapshot 1111aaaa saved\n"),
        "/var/log/c.log": "snapshot 1111aaaa saved\n",
    }
    found = results.logged(
        machine(tmp_path, files), ["/var/log/a.log", "/var/log/b.log.gz", "/var/log/c.log", "/x"], "saved"
    )
    assert found == dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
    assert results.logged(machine(tmp_path / "x", files), ["/var/log/a.log"], "") is None


def test_a_line_in_the_journal_of_a_service(tmp_path: Path) -> None:
    text = "2026-11-22T03:00:05+0100 db1 restic[12]: snapshot 51ed2631 saved\n"
    host = live(tmp_path, {"systemctl x": "", "journalctl short-iso": text}, BOOTED)
    assert results.journaled_line(host, {"a.service", "b.service"}, "saved") == AT - dt.timedelta(hours=1)
    assert results.journaled_line(host, set(), "saved") is None
    assert results.journaled_line(host, {"a.service"}, "") is None


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        (
            '[{"name": "main", "backup": [{"timestamp": {"start": 1, "stop": 1795000000}, "error": false}]}]',
            [1795000000],
        ),
        ('[{"name": "main", "backup": [{"timestamp": {"start": 1, "stop": 1795000000}, "error": true}]}]', []),
        (
            '[{"name": "main", "backup": [{"timestamp": {"start": 1, "stop": 1795000000}}]}, {"backup": [{}]}]',
            [1795000000],
        ),
        ('[{"name": "main", "backup": []}]', []),
        ("[]", []),
        ("", []),
        ('{"name": 5}', []),
        ('[{"backup": 7}]', []),
    ],
)
def test_what_pgbackrest_lists(text: str, stops: list[int]) -> None:
    assert [int(each.timestamp()) for each in results.parse_pgbackrest(text)] == stops


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"__REALTIME_TIMESTAMP": "x"}',
        '{"__REALTIME_TIMESTAMP": null}',
        '{"__REALTIME_TIMESTAMP": "-1"}',
    ],
)
def test_what_is_no_entry_of_a_journal(line: str) -> None:
    assert results.parse_entry(line) is None


@given(st.text(max_size=200), st.text(max_size=50))
def test_no_log_breaks_the_reader(text: str, more: str) -> None:
    results.last_line(f"{text}\nsaved {more}\n", "saved", dt.UTC, b.NOW)
    list(results.parse_pgbackrest(text))
    results.parse_entry(text)
