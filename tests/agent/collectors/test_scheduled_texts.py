from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors.scheduled import Scheduled, scheduled, script_text
from agent.collectors.traces import units
from tests.agent.collectors.fake_hosts import machine

SCRIPT = "#!/bin/sh\n# restic forget\nexport RESTIC_REPOSITORY=sftp:bkp1:/srv\nrestic backup /srv\n"


def found(root: Path, files: dict[str, str]) -> tuple[Scheduled, ...]:
    host = machine(root, files)
    return scheduled(host, units(host))


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("/etc/crontab", "0 3 * * * root /usr/local/bin/save\n", "cron /etc/crontab"),
        ("/etc/cron.d/save", "0 3 * * * root /usr/local/bin/save\n", "cron /etc/cron.d/save"),
        ("/var/spool/cron/crontabs/root", "@daily /usr/local/bin/save\n", "cron /var/spool/cron/crontabs/root"),
        ("/var/spool/cron/root", "@daily /usr/local/bin/save\n", "cron /var/spool/cron/root"),
        ("/etc/crontabs/root", "0 3 * * * /usr/local/bin/save\n", "cron /etc/crontabs/root"),
    ],
)
def test_a_command_comes_with_the_script_that_it_starts(tmp_path: Path, name: str, text: str, where: str) -> None:
    (job,) = found(tmp_path, {name: text, "/usr/local/bin/save!": SCRIPT})
    assert job.where == where
    assert "restic backup /srv" in job.text
    assert "forget" not in job.text


@pytest.mark.parametrize("folder", ["/etc/cron.daily", "/etc/cron.weekly", "/etc/periodic/daily"])
def test_scripts_of_folders(tmp_path: Path, folder: str) -> None:
    (job,) = found(tmp_path, {f"{folder}/save!": SCRIPT, f"{folder}/.placeholder": "", f"{folder}/binary!": "\x7fELF"})
    assert job.where == f"cron {folder}/save"
    assert "restic backup" in job.text


TIMER = {
    "/etc/systemd/system/save.timer": "[Timer]\nOnCalendar=daily\n",
    "/etc/systemd/system/save.service": """\
[Service]
Environment=RESTIC_REPOSITORY=s3:x
ExecStartPre=-/bin/true
ExecStart=/usr/bin/restic \\
  backup /srv
""",
    "/etc/systemd/system/timers.target.wants/save.timer": "-> /etc/systemd/system/save.timer",
}


def test_an_enabled_timer_comes_with_its_service(tmp_path: Path) -> None:
    (job,) = found(tmp_path, TIMER)
    assert (job.where, job.unit) == ("timer save.timer", "save.service")
    assert "/usr/bin/restic    backup /srv" in job.text
    assert "RESTIC_REPOSITORY=s3:x" in job.text


def test_a_timer_that_is_not_enabled_starts_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, {name: text for name, text in TIMER.items() if "wants" not in name}) == ()


def test_a_timer_may_start_another_service_and_that_one_be_changed(tmp_path: Path) -> None:
    files = {
        **TIMER,
        "/etc/systemd/system/save.timer": "[Timer]\nUnit=other@x.service\n",
        "/lib/systemd/system/other@.service": "[Service]\nExecStart=/bin/one\n",
        "/etc/systemd/system/other@x.service.d/10.conf": "[Service]\nExecStart=\nExecStart=/bin/two\n",
    }
    (job,) = found(tmp_path, files)
    assert job.unit == "other@x.service"
    assert "/bin/two" in job.text


@pytest.mark.parametrize(
    "name",
    [
        "/etc/restic/password",
        "/root/.pgpass",
        "/etc/backup/secrets.sh",
        "/root/.my.cnf",
        "/etc/restic.env",
        "/etc/ssl/x.key",
    ],
)
def test_files_whose_names_announce_a_secret_are_never_opened(tmp_path: Path, name: str) -> None:
    host = machine(tmp_path, {f"{name}!": "#!/bin/sh\nZq7x\n"})
    assert script_text(host, name) == ""


@pytest.mark.parametrize(
    "files",
    [
        {"/x": "#!/bin/sh\n"},
        {"/x!": "\x7fELF"},
        {"/x!": "#!/bin/sh\n" + "x" * 70_000},
        {"/x/": ""},
        {"/x": "-> x"},
        {},
    ],
)
def test_what_is_no_script_has_no_text(tmp_path: Path, files: dict[str, str]) -> None:
    host = machine(tmp_path, files)
    assert script_text(host, "/x") == ""
    assert host.could_not_see == []


def test_scripts_are_followed_one_level_deep(tmp_path: Path) -> None:
    files = {
        "/etc/crontab": "0 3 * * * root /opt/a\n",
        "/opt/a!": "#!/bin/sh\n/opt/b\n",
        "/opt/b!": "#!/bin/sh\nrestic backup /\n",
    }
    (job,) = found(tmp_path, files)
    assert "restic" not in job.text


def test_nothing_is_scheduled(tmp_path: Path) -> None:
    assert found(tmp_path, {}) == ()
    assert found(tmp_path / "other", {"/etc/crontab": "# m h dom\nSHELL=/bin/sh\n"}) == ()
