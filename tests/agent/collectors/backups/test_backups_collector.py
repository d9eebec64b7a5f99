from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.collectors import backups
from analyzers.model.facts import BackupTool
from tests.agent.collectors.fake_hosts import machine
from tests.agent.collectors.live_hosts import live

INIT = {"/proc/1/comm": "systemd\n"}
RESTIC = {
    "/usr/bin/restic!": "\x7fELF",
    "/etc/cron.d/restic": "0 2 * * * root /usr/local/bin/save >> /var/log/save.log 2>&1\n",
    "/usr/local/bin/save!": """\
#!/bin/sh
export RESTIC_REPOSITORY=sftp:b@bkp1:/srv RESTIC_PASSWORD=Zq7x
pg_dump x > /srv/x
restic backup /srv
""",
    "/var/log/save.log": "2026-11-22 02:00:01 start\nsnapshot 51ed2631 saved\nno errors were found\n",
}


def of(root: Path, files: dict[str, str]) -> dict[str, BackupTool]:
    return {each.name: each for each in backups.collect(machine(root, {**INIT, **files}))}


def test_restic_by_cron_with_a_dump_before_it(tmp_path: Path) -> None:
    found = of(tmp_path, RESTIC)
    at = dt.datetime(2026, 11, 22, 2, 0, 1, tzinfo=dt.UTC)
    assert found["restic"] == BackupTool(
        name="restic",
        evidence=("cron /etc/cron.d/restic", "program /usr/bin/restic"),
        scheduled=True,
        last_success=at,
        last_integrity_check=at,
        off_site=True,
        covers=("postgresql", "/srv"),
    )
    assert found["pg_dump"].scheduled is True
    assert found["pg_dump"].last_success is None


def test_no_address_and_no_secret_is_kept(tmp_path: Path) -> None:
    written = msgspec.json.encode(backups.collect(machine(tmp_path, {**INIT, **RESTIC}))).decode()
    assert "Zq7x" not in written
    assert "bkp1" not in written


def test_a_program_alone_is_the_first_rung(tmp_path: Path) -> None:
    assert of(tmp_path, {"/usr/bin/borg!": ""}) == {
        "borg": BackupTool(name="borg", evidence=("program /usr/bin/borg",), scheduled=False)
    }


def test_a_client_of_a_server_elsewhere_has_its_schedule_there(tmp_path: Path) -> None:
    found = of(tmp_path, {"/usr/sbin/bareos-fd!": "", "/proc/9/comm": "bareos-fd\n"})
    assert found["bareos"].scheduled is None
    assert found["bareos"].evidence == ("process bareos-fd", "program /usr/sbin/bareos-fd")


def test_tables_of_cron_that_are_refused_leave_the_schedule_open(tmp_path: Path) -> None:
    found = of(tmp_path, {"/usr/bin/borg!": "", "/etc/cron.d": "-> cron.d"})
    assert found["borg"].scheduled is None


BORGMATIC = {
    "/etc/borgmatic/config.yaml": """\
# mysql_databases:
source_directories:
    - /home
    - /etc
repositories:
    - path: ssh://borg@bkp1/./repo
encryption_passphrase: Zq7x
postgresql_databases:
    - name: all
""",
    "/lib/systemd/system/borgmatic.timer": "[Timer]\nOnCalendar=daily\n",
    "/lib/systemd/system/borgmatic.service": "[Service]\nExecStart=/usr/bin/borgmatic --verbosity -1\n",
    "/etc/systemd/system/timers.target.wants/borgmatic.timer": "-> /lib/systemd/system/borgmatic.timer",
}


def test_borgmatic_by_timer(tmp_path: Path) -> None:
    found = of(tmp_path, BORGMATIC)["borgmatic"]
    assert found == BackupTool(
        name="borgmatic",
        evidence=("timer borgmatic.timer", "config /etc/borgmatic/config.yaml"),
        scheduled=True,
        off_site=True,
        covers=("postgresql", "/home", "/etc"),
    )


SHOWN = """\
Id=borgmatic.service
Result=success
ExecMainStatus=0
ExecMainExitTimestamp=Sun 2026-11-22 03:00:05 UTC

Id=drill.service
Result=success
ExecMainStatus=0
ExecMainExitTimestamp=Mon 2026-11-02 03:00:05 UTC
"""
DRILL = {"/etc/systemd/system/drill.service": "[Service]\nExecStart=/usr/bin/borgmatic extract --archive latest\n"}


