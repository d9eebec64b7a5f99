from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.packages import dpkg
from agent.collectors.packages.dpkg import parse_upgradable
from analyzers.model.facts import PendingUpdate
from tests import builders as b
from tests.agent.collectors.fake_hosts import machine, talking

LISTED = """\
Listing...
appstream/oldstable 0.16.1-2+b1 amd64 [upgradable from: 0.16.1-2]
apt/oldstable-security 2.6.2 amd64 [upgradable from: 2.6.1]
libc6/jammy-updates,jammy-security 2.35-0ubuntu3.8 amd64 [upgradable from: 2.35-0ubuntu3.7]
libgcrypt20/oldstable,oldstable-security 1.10.1-3+deb12u1 amd64 [upgradable from: 1.10.1-3]
vendor/unknown 1:2 all [upgradable from: 1:1]
"""

STATUS = """\
Package: bash
Status: install ok installed
Version: 5.2.15-2+b8
Description: Status: install ok installed

Package: gone
Status: deinstall ok config-files
Version: 1

Package: held
Status: hold ok installed
Version: 2

Package: half
Status: install ok unpacked
Version: 3
"""


def test_pending_updates_and_those_that_a_security_archive_carries() -> None:
    assert parse_upgradable(LISTED) == (
        PendingUpdate(name="appstream", installed="0.16.1-2", candidate="0.16.1-2+b1"),
        PendingUpdate(name="apt", installed="2.6.1", candidate="2.6.2", security=True),
        PendingUpdate(name="libc6", installed="2.35-0ubuntu3.7", candidate="2.35-0ubuntu3.8", security=True),
        PendingUpdate(name="libgcrypt20", installed="1.10.1-3", candidate="1.10.1-3+deb12u1", security=True),
        PendingUpdate(name="vendor", installed="1:1", candidate="1:2"),
    )


@pytest.mark.parametrize("text", ["", "Listing...\n", "bash/stable,now 5.2 amd64 [installed]\n"])
def test_nothing_pending(text: str) -> None:
    assert parse_upgradable(text) == ()


@given(st.text(max_size=300))
def test_no_output_breaks_the_reader(text: str) -> None:
    assert all(each.name for each in parse_upgradable(text))


@given(st.lists(st.sampled_from(LISTED.splitlines()), max_size=8), st.text(max_size=30))
def test_rows_among_garbage_are_all_found(rows: list[str], noise: str) -> None:
    clean = noise.replace("[", "").replace("]", "")
    wanted = sum(1 for row in rows if "[upgradable" in row)
    assert len(parse_upgradable("\n".join([*rows, clean]))) == wanted


def test_a_debian_host(tmp_path: Path) -> None:
    host = talking(tmp_path, {"apt list --upgradable": LISTED}, {"/var/lib/dpkg/status": STATUS})
    found = dpkg.collect(host)
    assert (found.manager, found.installed) == ("dpkg", 2)
    assert found.pending is not None
    assert len(found.pending) == 5
    assert host.asked == [("apt", "list", "--upgradable")]
    assert host.could_not_see == []


def test_updates_are_unknown_when_apt_does_not_answer(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/var/lib/dpkg/status": STATUS})
    assert dpkg.collect(host).pending is None
    assert host.could_not_see


def touched(root: Path, name: str, days: float) -> None:
    moment = b.days_ago(days).timestamp()
    os.utime(root / name.lstrip("/"), (moment, moment))


LISTS = "/var/lib/apt/lists"


@pytest.mark.parametrize(
    ("names", "days"),
    [
        ({"deb_InRelease": 3, "deb-security_InRelease": 1, "deb_main_Packages.lz4": 90}, 1),
        ({"deb_Release": 40, "deb_Release.gpg": 1, "lock": 0}, 40),
        ({"deb_main_Packages": 2}, 2),
        ({"partial/deb_InRelease": 0, "deb_InRelease": 8}, 8),
        ({"lock": 0}, None),
        ({}, None),
    ],
)
def test_the_age_of_lists_is_that_of_the_newest_one(
    tmp_path: Path, names: dict[str, float], days: float | None
) -> None:
    files = {"/var/lib/dpkg/status": STATUS, **{f"{LISTS}/{name}": "" for name in names}}
    host = talking(tmp_path, {"apt list": LISTED}, files)
    for name, age in names.items():
        touched(tmp_path, f"{LISTS}/{name}", age)
    found = dpkg.collect(host).lists_updated_at
    assert found == (None if days is None else b.days_ago(days))


def test_apt_stamps_its_own_success(tmp_path: Path) -> None:
    stamp = "/var/lib/apt/periodic/update-success-stamp"
    files = {"/var/lib/dpkg/status": STATUS, stamp: "", f"{LISTS}/deb_InRelease": ""}
    host = talking(tmp_path, {"apt list": LISTED}, files)
    touched(tmp_path, stamp, 0.5)
    touched(tmp_path, f"{LISTS}/deb_InRelease", 60)
    assert dpkg.collect(host).lists_updated_at == b.days_ago(0.5)


UNIT = "/usr/lib/systemd/system/apt-daily-upgrade.timer"
TIMER = {UNIT: "", "/etc/systemd/system/timers.target.wants/apt-daily-upgrade.timer": f"-> {UNIT}"}
PROGRAM = {"/usr/bin/unattended-upgrade!": ""}
MASKED = {"/etc/systemd/system/apt-daily-upgrade.timer": "-> /dev/null"}


@pytest.mark.parametrize(
    ("setting", "files", "expected"),
    [
        ('APT::Periodic::Unattended-Upgrade "1";', {**TIMER, **PROGRAM}, True),
        ('APT::Periodic::Unattended-Upgrade "always";', {**TIMER, **PROGRAM}, True),
        ('APT::Periodic { Unattended-Upgrade "7"; };', {**PROGRAM, "/etc/cron.daily/apt-compat!": ""}, True),
        ('APT::Periodic::Unattended-Upgrade "0";', {**TIMER, **PROGRAM}, False),
        ('APT::Periodic::Unattended-Upgrade "1";', TIMER, False),
        ('APT::Periodic::Unattended-Upgrade "1";', PROGRAM, False),
        ('APT::Periodic::Unattended-Upgrade "1";', {**TIMER, **PROGRAM, **MASKED}, False),
        ('APT::Periodic::Unattended-Upgrade "1"; APT::Periodic::Enable "0";', {**TIMER, **PROGRAM}, False),
        ('APT::Periodic::Update-Package-Lists "1";', {**TIMER, **PROGRAM}, None),
    ],
)
def test_automatic_updates(tmp_path: Path, setting: str, files: dict[str, str], expected: bool | None) -> None:
    host = talking(
        tmp_path,
        {"apt list": LISTED},
        {"/var/lib/dpkg/status": STATUS, "/etc/apt/apt.conf.d/20auto-upgrades": setting, **files},
    )
    assert dpkg.collect(host).automatic_updates is expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"/run/reboot-required": "*** System restart required ***\n"}, True),
        ({"/var/run/reboot-required": ""}, True),
        ({"/etc/kernel/postinst.d/unattended-upgrades!": ""}, False),
        ({}, None),
    ],
)
def test_a_reboot_that_waits(tmp_path: Path, files: dict[str, str], expected: bool | None) -> None:
    host = talking(tmp_path, {"apt list": LISTED}, {"/var/lib/dpkg/status": STATUS, **files})
    assert dpkg.collect(host).reboot_required is expected
