"""Are accepted risks owned, dated, and still valid?"""

from __future__ import annotations

from analyzers.measures import acceptances
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many acceptances are owned, dated and still valid."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} accepted risks are owned, dated and still valid."),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="risk-acceptances",
    question=N_("Are accepted risks owned, dated, and still valid?"),
    why=N_("A risk that was accepted without an owner or an end is one that was forgotten."),
    how_measured=N_("Waivers and risks of the context file: an owner, a date, an expiry that is still to come."),
    remedy=N_("Give each accepted risk an owner, a date and an expiry; decide again on those that have expired."),
    risk=N_("Carrying dangers that nobody remembers having accepted."),
    needs=("context",),
    evidence=acceptances.register,
    measure=measure,
)
