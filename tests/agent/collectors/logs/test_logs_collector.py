from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.collectors import logs
from analyzers.model.facts import Logs
from tests import builders as b
from tests.agent.collectors.fake_hosts import machine
from tests.agent.collectors.logs.test_journal_files import archived

INIT = {"/proc/1/comm": "systemd\n"}
JOURNALD = {"/proc/7/comm": "systemd-journal\n", "/proc/7/cmdline": "/lib/systemd/systemd-journald\0"}


def test_a_host_with_a_journal_and_a_shipper(tmp_path: Path) -> None:
    state = "/var/lib/logrotate/status"
    files = {
        **INIT,
        **JOURNALD,
        archived(b.days_ago(40)): b"",
        state: "",
        "/proc/9/comm": "promtail\n",
        "/proc/8/comm": "auditd\n",
    }
    host = machine(tmp_path, files)
    os.utime(tmp_path / state.lstrip("/"), (b.days_ago(1).timestamp(),) * 2)
    found = logs.collect(host)
    assert (found.journal, found.persistent, found.oldest_entry) == (True, True, b.days_ago(40))
    assert (found.shippers, found.admin_trail) == (("promtail",), True)
    assert found.rotated_at is not None
    assert found.rotated_at >= b.days_ago(1)
    assert host.could_not_see == []


def test_a_host_with_text_logs_alone(tmp_path: Path) -> None:
    files = {**INIT, "/proc/9/comm": "rsyslogd\n", "/var/log/syslog": "2026-11-01T00:00:00Z db1 x\n"}
    found = logs.collect(machine(tmp_path, files))
    assert (found.journal, found.persistent, found.shippers) == (False, True, ())
    assert found.oldest_entry is not None
    assert found.oldest_entry.date().isoformat() == "2026-11-01"


def test_the_journal_is_volatile_without_its_folder(tmp_path: Path) -> None:
    assert logs.collect(machine(tmp_path, {**INIT, **JOURNALD})).persistent is False


def test_an_old_journal_that_nobody_writes_is_not_one(tmp_path: Path) -> None:
    found = logs.collect(machine(tmp_path, {**INIT, archived(b.days_ago(40)): b""}))
    assert (found.journal, found.persistent, found.oldest_entry) == (False, None, None)


@pytest.mark.parametrize(
    ("files", "trail"),
    [
        ({"/proc/9/comm": "auditd\n", "/etc/sudoers": "-> sudoers"}, True),
        ({"/etc/sudoers": "Defaults log_output\n"}, True),
        ({"/etc/sudoers": "Defaults env_reset\n"}, False),
        ({}, False),
        ({"/etc/sudoers": "-> sudoers"}, None),
    ],
)
def test_the_trail_of_administrators(tmp_path: Path, files: dict[str, str], trail: bool | None) -> None:
    assert logs.collect(machine(tmp_path, {**INIT, **files})).admin_trail is trail


def test_an_empty_root_says_nothing(tmp_path: Path) -> None:
    assert logs.collect(machine(tmp_path)) == Logs()
