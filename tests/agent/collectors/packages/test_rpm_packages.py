from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.machine import NotSeenError
from agent.collectors.packages import rpm
from agent.collectors.packages.rpm import Advisory, last_security, parse_advisories, parse_log, pending, understood
from analyzers.model.facts import PendingUpdate
from tests import builders as b
from tests.agent.collectors.fake_hosts import talking

ADVISORIES = """\
i RLSA-2026:1001 Important/Sec. openssl-libs-1:3.0.7-27.el9.x86_64
i RLBA-2026:1002 bugfix         tzdata-2026a-1.el9.noarch
  RLSA-2026:1003 Moderate/Sec.  curl-7.76.1-9.el9_4.x86_64
  RLBA-2026:1004 bugfix         curl-7.76.1-10.el9_4.x86_64
  RLEA-2026:1005 enhancement    dnf-4.14.0-9.el9.noarch
  RLSA-2026:1006 Unknown/Sec.   kernel-core-5.14.0-427.el9.x86_64
"""
LOG = """\
2026-11-20T10:00:00+0200 INFO --- logging initialized ---
2026-11-20T10:00:05+0200 SUBDEBUG Upgrade: openssl-libs-1:3.0.7-27.el9.x86_64
2026-11-20T10:00:06+0200 SUBDEBUG Upgraded: openssl-libs-1:3.0.7-24.el9.x86_64
2026-11-21T10:00:05+0200 SUBDEBUG Upgrade: tzdata-2026a-1.el9.noarch
2026-11-21T10:00:05+0200 SUBDEBUG Installed: htop-3.2.1-1.el9.x86_64
"""
NAMES = "bash 5.1.8-6.el9\nopenssl-libs 1:3.0.7-27.el9\ngpg-pubkey a-b\ngpg-pubkey c-d\ncurl 7.76.1-8.el9\n"


def test_advisories_of_what_is_installed_and_of_what_waits() -> None:
    found = parse_advisories(ADVISORIES)
    assert len(found) == 6
    assert found[0] == Advisory(package="openssl-libs-1:3.0.7-27.el9.x86_64", security=True, applied=True)
    assert [each.security for each in found] == [True, False, True, False, False, True]
    assert [each.applied for each in found] == [True, True, False, False, False, False]


def test_one_pending_update_a_package_at_its_newest_version() -> None:
    assert pending(parse_advisories(ADVISORIES), {"curl": "7.76.1-8.el9", "bash": "5"}) == (
        PendingUpdate(name="curl", installed="7.76.1-8.el9", candidate="7.76.1-10.el9_4", security=True),
        PendingUpdate(name="dnf", candidate="4.14.0-9.el9"),
        PendingUpdate(name="kernel-core", candidate="5.14.0-427.el9", security=True),
    )


def test_a_security_update_is_proved_by_its_advisory_and_the_log() -> None:
    upgraded = dict(parse_log(LOG, dt.UTC, b.NOW))
    assert set(upgraded) == {"openssl-libs-1:3.0.7-27.el9.x86_64", "tzdata-2026a-1.el9.noarch"}
    assert last_security(parse_advisories(ADVISORIES), upgraded) == dt.datetime(2026, 11, 20, 8, 0, 5, tzinfo=dt.UTC)
    assert last_security((), upgraded) is None


def test_the_log_of_yum() -> None:
    text = "May 01 10:00:00 Updated: 1:openssl-libs-1.0.2k-26.el7_9.x86_64\nMay 01 10:00:01 Installed: x-1-1.x86_64\n"
    found = list(parse_log(text, dt.UTC, b.NOW))
    assert found == [("1:openssl-libs-1.0.2k-26.el7_9.x86_64", dt.datetime(2026, 5, 1, 10, tzinfo=dt.UTC))]


@given(st.text(max_size=300))
def test_no_output_breaks_the_readers(text: str) -> None:
    pending(parse_advisories(text), {})
    list(parse_log(text, dt.UTC, b.NOW))


CACHE = "/var/cache/dnf/baseos-0123/repodata"
FILES = {
    "/var/lib/rpm/rpmdb.sqlite": b"",
    f"{CACHE}/abc-updateinfo.xml.gz": b"",
    f"{CACHE}/repomd.xml": b"",
    f"{CACHE}/abc-primary.xml.gz": b"",
    "/var/log/dnf.rpm.log": LOG,
}
ANSWERS = {"rpm -qa": NAMES, "dnf -C updateinfo": ADVISORIES}


