"""Do the network map, the list of critical applications and the continuity procedure exist, dated under 12 months?"""

from __future__ import annotations

from analyzers.measures import documents
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many of the three documents are declared and fresh."""
    return Measurement(
        population=population,
        message=message(
            N_(
                "{passing} of {total} documents (network map, list of applications, continuity) are declared and fresh."
            ),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="minimal-documentation",
    question=N_(
        "Do the network map, the list of critical applications and the continuity procedure exist, dated under 12 "
        "months?"
    ),
    why=N_(
        "These three are what somebody new, or a machine, needs first; older than a year, they describe another estate."
    ),
    how_measured=N_(
        "Documents of the context file of the kinds network_map, application_list and continuity, and their dates."
    ),
    remedy=N_("Write or refresh the missing documents, and declare each with its place and date under documents."),
    risk=N_("After a disaster or a departure, the first days are spent finding out what exists."),
    needs=("context",),
    evidence=documents.minimum,
    measure=measure,
)
