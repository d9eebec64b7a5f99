from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from agent.collectors.grants import AS_ROOT, READ_FILES
from agent.collectors.jobs import collect_jobs
from agent.collectors.machine import Machine
from analyzers.model.facts import Job
from tests.agent.collectors.fake_hosts import machine, talking

PASSWD = """\
root:x:0:0:root:/root:/bin/bash
www-data:x:33:33::/var/www:/usr/sbin/nologin
a.martin:x:1000:1000::/home/a.martin:/bin/bash
nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin
"""
CRONTAB = """\
SHELL=/bin/sh
17 *	* * *	root	cd / && run-parts --report /etc/cron.hourly
30 2 * * *	root	/opt/sauvegarde/dump.sh --password Zq7x > /dev/null
"""


def jobs(root: Path, files: dict[str, str | bytes]) -> tuple[Job, ...]:
    return collect_jobs(machine(root, {"/etc/passwd": PASSWD, **files}))


def test_lines_of_the_system_crontab_are_local_and_without_secrets(tmp_path: Path) -> None:
    assert jobs(tmp_path, {"/etc/crontab": CRONTAB, "/var/lib/dpkg/info/cron.list": "/etc/crontab\n"}) == (
        Job(
            name="dump",
            kind="cron",
            schedule="30 2 * * *",
            command="/opt/sauvegarde/dump.sh --password *** > /dev/null",
            user="root",
            file="/etc/crontab",
            packaged=False,
            versioned=False,
        ),
    )


def test_files_of_cron_d_are_asked_of_the_package_manager(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "/etc/cron.d/e2scrub_all": "30 3 * * 0 root /usr/lib/e2scrub_all_cron\n",
        "/etc/cron.d/boutique": "@reboot www-data /srv/boutique/bin/warm\n",
        "/var/lib/dpkg/info/e2fsprogs.list": "/etc/cron.d/e2scrub_all\n",
        "/etc/.git/": "",
    }
    warm, scrub = jobs(tmp_path, files)
    assert (warm.name, warm.user, warm.reboot, warm.packaged, warm.versioned) == ("warm", "www-data", True, False, True)
    assert (scrub.name, scrub.reboot, scrub.packaged, scrub.versioned) == ("e2scrub_all_cron", False, True, True)


@pytest.mark.parametrize(
    "name", [".placeholder", "export.dpkg-old", "export~", "#export#", "export.rpmsave", "export.bak"]
)
def test_files_that_cron_passes_over_are_no_jobs(tmp_path: Path, name: str) -> None:
    assert jobs(tmp_path, {f"/etc/cron.d/{name}": "@daily root x\n", f"/etc/cron.daily/{name}!": "x"}) == ()


def test_a_name_with_a_dot_runs_except_on_debian(tmp_path: Path) -> None:
    line: dict[str, str | bytes] = {"/etc/cron.d/raid.check": "@daily root /usr/sbin/raid-check\n"}
    assert [each.name for each in jobs(tmp_path / "other", line)] == ["raid-check"]
    assert jobs(tmp_path / "debian", {**line, "/etc/debian_version": "12\n"}) == ()


def test_executable_files_of_the_periodic_folders_are_jobs(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "/etc/cron.daily/logrotate!": "x",
        "/etc/cron.weekly/export!": "x",
        "/etc/cron.daily/notes": "not executable",
        "/etc/cron.daily/0anacron!": "x",
        "/var/lib/dpkg/info/logrotate.list": "/etc/cron.daily/logrotate\n",
    }
    logrotate, export = jobs(tmp_path, files)
    assert (logrotate.name, logrotate.schedule, logrotate.packaged) == ("logrotate", "@daily", True)
    assert (export.name, export.schedule, export.packaged, export.user) == ("export", "@weekly", False, "root")


@pytest.mark.parametrize(
    "spool", ["/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/etc/crontabs", "/var/spool/cron"]
)
def test_a_crontab_of_a_person_is_personal_wherever_it_lies(tmp_path: Path, spool: str) -> None:
    files: dict[str, str | bytes] = {
        f"{spool}/a.martin": "0 8 * * 1 ~/relance.sh\n",
        f"{spool}/root": "@daily /opt/x.sh\n",
    }
    mine, roots = jobs(tmp_path, files)
    assert (mine.user, mine.personal, mine.packaged, mine.file) == ("a.martin", True, False, f"{spool}/a.martin")
    assert (roots.user, roots.personal) == ("root", False)


