"""Is there no grey zone between us and the provider?"""

from __future__ import annotations

from analyzers.measures import ownership
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many services have somebody accountable for each domain."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} services have somebody accountable for each of the seven domains."),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="responsibility-matrix",
    question=N_("Is there no grey zone between us and the provider?"),
    why=N_("Where two parties each believe that the other does it, nobody patches, nobody restores, nobody answers."),
    how_measured=N_(
        "Filled cells of the responsibilities block, service by service: patching, backup, access, incident, recovery, "
        "monitoring, compliance. An empty cell is a grey zone; so is a service that listens and has no entry."
    ),
    remedy=N_(
        "Name one accountable party in each empty cell of responsibilities, and have the provider agree in writing."
    ),
    command="pasencore init",
    risk=N_("When something goes wrong, each party points at the other while the business waits."),
    needs=("context", "hosts"),
    evidence=ownership.responsibilities,
    measure=measure,
)
