"""Are the five KPIs followed, and on target?"""

from __future__ import annotations

from analyzers.measures.members import failing, passing, settled
from analyzers.measures.written import kpis
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

TARGETS = N_("{passing} of {total} indicators of contracts are on target; followed: {followed}.")


def measure(population: Population) -> Measurement:
    """Return how many indicators are followed and on target."""
    counts = {"passing": passing(population), "total": len(population.members), "followed": settled(population)}
    return Measurement(population=population, message=message(TARGETS, **counts), subjects=failing(population))


CHECK = Check(
    id="provider-kpis",
    question=N_("Are the five KPIs followed, and on target?"),
    why=N_("A provider is steered by what is measured together, or not at all."),
    how_measured=N_(
        "Each contract of the context file: budget within 15 %, first-level resolution 70 then 85 % with a "
        "time to resolve that does not grow, satisfaction 75 then 90 %, security incidents -30 then -50 %, "
        "total cost -10 then -25 %, at three and at six months from the signature. Tickets, where they tell "
        "levels, are believed first."
    ),
    remedy=N_("Agree on the five figures and on who computes them, and open each steering committee with them."),
    risk=N_("Year after year the contract is renewed on a feeling."),
    needs=(
        "context",
        "tickets",
    ),
    evidence=kpis.on_target,
    measure=measure,
)
