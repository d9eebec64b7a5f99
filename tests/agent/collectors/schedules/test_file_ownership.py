from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors.schedules.ownership import packaged_files, versioned
from tests.agent.collectors.fake_hosts import machine, talking


def test_dpkg_owns_what_its_lists_name(tmp_path: Path) -> None:
    files = {
        "/var/lib/dpkg/info/cron.list": "/.\n/etc\n/etc/cron.d\n/etc/cron.d/e2scrub_all\n",
        "/var/lib/dpkg/info/fwupd.list": "/lib/systemd/system/fwupd.timer\n",
        "/var/lib/dpkg/info/cron.md5sums": "/etc/cron.d/planted\n",
    }
    asked = {"/etc/cron.d/e2scrub_all", "/usr/lib/systemd/system/fwupd.timer", "/etc/cron.d/planted", "/etc/cron"}
    assert packaged_files(machine(tmp_path, files), asked) == {
        "/etc/cron.d/e2scrub_all": True,
        "/usr/lib/systemd/system/fwupd.timer": True,
        "/etc/cron.d/planted": False,
        "/etc/cron": False,
    }


def test_a_list_written_after_usr_was_merged_owns_the_old_path(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/var/lib/dpkg/info/x.list": "/usr/lib/systemd/system/x.timer\n"})
    assert packaged_files(host, {"/lib/systemd/system/x.timer"}) == {"/lib/systemd/system/x.timer": True}


def test_rpm_answers_for_each_file_in_order(tmp_path: Path) -> None:
    answer = "file /etc/cron.d/export is not owned by any package\nsysstat\n"
    host = talking(tmp_path, {"rpm sh": answer}, {"/var/lib/rpm/": ""})
    assert packaged_files(host, {"/etc/cron.d/sysstat", "/etc/cron.d/export"}) == {
        "/etc/cron.d/export": False,
        "/etc/cron.d/sysstat": True,
    }


@pytest.mark.parametrize("answer", ["sysstat\n", ""])
def test_an_answer_of_rpm_that_does_not_fit_says_nothing(tmp_path: Path, answer: str) -> None:
    host = talking(tmp_path, {"rpm sh": answer}, {"/usr/lib/sysimage/rpm/": ""})
    assert packaged_files(host, {"/etc/cron.d/sysstat", "/etc/cron.d/export"}) == {}


def test_without_a_package_manager_nobody_knows(tmp_path: Path) -> None:
    assert packaged_files(machine(tmp_path), {"/etc/cron.d/x"}) == {}


def test_no_file_asks_nobody(tmp_path: Path) -> None:
    assert packaged_files(machine(tmp_path, {"/var/lib/dpkg/info/cron.list": "/x\n"}), set()) == {}


@pytest.mark.parametrize(
    ("repository", "file", "known"),
    [
        ("/etc/.git/", "/etc/cron.d/export", True),
        ("/opt/jobs/.hg/", "/opt/jobs/deep/export.sh", True),
        ("/etc/.git/", "/opt/export.sh", False),
        ("/etc/cron.d/.git/", "/etc/crontab", False),
    ],
)
def test_a_file_is_versioned_when_a_folder_above_it_is(
    tmp_path: Path, repository: str, file: str, *, known: bool
) -> None:
    assert versioned(machine(tmp_path, {repository: ""}), file) is known
