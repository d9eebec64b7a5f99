from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors import packages
from agent.collectors.machine import Machine, NotHereError
from tests.agent.collectors.fake_hosts import machine, talking


@pytest.mark.parametrize(
    ("files", "manager", "installed"),
    [
        ({"/lib/apk/db/installed": "C:Q1\nP:musl\nV:1.2\n\nP:busybox\nV:1.36\n"}, "apk", 2),
        ({"/var/lib/pacman/local/bash-5.2/desc": "", "/var/lib/pacman/local/ALPM_DB_VERSION": "9"}, "pacman", 1),
    ],
)
def test_other_managers_are_counted(tmp_path: Path, files: dict[str, str], manager: str, installed: int) -> None:
    host = machine(tmp_path, files)
    found = packages.collect(host)
    assert (found.manager, found.installed, found.pending) == (manager, installed, None)
    assert host.reason == "not_implemented"


def test_dpkg_goes_before_rpm_which_debian_can_install_too(tmp_path: Path) -> None:
    files = {"/var/lib/dpkg/status": "", "/var/lib/rpm/rpmdb.sqlite": ""}
    assert packages.collect(talking(tmp_path, {"apt list": "Listing...\n"}, files)).manager == "dpkg"


@pytest.mark.parametrize("database", ["/var/lib/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/rpmdb.sqlite"])
def test_rpm_has_two_homes(tmp_path: Path, database: str) -> None:
    assert packages.collect(talking(tmp_path, {"rpm -qa": "bash\n"}, {database: ""})).manager == "rpm"


def test_a_host_without_a_manager(tmp_path: Path) -> None:
    with pytest.raises(NotHereError):
        packages.collect(machine(tmp_path, {"/var/lib/rpm/": ""}))


@pytest.mark.skipif(not Path("/var/lib/dpkg/status").exists(), reason="needs a Debian machine")
def test_the_real_host() -> None:
    found = packages.collect(Machine())
    assert found.manager == "dpkg"
    assert found.installed > 50