def test_a_job_of_root_that_runs_something_of_a_home_is_personal(tmp_path: Path) -> None:
    (job,) = jobs(tmp_path, {"/etc/cron.d/tri": "@daily root /home/a.martin/tri.sh\n"})
    assert job.personal


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_crontabs_of_others_that_may_not_be_read_are_missed(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/var/spool/cron/crontabs/": ""})
    host.path("/var/spool/cron/crontabs").chmod(0o300)
    assert collect_jobs(host) == ()
    assert (host.reason, host.grant) == ("no_permission", READ_FILES)


class Refusing(Machine):
    """A host whose spool of crontabs is for root, whoever runs the test."""

    def path(self, name: str) -> Path:
        """Refuse the spool."""
        found = Machine.path(self, name)
        return Closed(found) if name.startswith("/var/spool/cron/crontabs") else found

    def which(self, program: str) -> str | None:
        """Have only crontab."""
        return "/usr/bin/crontab" if program == "crontab" else None

    def run(self, argv: object, limit: float = 5.0) -> str | None:
        """Answer with the caller's own crontab."""
        return "0 7 * * * /opt/matin.sh\n"


class Closed(type(Path())):  # type: ignore[misc]
    def iterdir(self) -> object:
        raise PermissionError(13, "Permission denied", str(self))


def test_without_the_right_to_read_the_spool_the_own_crontab_is_read_and_the_others_missed(tmp_path: Path) -> None:
    files = machine(tmp_path, {"/var/spool/cron/crontabs/": "", "/etc/passwd": PASSWD})
    host = Refusing(root=files.root, clock=files.clock)
    (job,) = collect_jobs(host)
    assert (job.name, job.schedule) == ("matin", "0 7 * * *")
    assert host.could_not_see == ["crontabs of accounts in /var/spool/cron/crontabs"]
    assert (host.reason, host.grant) == ("no_permission", READ_FILES)


def test_anacron_says_when_a_job_last_ran(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "/etc/anacrontab": "1 5 daily run-parts /etc/cron.daily\n7 10 relance /opt/relance.sh\n30 1 jamais /opt/j\n",
        "/var/spool/anacron/relance": "20261120\n",
        "/var/spool/anacron/jamais": "garbage",
    }
    jamais, relance = jobs(tmp_path, files)
    assert (relance.kind, relance.schedule) == ("anacron", "every 7 days")
    assert relance.last_run == dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    assert jamais.last_run is None


def test_rc_local_is_one_job_when_it_may_run_and_does_something(tmp_path: Path) -> None:
    script = "#!/bin/sh -e\n# x\n\n/opt/vieux/start --token Zq7x\nexit 0\n"
    (job,) = jobs(tmp_path / "a", {"/etc/rc.local!": script})
    assert (job.kind, job.name, job.reboot, job.command) == (
        "rc.local",
        "rc.local",
        True,
        "/opt/vieux/start --token ***",
    )
    assert jobs(tmp_path / "b", {"/etc/rc.local": script}) == ()
    assert jobs(tmp_path / "c", {"/etc/rc.d/rc.local!": "#!/bin/sh\ntouch /var/lock/subsys/local\nexit 0\n"}) == ()


def test_a_link_to_rc_local_is_not_a_second_job(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"/etc/rc.d/rc.local!": "#!/bin/sh\n/opt/x\n", "/etc/rc.local": "-> rc.d/rc.local"}
    assert [each.file for each in jobs(tmp_path, files)] == ["/etc/rc.d/rc.local"]


def test_jobs_of_at_are_listed_without_their_scripts(tmp_path: Path) -> None:
    answer = "3\tMon Nov 23 18:00:00 2026 a a.martin\n4\tTue Nov 24 02:30:00 2026 = root\nnonsense\n"
    host = talking(tmp_path, {"atq": answer}, {"/etc/passwd": PASSWD})
    first, second = collect_jobs(host)
    assert (first.name, first.kind, first.user, first.personal) == ("at-3", "at", "a.martin", True)
    assert first.next_run == dt.datetime(2026, 11, 23, 18, tzinfo=dt.UTC)
    assert (second.user, second.personal, second.command) == ("root", False, "")
    assert host.grant == ("" if os.geteuid() == 0 else AS_ROOT)


def test_timers_are_jobs_where_systemd_runs(tmp_path: Path) -> None:
    answers = {"systemctl show *.timer": "Id=man-db.timer\nUnit=man-db.service\n"}
    files = {"/run/systemd/system/": ""}
    assert [each.name for each in collect_jobs(talking(tmp_path / "a", answers, files))] == ["man-db"]
    assert collect_jobs(talking(tmp_path / "b", answers)) == ()


def test_a_bare_host_has_no_jobs_and_hides_none(tmp_path: Path) -> None:
    host = machine(tmp_path)
    assert collect_jobs(host) == ()
    assert host.could_not_see == []


def test_a_line_that_runs_nothing_with_a_name_is_a_shell(tmp_path: Path) -> None:
    (job,) = jobs(tmp_path, {"/etc/cron.d/x": "@daily root true\n"})
    assert job.name == "shell"


def test_the_real_host_answers() -> None:
    for job in collect_jobs(Machine()):
        assert job.name
        assert job.file or job.kind == "at"
