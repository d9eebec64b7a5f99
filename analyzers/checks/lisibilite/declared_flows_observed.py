"""Is what is documented still true?"""

from __future__ import annotations

from analyzers.measures import flow_catalogue
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many declared dependencies were seen."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} declared dependencies were seen on the network; ghosts, never seen: {ghosts}."),
            passing=passing(population),
            total=len(population.members),
            ghosts=len(failing(population)),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="declared-flows-observed",
    question=N_("Is what is documented still true?"),
    why=N_("Documents that describe what is gone mislead whoever repairs, and whatever automaton believes them."),
    how_measured=N_(
        "Each depends_on of the catalogue, looked for among the connections of the hosts. A ghost was never seen "
        "although both ends were read in full for seven days or more; until then it is unknown."
    ),
    remedy=N_(
        "Remove from depends_on what is gone. Run pasencore agent on both ends of the rest for a week: one look at a "
        "host proves no absence."
    ),
    command="ss -tunp state established",
    risk=N_("Decisions rest on a picture of the company's systems that is no longer true."),
    needs=("hosts", "context"),
    evidence=flow_catalogue.documented,
    measure=measure,
)