def test_a_rocky_host(tmp_path: Path) -> None:
    host = talking(tmp_path, ANSWERS, FILES)
    for name, days in ((f"{CACHE}/repomd.xml", 9), (f"{CACHE}/abc-primary.xml.gz", 1)):
        os.utime(tmp_path / name.lstrip("/"), (b.days_ago(days).timestamp(),) * 2)
    found = rpm.collect(host)
    assert (found.manager, found.installed) == ("rpm", 3)
    assert found.pending is not None
    assert [each.name for each in found.pending if each.security] == ["curl", "kernel-core"]
    assert found.lists_updated_at == b.days_ago(1)
    assert found.last_upgrade_at == dt.datetime(2026, 11, 21, 8, 0, 5, tzinfo=dt.UTC)
    assert found.last_security_upgrade_at == dt.datetime(2026, 11, 20, 8, 0, 5, tzinfo=dt.UTC)
    assert found.automatic_updates is None
    assert found.reboot_required is None
    assert host.could_not_see == []


def test_dnf_is_told_not_to_refresh_anything(tmp_path: Path) -> None:
    host = talking(tmp_path, ANSWERS, FILES)
    rpm.collect(host)
    assert all("-C" in words for words in host.asked if words[0] == "dnf")


def test_without_advisories_no_update_is_known_to_be_absent(tmp_path: Path) -> None:
    host = talking(tmp_path, ANSWERS, {"/var/lib/rpm/rpmdb.sqlite": b""})
    assert rpm.collect(host).pending is None
    assert host.grant == "sudo dnf makecache"


def test_dnf_that_fails_is_a_blind_spot(tmp_path: Path) -> None:
    host = talking(tmp_path, {**ANSWERS, "dnf -C updateinfo": ""}, FILES)
    assert rpm.collect(host).pending is None
    assert host.could_not_see


def test_rpm_that_fails_says_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotSeenError):
        rpm.collect(talking(tmp_path, {"rpm -qa": ""}, FILES))


def timer(name: str) -> dict[str, str]:
    file = f"/usr/lib/systemd/system/{name}"
    return {file: "", f"/etc/systemd/system/timers.target.wants/{name}": f"-> {file}"}


SETTINGS = "/etc/dnf/automatic.conf"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"/usr/lib/systemd/system/dnf-automatic.timer": ""}, False),
        ({**timer("dnf-automatic-install.timer")}, True),
        ({**timer("dnf-automatic.timer"), SETTINGS: "[commands]\napply_updates = yes\n"}, True),
        ({**timer("dnf-automatic.timer"), SETTINGS: "[commands]\napply_updates = no\n"}, False),
        ({**timer("dnf-automatic.timer"), SETTINGS: "[commands]\n# apply_updates = yes\n"}, False),
        ({**timer("dnf-automatic-notifyonly.timer")}, False),
        ({**timer("dnf5-automatic.timer"), SETTINGS: "apply_updates=True\n"}, True),
        ({**timer("dnf-automatic.timer"), SETTINGS: "-> automatic.conf"}, None),
    ],
)
def test_automatic_updates_of_dnf(tmp_path: Path, files: dict[str, str], expected: bool | None) -> None:
    assert rpm.collect(talking(tmp_path, ANSWERS, {**FILES, **files})).automatic_updates is expected


@pytest.mark.parametrize(
    ("kernels", "running", "expected"),
    [
        (["5.14.0-427.el9.x86_64", "5.14.0-362.el9.x86_64"], "5.14.0-362.el9.x86_64", True),
        (["5.14.0-427.el9.x86_64", "5.14.0-362.el9.x86_64"], "5.14.0-427.el9.x86_64", None),
        (["5.14.0-99.el9.x86_64", "5.14.0-100.el9.x86_64"], "5.14.0-99.el9.x86_64", True),
        (["5.14.0-427.el9.x86_64", "0-rescue-abc"], "5.14.0-427.el9.x86_64", None),
        (["5.14.0-427.el9.x86_64"], "6.1.0-custom", None),
        ([], "6.1.0", None),
    ],
)
def test_a_newer_kernel_waits_for_a_restart(
    tmp_path: Path, kernels: list[str], running: str, expected: bool | None
) -> None:
    files = {**FILES, "/proc/sys/kernel/osrelease": f"{running}\n", **{f"/boot/vmlinuz-{each}": "" for each in kernels}}
    assert rpm.collect(talking(tmp_path, ANSWERS, files)).reboot_required is expected


DNF5 = """Name                   Type     Severity  Package              Issued
FEDORA-2026-0123456789 security important curl-8.9.1-3.fc42.x86_64 2026-11-01 01:02:03
"""


def test_an_answer_in_another_form_is_unknown_and_not_empty() -> None:
    assert understood(DNF5) is None
    assert understood("") == ()
    assert understood(ADVISORIES) == parse_advisories(ADVISORIES)
