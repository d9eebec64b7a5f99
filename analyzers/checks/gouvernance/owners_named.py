"""Has each service an accountable owner and a deputy?"""

from __future__ import annotations

from analyzers.measures import ownership
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many services have an owner and a deputy."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} services are known to have an owner and a deputy who is somebody else."),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="owners-named",
    question=N_("Has each service an accountable owner and a deputy?"),
    why=N_("A service without an owner is nobody's to repair, and a machine that acts on it has nobody to answer to."),
    how_measured=N_(
        "The catalogue, service by service: an owner and another person as deputy count in full, an owner alone "
        "counts half. A service that listens on the network without an entry has neither; what is said of a service "
        "that is nowhere, where every place it could be was read, is disproved."
    ),
    remedy=N_(
        "Name one accountable owner and one deputy for each service of the catalogue, the most critical first; give "
        "an entry to what listens without one."
    ),
    command="pasencore init",
    risk=N_("When the service fails, nobody knows whose call it is, and the time lost is time without income."),
    needs=("context", "hosts"),
    evidence=ownership.owners,
    measure=measure,
)
