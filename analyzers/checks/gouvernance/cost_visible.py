"""Is cost known per service, without silent drift?"""

from __future__ import annotations

from analyzers.measures.members import failing, shown
from analyzers.measures.written import costs
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.interval import ONE
from analyzers.model.message import N_, message

KNOWN = N_("{passing} of {total} services have a known cost.")
DRIFTS = N_("{passing} of {total} services have a known cost; a bill is {percent} % off what is seen.")


def measure(population: Population) -> Measurement:
    """Return how many services have a known cost, and by how much a bill is off."""
    known = sum(1 for each in population.members if each.declared == ONE)
    counts = {"passing": known, "total": len(population.members)}
    drift = shown(population, costs.DRIFT)
    said = message(KNOWN, **counts) if drift is None else message(DRIFTS, **counts, percent=round(float(drift) * 100))
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="cost-visible",
    question=N_("Is cost known per service, without silent drift?"),
    why=N_("What has no cost has no arbitration, and a bill that nobody compares with what runs drifts in silence."),
    how_measured=N_(
        "Services of the catalogue with a monthly_cost. Where the last invoice of a contract counts hosts, it"
        " is compared with the hosts seen: beyond 15 % what the contract covers is worth at most 1 minus the "
        "rest."
    ),
    remedy=N_(
        "Ask for one line a service on the invoice, and compare the units billed with what is seen each quarter."
    ),
    risk=N_("Paying for machines that are gone, or hearing of the price of growth with the bill."),
    needs=(
        "context",
        "hosts",
    ),
    evidence=costs.visible,
    measure=measure,
)
