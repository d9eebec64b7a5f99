from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.packages import upgrades
from agent.collectors.packages.upgrades import Upgrade, last_security, parse_log, parse_unattended, read
from tests.agent.collectors.fake_hosts import machine, talking

LOG = """\
2026-11-20 05:12:03 startup archives unpack
2026-11-20 05:12:03 upgrade libssl3:amd64 3.0.11-1 3.0.13-1~deb12u1
2026-11-20 05:12:04 status installed libssl3:amd64 3.0.13-1~deb12u1
2026-11-21 05:12:03 upgrade curl:amd64 7.88.1-10 7.88.1-11
2026-11-21 06:00:00 install htop:amd64 <none> 3.2.2-2
2026-11-22 06:00:00 install linux-image-6.1.0-30-amd64:amd64 <none> 6.1.124-1
2026-11-22 07:00:00 upgrade base-files:amd64 12 12
"""


def day(number: int, hour: int = 5, minute: int = 12, second: int = 3) -> dt.datetime:
    return dt.datetime(2026, 11, number, hour, minute, second, tzinfo=dt.UTC)


def test_upgrades_and_new_kernels_are_what_was_applied() -> None:
    assert tuple(parse_log(LOG, dt.UTC)) == (
        Upgrade("libssl3", "3.0.13-1~deb12u1", day(20)),
        Upgrade("curl", "7.88.1-11", day(21)),
        Upgrade("linux-image-6.1.0-30-amd64", "6.1.124-1", day(22, 6, 0, 0)),
    )


def test_dpkg_writes_local_times() -> None:
    assert next(iter(parse_log(LOG, ZoneInfo("Europe/Paris")))).at == day(20, 4)


def test_rotated_logs_are_read_too(tmp_path: Path) -> None:
    old = "2026-09-01 05:12:03 upgrade bash:amd64 5.1 5.2\n"
    older = "2026-08-01 05:12:03 upgrade bash:amd64 5.0 5.1\n"
    files = {
        "/var/log/dpkg.log": LOG,
        "/var/log/dpkg.log.1": old,
        "/var/log/dpkg.log.2.gz": gzip.compress(older.encode()),
        "/var/log/dpkg.log.3.gz": b"damaged",
    }
    host = machine(tmp_path, files)
    assert {each.version for each in read(host)} == {"3.0.13-1~deb12u1", "7.88.1-11", "6.1.124-1", "5.2", "5.1"}
    assert len(host.could_not_see) == 1


SECURITY = "deb.debian.org_debian-security_dists_bookworm-security_main_binary-amd64_Packages"
MAIN = "deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages"
CARRIED = "Package: libssl3\nSource: openssl\nVersion: 3.0.13-1~deb12u1\n\nPackage: other\nVersion: 7.88.1-11\n"


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ({SECURITY: CARRIED}, day(20)),
        ({SECURITY: CARRIED.replace("Package: other", "Package: curl")}, day(21)),
        ({SECURITY: CARRIED.replace("3.0.13", "3.0.15")}, None),
        ({MAIN: CARRIED}, None),
        ({}, None),
    ],
)
def test_a_version_of_a_security_archive_proves_a_security_update(
    tmp_path: Path, lists: dict[str, str], expected: dt.datetime | None
) -> None:
    files = {"/var/log/dpkg.log": LOG, **{f"/var/lib/apt/lists/{name}": text for name, text in lists.items()}}
    host = machine(tmp_path, files)
    assert last_security(host, read(host)) == expected


def test_packed_lists_are_unpacked_by_apt(tmp_path: Path) -> None:
    files = {"/var/log/dpkg.log": LOG, f"/var/lib/apt/lists/{SECURITY}.lz4": b"\x04\x22"}
    host = talking(tmp_path, {"apt-helper cat-file": CARRIED}, files)
    assert last_security(host, read(host)) == day(20)


UNATTENDED = """\
2026-11-18 06:12:01,100 INFO Starting unattended upgrades script
2026-11-18 06:12:01,200 INFO Allowed origins are: {origins}
2026-11-18 06:12:33,456 INFO Packages that will be upgraded: {packages}
2026-11-18 06:12:33,500 INFO Writing dpkg log to /var/log/unattended-upgrades/unattended-upgrades-dpkg.log
2026-11-18 06:13:10,000 INFO {end}
"""
ONLY_SECURITY = "origin=Debian,codename=bookworm-security,label=Debian-Security"
DEBIAN = f"origin=Debian,codename=bookworm,label=Debian, {ONLY_SECURITY}"
UBUNTU = "o=Ubuntu,a=jammy, o=Ubuntu,a=jammy-security, o=UbuntuESMApps,a=jammy-apps-security"
UBUNTU_UPDATES = f"{UBUNTU}, o=Ubuntu,a=jammy-updates"
DONE = "All upgrades installed"


@pytest.mark.parametrize(
    ("origins", "packages", "end", "proves"),
    [
        (ONLY_SECURITY, "libssl3 openssl", DONE, True),
        (f"['{ONLY_SECURITY}']", "libssl3", DONE, True),
        (UBUNTU, "libssl3", DONE, True),
        (UBUNTU_UPDATES, "libssl3", DONE, False),
        (DEBIAN, "libssl3", DONE, False),
        (ONLY_SECURITY, "", DONE, False),
        (ONLY_SECURITY, "libssl3", "Installing the upgrades failed!", False),
    ],
)
def test_unattended_upgrades_prove_one_when_nothing_else_was_allowed(
    origins: str, packages: str, end: str, proves: bool
) -> None:
    text = UNATTENDED.format(origins=origins, packages=packages, end=end)
    expected = [dt.datetime(2026, 11, 18, 6, 12, 33, tzinfo=dt.UTC)] if proves else []
    assert list(parse_unattended(text, dt.UTC)) == expected


def test_the_log_of_unattended_upgrades_is_looked_for(tmp_path: Path) -> None:
    text = UNATTENDED.format(origins=ONLY_SECURITY, packages="libssl3", end=DONE)
    files = {
        "/var/log/unattended-upgrades/unattended-upgrades.log": "",
        "/var/log/unattended-upgrades/unattended-upgrades.log.1.gz": gzip.compress(text.encode()),
        "/var/log/unattended-upgrades/unattended-upgrades-dpkg.log": "noise",
    }
    assert last_security(machine(tmp_path, files), ()) == dt.datetime(2026, 11, 18, 6, 12, 33, tzinfo=dt.UTC)


@given(st.text(max_size=300))
def test_no_log_breaks_the_readers(text: str) -> None:
    assert all(each.name for each in parse_log(text, dt.UTC))
    list(parse_unattended(f"Allowed origins are: {text}\nPackages that will be upgraded: {text}\n{DONE}", dt.UTC))


def test_lists_of_names_only_do_not_break_the_reader(tmp_path: Path) -> None:
    files = {"/var/log/dpkg.log": LOG, f"/var/lib/apt/lists/{SECURITY}": "Version: 1\n\xff\nPackage: \nVersion:\n"}
    host = machine(tmp_path, files)
    assert upgrades.last_security(host, read(host)) is None
