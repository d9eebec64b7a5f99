"""Installed software and its pending updates, from what the package manager already knows: nothing is refreshed."""

from __future__ import annotations

from agent.collectors.machine import Collector, Machine, NotHereError
from agent.collectors.packages import dpkg, rpm
from analyzers.model.facts import Packages

_RPM_DATABASES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")


def collect(machine: Machine) -> Packages:
    """Return what is installed and what waits.

    Raises
    ------
    NotHereError
        When the host has no package manager that we know.
    """
    if machine.exists("/var/lib/dpkg/status"):
        return dpkg.collect(machine)
    if any(machine.list(folder) for folder in _RPM_DATABASES):
        return rpm.collect(machine)
    if (text := machine.read("/lib/apk/db/installed")) is not None:
        installed = sum(1 for line in text.splitlines() if line.startswith("P:"))
        return _only_counted(machine, Packages(manager="apk", installed=installed))
    if folders := machine.list("/var/lib/pacman/local"):
        installed = sum(1 for name in folders if name != "ALPM_DB_VERSION")
        return _only_counted(machine, Packages(manager="pacman", installed=installed))
    msg = "dpkg, rpm, apk and pacman have no database here"
    raise NotHereError(msg)


def _only_counted(machine: Machine, packages: Packages) -> Packages:
    machine.missed(f"pending updates of {packages.manager}", "not_implemented")
    return packages


COLLECTOR = Collector(
    name="packages",
    block="packages",
    source="dpkg, apt, rpm, dnf: databases, lists and logs, not refreshed",
    collect=collect,
    limit_seconds=20.0,
)
