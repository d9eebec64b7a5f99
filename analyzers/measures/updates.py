"""Updates of hosts: is the system still supported, and are its security updates applied?"""

from __future__ import annotations

import datetime as dt

from analyzers.measures.members import host_evidence, host_member, of_hosts, run_of, unseen_host, why_unseen
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import OperatingSystem, Packages
from analyzers.model.interval import UNKNOWN, Interval

LISTS_STALE_AFTER = dt.timedelta(days=7)
"""Package lists older than this say nothing of what is pending (signal H17)."""

SECURITY_UPGRADE_WITHIN = dt.timedelta(days=30)
"""A security update installed since then shows that updates are applied (catalogue, patching)."""

CLOCKS_APART = dt.timedelta(days=1)
"""How far in the future a date may lie that is only the clock of another host."""


def security_updates(estate: Estate) -> Population:
    """Return hosts that are supported and up to date: 1 or 0 each, unknown when package lists are stale.

    Updates that are applied prove nothing of a release whose end of support nobody knows.
    """
    members = [_member(host, estate) for host in estate.hosts]
    return of_hosts("hosts.patched", (each for each in members if each is not None), estate, "packages")


def _member(host: EstateHost, estate: Estate) -> Member | None:
    if host.facts is None:
        return unseen_host(host, "packages")
    inventory = host.facts.inventory
    support_end = inventory.os.support_end if inventory is not None else None
    if inventory is not None and support_end is not None and support_end < estate.today:
        return host_member(host, Interval.point(0), _ended(host, inventory.os))
    packages = host.facts.packages
    if packages is None:
        return _without_packages(host, supported=support_end is not None)
    applied = _applied(host, packages, estate)
    if applied is None:
        return host_member(host, None, reason="stale" if packages.pending is not None else why_unseen(host, "packages"))
    up_to_date, evidence = applied
    if up_to_date and support_end is None:
        return host_member(host, UNKNOWN, evidence, reason="partial")
    return host_member(host, Interval.point(up_to_date), evidence)


def _without_packages(host: EstateHost, *, supported: bool) -> Member | None:
    """Return a host whose packages nobody read; one that has no package manager and is supported has none to update."""
    if run_of(host, "packages").outcome != "not_applicable":
        return unseen_host(host, "packages")
    return None if supported else unseen_host(host, "inventory")


def _applied(host: EstateHost, packages: Packages, estate: Estate) -> tuple[bool, Evidence] | None:
    """Return whether security updates are applied, and what says so; None when the lists are too old to tell."""
    upgraded = packages.last_security_upgrade_at
    if upgraded is not None and _since(upgraded, estate) < SECURITY_UPGRADE_WITHIN:
        return True, host_evidence(host, "packages", "last_security_upgrade", upgraded.date().isoformat())
    updated = packages.lists_updated_at
    if packages.pending is None or updated is None or _since(updated, estate) > LISTS_STALE_AFTER:
        return None
    waiting = sum(1 for each in packages.pending if each.security)
    return not waiting, host_evidence(host, "packages", "security_updates_pending", waiting, "packages")


def _since(moment: dt.datetime, estate: Estate) -> dt.timedelta:
    """Return how long ago something was done; what a wrong clock dates in the future proves nothing."""
    ago = estate.taken_at - moment
    return ago if ago >= -CLOCKS_APART else dt.timedelta.max


def _ended(host: EstateHost, system: OperatingSystem) -> Evidence:
    assert system.support_end is not None
    name = system.pretty_name or system.id
    return host_evidence(host, "inventory", "support_ended", f"{name} {system.support_end.isoformat()}".strip())