def test_what_systemd_remembers_dates_backups_and_restores(tmp_path: Path) -> None:
    host = live(tmp_path, {"systemctl show": SHOWN}, {**INIT, **BORGMATIC, **DRILL, "/run/systemd/system/": ""})
    (found,) = backups.collect(host)
    assert found.last_success == dt.datetime(2026, 11, 22, 3, 0, 5, tzinfo=dt.UTC)
    assert found.last_restore == dt.datetime(2026, 11, 2, 3, 0, 5, tzinfo=dt.UTC)
    assert found.last_integrity_check is None


def test_a_drill_that_failed_is_no_restore(tmp_path: Path) -> None:
    shown = SHOWN.replace("Id=drill.service\nResult=success", "Id=drill.service\nResult=exit-code")
    host = live(tmp_path, {"systemctl show": shown}, {**INIT, **BORGMATIC, **DRILL, "/run/systemd/system/": ""})
    (found,) = backups.collect(host)
    assert found.last_restore is None


def test_part_of_the_work_of_a_service_that_failed_counts(tmp_path: Path) -> None:
    files = {
        **INIT,
        "/run/systemd/system/": "",
        "/etc/systemd/system/s.service": "[Service]\nExecStart=/bin/sh -c 'restic backup /srv; restic check'\n",
        "/etc/systemd/system/s.timer": "",
        "/etc/systemd/system/timers.target.wants/s.timer": "-> ../s.timer",
    }
    answers = {
        "systemctl show": "Id=s.service\nResult=exit-code\nExecMainStatus=1\n",
        "journalctl MESSAGE_ID": "",
        "journalctl short-iso": "2026-11-22T03:00:05+0000 db1 sh[1]: snapshot 51ed2631 saved\n",
    }
    (found,) = backups.collect(live(tmp_path, answers, files))
    assert found.last_success == dt.datetime(2026, 11, 22, 3, 0, 5, tzinfo=dt.UTC)
    assert found.last_integrity_check is None


PGBACKREST = {
    "/etc/pgbackrest.conf": "[global]\nrepo1-path=/var/lib/pgbackrest\n",
    "/etc/cron.d/pg": "0 1 * * * postgres pgbackrest --stanza=main backup\n",
    "/var/log/pgbackrest/main-verify.log": "2026-11-20 01:00:00.000 P00 verify command end: completed successfully\n",
    "/var/log/pgbackrest/main-restore.log": "2026-10-20 01:00:00.000 P00 restore command end: completed successfully\n",
}


def test_pgbackrest_with_its_list_its_verification_and_its_restore(tmp_path: Path) -> None:
    listed = '[{"backup": [{"timestamp": {"start": 1, "stop": 1795000000}, "error": false}]}]'
    (found,) = backups.collect(live(tmp_path, {"pgbackrest info": listed}, {**INIT, **PGBACKREST}))
    assert found == BackupTool(
        name="pgbackrest",
        evidence=("cron /etc/cron.d/pg", "config /etc/pgbackrest.conf"),
        scheduled=True,
        last_success=dt.datetime.fromtimestamp(1795000000, dt.UTC),
        last_integrity_check=dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC),
        last_restore=dt.datetime(2026, 10, 20, 1, tzinfo=dt.UTC),
        off_site=False,
        covers=("postgresql",),
    )


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"/usr/bin/pg_dump!": "", "/usr/bin/rsync!": "", "/usr/bin/mysqldump!": ""},
        {"/etc/cron.d/x": "0 1 * * * root /usr/bin/true\n"},
        {"/etc/cron.d/x": "# 0 1 * * * root restic backup /\n"},
    ],
)
def test_no_evidence_is_an_empty_list(tmp_path: Path, files: dict[str, str]) -> None:
    assert of(tmp_path, files) == {}


@settings(deadline=None, max_examples=30)
@given(st.sampled_from([*RESTIC, *BORGMATIC, *PGBACKREST]), st.text(max_size=200))
def test_no_file_breaks_the_search(tmp_path_factory: pytest.TempPathFactory, name: str, text: str) -> None:
    files = {**RESTIC, **BORGMATIC, **PGBACKREST}
    if not files[name].startswith("-> "):
        files[name] = text.removeprefix("-> ")
    of(tmp_path_factory.mktemp("host"), files)
