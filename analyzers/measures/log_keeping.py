"""Are logs kept, shipped and rotated on each host?"""

from __future__ import annotations

from datetime import timedelta

from analyzers.measures.members import host_evidence, host_member, of_hosts, run_of, unseen_host
from analyzers.measures.truth import Truth, mean
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import Logs

KEY = "logs.available"
KEPT = timedelta(days=30)
"""A month of logs reaches back over one cycle of accounting and of patches (signal H26)."""

ROTATED = timedelta(days=8)
"""A weekly rotation and a day of grace (signal H23)."""

LACKS = "lacks"


def available(estate: Estate) -> Population:
    """Return hosts, each the mean of three: logs reach back 30 days, leave the host, are rotated.

    A host that is younger than a month cannot have kept more: what it keeps is open. A journal that is kept rotates by
    itself. No shipper among the running processes means that logs stay.
    """
    members = tuple(_member(host, estate) for host in estate.hosts if run_of(host, "logs").outcome != "not_applicable")
    return of_hosts(KEY, members, estate, "logs")


def _member(host: EstateHost, estate: Estate) -> Member:
    logs = host.facts.logs if host.facts is not None else None
    if logs is None:
        return unseen_host(host, "logs")
    run = run_of(host, "logs")
    held = {
        "kept 30 days": _kept(logs, host, estate),
        "shipped": _shipped(logs, partial=run.outcome != "ok"),
        "rotated": _rotated(logs, estate),
    }
    reason = (run.reason or "partial") if None in held.values() else None
    return host_member(host, mean(held.values()), *_told(host, logs, held), reason=reason)


def _kept(logs: Logs, host: EstateHost, estate: Estate) -> Truth:
    if logs.persistent is False:
        return False
    if logs.oldest_entry is None:
        return None
    if estate.taken_at - logs.oldest_entry >= KEPT:
        return True
    return None if _young(host, estate) else False


def _young(host: EstateHost, estate: Estate) -> bool:
    """Tell whether a host may be younger than a month: it started since, or nobody knows when."""
    inventory = host.facts.inventory if host.facts is not None else None
    return inventory is None or estate.taken_at - inventory.boot_time < KEPT


def _shipped(logs: Logs, *, partial: bool) -> Truth:
    if logs.shippers:
        return True
    # Where something was refused, a shipper may hide among what was not seen.
    return None if partial or logs.journal is None else False


def _rotated(logs: Logs, estate: Estate) -> Truth:
    if logs.rotated_at is not None and estate.taken_at - logs.rotated_at <= ROTATED:
        return True
    if logs.journal and logs.persistent:
        return True
    return False if logs.rotated_at is not None else None


def _told(host: EstateHost, logs: Logs, held: dict[str, Truth]) -> tuple[Evidence, ...]:
    lacking = [name for name, holds in held.items() if holds is False]
    oldest = logs.oldest_entry.date().isoformat() if logs.oldest_entry is not None else "unknown"
    evidence = [
        host_evidence(host, "logs", "oldest_entry", oldest),
        host_evidence(host, "logs", "shippers", ", ".join(logs.shippers) or "none"),
    ]
    if lacking:
        evidence.insert(0, host_evidence(host, "logs", LACKS, ", ".join(lacking)))
    return tuple(evidence)
