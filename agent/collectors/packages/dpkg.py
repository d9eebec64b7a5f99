"""Debian and its kin: dpkg's database, apt's lists and their logs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from agent.collectors.machine import Machine
from agent.collectors.packages import apt_settings, upgrades
from agent.collectors.times import newest
from agent.collectors.traces import program, units
from analyzers.model.facts import Packages, PendingUpdate

_STATUS = "/var/lib/dpkg/status"
_LISTS = "/var/lib/apt/lists"
_SUCCESS = "/var/lib/apt/periodic/update-success-stamp"
_LIST_FILE = re.compile(r".*_(InRelease|Release|Packages)(\.(gz|xz|bz2|lz4|lzma|zst))?")

_UPGRADABLE = re.compile(
    r"^(?P<name>[^/\s]+)/(?P<suites>\S+) (?P<candidate>\S+) \S+ \[upgradable from: (?P<installed>[^\]]+)\]$",
    re.MULTILINE,
)

_REBOOT_FLAGS = ("/run/reboot-required", "/var/run/reboot-required")
_REBOOT_WRITERS = (
    "/etc/kernel/postinst.d/unattended-upgrades",
    "/etc/kernel/postinst.d/update-notifier",
    "/usr/share/update-notifier/notify-reboot-required",
)
"""What writes the flag when a kernel or a core library was replaced: without one of them, no flag says nothing."""


def collect(machine: Machine) -> Packages:
    """Return installed packages, pending updates, and when updates were last applied."""
    applied = upgrades.read(machine)
    return Packages(
        manager="dpkg",
        installed=_count_installed(machine),
        pending=_pending(machine),
        lists_updated_at=_lists_updated_at(machine),
        last_upgrade_at=newest(*(each.at for each in applied)),
        last_security_upgrade_at=upgrades.last_security(machine, applied),
        automatic_updates=_automatic(machine),
        reboot_required=_reboot_required(machine),
    )


def _count_installed(machine: Machine) -> int:
    """Count line by line: the database of a large host is longer than what `Machine.read` returns."""
    try:
        with machine.path(_STATUS).open("rb") as stream:
            return sum(1 for line in stream if line.startswith(b"Status: ") and line.endswith(b" ok installed\n"))
    except OSError as error:
        machine.missed(f"{_STATUS}: {error.strerror}", "unreadable")
        return 0


def _pending(machine: Machine) -> tuple[PendingUpdate, ...] | None:
    """Return pending updates as apt sees them: a tenth of the work of a simulated upgrade, held packages included."""
    listed = machine.run(["apt", "list", "--upgradable"], limit=15.0)
    if listed is None:
        machine.missed("pending updates: apt did not answer", "unreadable")
        return None
    return parse_upgradable(listed)


def parse_upgradable(text: str) -> tuple[PendingUpdate, ...]:
    """Return the updates that ``apt list --upgradable`` names.

    One is a security update when a suite that carries the version says so in its name (``bookworm-security``,
    ``jammy-security``, ``oldstable-security``).
    """
    return tuple(
        PendingUpdate(
            name=found["name"],
            installed=found["installed"],
            candidate=found["candidate"],
            security="security" in found["suites"].lower(),
        )
        for found in _UPGRADABLE.finditer(text)
    )


def _lists_updated_at(machine: Machine) -> dt.datetime | None:
    """Return the newest list of packages; a mirror's own date is its lower bound, apt's success stamp is exact."""
    names = (name for name in machine.list(_LISTS) if _LIST_FILE.fullmatch(name))
    return newest(machine.modified(_SUCCESS), *(machine.modified(f"{_LISTS}/{name}") for name in names))


def _automatic(machine: Machine) -> bool | None:
    """Tell whether updates install themselves; None when no setting says it."""
    settings = apt_settings.read(machine)
    wanted = settings.get("apt::periodic::unattended-upgrade")
    if wanted is None:
        return None
    if _off(wanted) or _off(settings.get("apt::periodic::enable", "1")):
        return False
    if program(machine, "unattended-upgrade") is None:
        return False
    known = units(machine)
    return "apt-daily-upgrade.timer" in known.enabled or _any_exists(machine, ["/etc/cron.daily/apt-compat"])


def _off(value: str) -> bool:
    return value.strip().lower() in {"0", "", "false", "no", "off", "never"}


def _reboot_required(machine: Machine) -> bool | None:
    if _any_exists(machine, _REBOOT_FLAGS):
        return True
    return False if _any_exists(machine, _REBOOT_WRITERS) else None


def _any_exists(machine: Machine, names: Iterable[str]) -> bool:
    return any(machine.exists(name) for name in names)
