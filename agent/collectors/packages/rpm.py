"""Red Hat and its kin: rpm's database, dnf's cached advisories and logs."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.collectors.logfiles import tail
from agent.collectors.machine import Machine, NotSeenError
from agent.collectors.times import find_time, local_zone, newest
from agent.collectors.traces import units
from analyzers.model.facts import Packages, PendingUpdate

_CACHES = ("/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum")
_LOGS = ("/var/log/dnf.rpm.log", *(f"/var/log/dnf.rpm.log.{number}" for number in range(1, 5)), "/var/log/yum.log")

_NEVRA = re.compile(r"(?P<name>\S+)-(?P<version>[^-\s]+-[^-\s]+)\.(?P<arch>\w+)")
_ADVISORY = re.compile(
    r"^(?P<mark>i )?\s*(?P<id>\S+) +(?P<kind>\S+) +(?P<package>\S+-[^-\s]+-[^-\s]+\.\w+)$", re.MULTILINE
)
_UPGRADED = re.compile(r"^(?P<at>.{15,30}?) (?:\w+ Upgrade|Updated): (?P<package>\S+)$", re.MULTILINE)
_BOOT_KERNEL = re.compile(r"vmlinuz-(?!0-rescue)(.+)")


@dataclass(frozen=True, slots=True)
class Advisory:
    """One package of one advisory; `applied` when that version or a newer one is installed."""

    package: str
    security: bool
    applied: bool


def collect(machine: Machine) -> Packages:
    """Return installed packages, pending updates that an advisory covers, and when updates were last applied.

    Raises
    ------
    NotSeenError
        When rpm does not answer.
    """
    listed = machine.run(["rpm", "-qa", "--qf", "%{NAME} %{EVR}\\n"], limit=10.0)
    if listed is None:
        raise NotSeenError(reason="unreadable", detail="rpm -qa does not answer")
    installed = [(name, version) for name, _, version in (line.partition(" ") for line in listed.splitlines()) if name]
    upgrades = _upgrades(machine)
    advisories = _advisories(machine)
    return Packages(
        manager="rpm",
        installed=sum(1 for name, _ in installed if name != "gpg-pubkey"),
        pending=None if advisories is None else pending(advisories, dict(installed)),
        lists_updated_at=_lists_updated_at(machine),
        last_upgrade_at=newest(*upgrades.values()),
        last_security_upgrade_at=last_security(advisories or (), upgrades),
        automatic_updates=_automatic(machine),
        reboot_required=_reboot_required(machine),
    )


def _advisories(machine: Machine) -> tuple[Advisory, ...] | None:
    """Return advisories that dnf has in its cache; None when it has none, for then no update can be known to be one."""
    if not any(True for folder in _CACHES for _ in machine.glob(f"{folder}/*/repodata/*updateinfo*")):
        machine.missed("pending updates: no advisories in dnf's cache", "no_source", "sudo dnf makecache")
        return None
    # An account that is not root has a cache of its own, usually empty: it may read the system's.
    cache = [] if os.geteuid() == 0 else ["--setopt=cachedir=/var/cache/dnf"]
    text = machine.run(["dnf", "-q", "-C", *cache, "updateinfo", "list", "--all"], limit=15.0)
    if text is None:
        machine.missed("pending updates: dnf did not answer", "unreadable")
        return None
    found = understood(text)
    if found is None:
        machine.missed("pending updates: the answer of dnf was not understood", "unreadable")
    return found


def understood(text: str) -> tuple[Advisory, ...] | None:
    """Return the advisories of an answer, None when none of its lines is one: dnf5 writes a table of its own."""
    found = parse_advisories(text)
    return found if found or not text.strip() else None


def parse_advisories(text: str) -> tuple[Advisory, ...]:
    """Return what ``dnf updateinfo list --all`` names: rows marked ``i`` are applied, others wait."""
    return tuple(
        Advisory(
            package=found["package"],
            security="/Sec." in found["kind"] or found["kind"] == "security",
            applied=found["mark"] is not None,
        )
        for found in _ADVISORY.finditer(text)
    )


def pending(advisories: Iterable[Advisory], installed: Mapping[str, str]) -> tuple[PendingUpdate, ...]:
    """Return one update per package that waits, its newest version, a security update if any of its advisories is.

    `installed` gives versions by package.
    """
    waiting: dict[str, PendingUpdate] = {}
    for each in advisories:
        if each.applied or (found := _NEVRA.fullmatch(each.package)) is None:
            continue
        known = waiting.get(found["name"])
        candidates = [found["version"], *([known.candidate] if known else [])]
        waiting[found["name"]] = PendingUpdate(
            name=found["name"],
            installed=installed.get(found["name"], ""),
            candidate=max(candidates, key=_natural),
            security=each.security or (known is not None and known.security),
        )
    return tuple(waiting[name] for name in sorted(waiting))


def _natural(version: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that puts 1.10 after 1.9."""
    parts = re.findall(r"\d+|[a-zA-Z]+", version)
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)


