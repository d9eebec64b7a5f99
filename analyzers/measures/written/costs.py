"""Is the cost of each service known, and does what is billed match what is seen?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from analyzers.measures.members import stale, statement_evidence
from analyzers.measures.written.statements import contracts, entry_path, of_service
from analyzers.model.context import Contract, Invoice
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence, Kind, Member, Population, Provenance
from analyzers.model.interval import ONE, ZERO, Interval

KEY = "services.cost"
DRIFT = "billing_drift"
TOLERATED = Fraction(15, 100)
"""Deviation between billed and seen that is no drift (catalogue)."""

INVOICE_WITHIN_DAYS = 92
"""An invoice older than a quarter says nothing of what is billed now."""

HOSTS_UNIT = "hosts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What a contract bills beside what is seen of it."""

    contract: Contract
    share: Fraction
    evidence: tuple[Evidence, ...]


def visible(estate: Estate) -> Population:
    """Return the services that we run: declared 1 when their entry gives a cost, 0 when it does not.

    Where a contract bills more or fewer hosts than are seen, what it covers is worth at most 1 minus the drift beyond
    15 %, whatever is declared.
    """
    services = [each for each in estate.services if each.declared is not None]
    if not services:
        return Population(key=KEY, missing="not_declared")
    drifts = drifting(estate)
    return Population(key=KEY, members=tuple(_member(each, drifts, estate) for each in services))


def drifting(estate: Estate) -> tuple[Drift, ...]:
    """Return, for each contract that bills hosts and whose hosts were looked at, by how much the bill is off."""
    found = []
    for rank, contract in contracts(estate):
        newest = max(contract.invoices, key=lambda each: each.month, default=None)
        seen = _seen(contract, estate)
        if newest is None or HOSTS_UNIT not in newest.units or not seen or _old(newest, estate):
            continue
        billed = Fraction(newest.units[HOSTS_UNIT]).limit_denominator(1000)
        share = abs(billed - seen) / seen
        path = f"contracts[{rank}].invoices {newest.month}"
        said = statement_evidence(estate, path, "hosts_billed", float(billed), contract.date, contract.author)
        measured = Evidence(
            key=DRIFT,
            value=round(float(share), 4),
            kind="measured",
            provenance=Provenance(source="hosts", query=f"hosts seen: {seen}", collected_at=estate.taken_at),
        )
        found.append(Drift(contract=contract, share=share, evidence=(measured, said)))
    return tuple(found)


def _seen(contract: Contract, estate: Estate) -> int:
    """Return how many hosts of a contract some source saw; all that were seen when it lists none."""
    seen = [each for each in estate.hosts if set(each.known_from) - {"context"}]
    if contract.assets is None or not contract.assets.hosts:
        return len(seen)
    covered = {host.name for name in contract.assets.hosts if (host := estate.host_named(name)) is not None}
    return sum(1 for each in seen if each.name in covered)


def _old(invoice: Invoice, estate: Estate) -> bool:
    year, month = invoice.month.split("-")
    return (estate.today - date(int(year), int(month), 1)).days > INVOICE_WITHIN_DAYS


def _member(service: EstateService, drifts: tuple[Drift, ...], estate: Estate) -> Member:
    entry = service.declared
    assert entry is not None
    old = stale(estate, entry.date)
    told = "missing" if entry.monthly_cost is None else entry.monthly_cost
    path = entry_path(estate, entry, "monthly_cost")
    kind: Kind = "unknown" if old else "declared"
    said = statement_evidence(estate, path, "monthly_cost", told, entry.date, entry.author, kind)
    declared = None if old else ZERO if entry.monthly_cost is None else ONE
    member = of_service(service, said, declared=declared, reason="stale" if old else None)
    mine = [each for each in drifts if _covers(each.contract, service)]
    worst = max(mine, key=lambda each: each.share, default=None)
    if worst is None or worst.share <= TOLERATED:
        return member
    ceiling = max(ZERO, ONE - (worst.share - TOLERATED))
    return replace(
        member,
        measured=Interval(ZERO, ceiling),
        reason=member.reason or "partial",
        evidence=(*member.evidence, *worst.evidence),
    )


def _covers(contract: Contract, service: EstateService) -> bool:
    """Tell whether a contract bills a service: one that it names, any on its hosts when it names none."""
    if contract.assets is None or not (contract.assets.services or contract.assets.hosts):
        return True
    if contract.assets.services:
        return service.name in contract.assets.services
    return bool(set(service.hosts) & set(contract.assets.hosts))
