"""Updates of hosts: is the system still supported, and are its security updates applied?"""

from __future__ import annotations

import datetime as dt

from analyzers.measures.members import host_evidence, host_member, of_hosts, run_of, unseen_host
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import OperatingSystem, Packages
from analyzers.model.interval import Interval

LISTS_STALE_AFTER = dt.timedelta(days=7)
"""Package lists older than this say nothing of what is pending (signal H17)."""

SECURITY_UPGRADE_WITHIN = dt.timedelta(days=30)
"""A security update installed since then shows that updates are applied (catalogue, patching)."""


def security_updates(estate: Estate) -> Population:
    """Return hosts that are supported and up to date: 1 or 0 each, unknown when package lists are stale."""
    members = [_member(host, estate) for host in estate.hosts]
    return of_hosts("hosts.patched", (each for each in members if each is not None), estate)


def _member(host: EstateHost, estate: Estate) -> Member | None:
    if host.facts is None:
        return unseen_host(host, "packages")
    support_end = host.facts.inventory.os.support_end if host.facts.inventory else None
    if support_end is not None and support_end < estate.today:
        return host_member(host, Interval.point(0), _support(host, host.facts.inventory.os))  # type: ignore[union-attr]
    packages = host.facts.packages
    if packages is None:
        return None if run_of(host, "packages").outcome == "not_applicable" else unseen_host(host, "packages")
    recent = packages.last_security_upgrade_at
    if recent is not None and estate.taken_at - recent < SECURITY_UPGRADE_WITHIN:
        applied = host_evidence(host, "packages", "last_security_upgrade", recent.date().isoformat())
        return host_member(host, _supported(support_end), applied, reason=None if support_end else "partial")
    return _pending(host, packages, estate)


def _pending(host: EstateHost, packages: Packages, estate: Estate) -> Member:
    updated = packages.lists_updated_at
    if packages.pending is None or updated is None or estate.taken_at - updated > LISTS_STALE_AFTER:
        return host_member(host, None, reason="stale")
    waiting = sum(1 for each in packages.pending if each.security)
    evidence = host_evidence(host, "packages", "security_updates_pending", waiting, "packages")
    return host_member(host, Interval.point(0 if waiting else 1), evidence)


def _supported(support_end: dt.date | None) -> Interval:
    """Applied updates prove nothing of a release whose end of support nobody knows."""
    return Interval.point(1) if support_end is not None else Interval.between(0, 1)


def _support(host: EstateHost, system: OperatingSystem) -> Evidence:
    ended = system.support_end.isoformat() if system.support_end else ""
    return host_evidence(host, "inventory", "support_ended", f"{system.pretty_name or system.id} {ended}".strip())
