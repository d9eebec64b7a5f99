"""Can we absorb this growth?"""

from __future__ import annotations

from analyzers.measures.capacity import growth
from analyzers.measures.members import failing, passing, settled
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many hosts keep their headroom after a year of growth."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {known} hosts keep their headroom after twelve months of growth."),
            passing=passing(population),
            known=settled(population),
        ),
        subjects=failing(population),
        unseen=message(N_("No host gives days of use from which to tell what a year of growth takes.")),
    )


CHECK = Check(
    id="growth-absorbed",
    question=N_("Can we absorb this growth?"),
    why=N_("Growth that the servers cannot hold turns each commercial success into an incident."),
    how_measured=N_(
        "What each resource uses at the busiest day of the week, grown as the organisation declares for twelve months, "
        "or as its own trend goes where nothing is declared; a host holds when it keeps the headroom of headroom-now."
    ),
    remedy=N_("Plan capacity for the hosts that a year of growth fills, or move load away from them."),
    command="pasencore explain growth-absorbed",
    risk=N_("The growth that the company counts on does not fit on its servers."),
    needs=("prometheus", "context"),
    evidence=growth.absorbed,
    measure=measure,
)