def last_security(advisories: Iterable[Advisory], upgrades: dict[str, dt.datetime]) -> dt.datetime | None:
    """Return when a package of a security advisory was last upgraded to, None when no log proves one."""
    secure = {each.package for each in advisories if each.security and each.applied}
    return newest(*(at for package, at in upgrades.items() if package in secure))


def _upgrades(machine: Machine) -> dict[str, dt.datetime]:
    zone = local_zone(machine)
    found: dict[str, dt.datetime] = {}
    for name in _LOGS:
        for package, at in parse_log(tail(machine, name) or "", zone, machine.clock()):
            found[package] = max(at, found.get(package, at))
    return found


def parse_log(text: str, zone: dt.tzinfo, now: dt.datetime) -> Iterable[tuple[str, dt.datetime]]:
    """Yield packages that a log of dnf or yum says were upgraded to, and when."""
    for row in _UPGRADED.finditer(text):
        at = find_time(row["at"], zone, now)
        if at is not None:
            yield row["package"], at


def _lists_updated_at(machine: Machine) -> dt.datetime | None:
    """Return when a repository was last asked: dnf touches its list of packages even when nothing is new."""
    names = (
        name
        for folder in _CACHES
        for pattern in ("*/repodata/repomd.xml", "*/repodata/*primary*", "*/*/*/repomd.xml")
        for name in machine.glob(f"{folder}/{pattern}")
    )
    return newest(*(machine.modified(name) for name in names))


def _automatic(machine: Machine) -> bool | None:
    """Tell whether updates install themselves; None when dnf-automatic is not installed."""
    known = units(machine)
    timers = {name for name in known.files if re.fullmatch(r"dnf5?-automatic.*\.timer", name)}
    if not timers:
        return None
    enabled = timers & known.enabled
    if "dnf-automatic-install.timer" in enabled:
        return True
    if not enabled & {"dnf-automatic.timer", "dnf5-automatic.timer"}:
        return False
    before = len(machine.could_not_see)
    settings = machine.read("/etc/dnf/automatic.conf")
    if settings is None and len(machine.could_not_see) > before:
        return None
    return (
        re.search(r"^\s*apply_updates\s*=\s*(yes|true|1|on)\s*$", settings or "", re.MULTILINE | re.IGNORECASE)
        is not None
    )


def _reboot_required(machine: Machine) -> bool | None:
    """Tell whether a newer kernel waits; None when none does, for a library may need a restart too."""
    running = (machine.read("/proc/sys/kernel/osrelease") or "").strip()
    kernels = {found[1]: f"/boot/{name}" for name in machine.list("/boot") if (found := _BOOT_KERNEL.fullmatch(name))}
    if running not in kernels:
        return None
    return True if max(kernels, key=_natural) != running else None
