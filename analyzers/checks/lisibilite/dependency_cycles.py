"""Are there circular dependencies?"""

from __future__ import annotations

from analyzers.measures.graph import questions
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many services are outside of any circle."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} services are known to be in no circle of dependencies."),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
        unseen=message(N_("Circles of dependencies could not be looked for.")),
    )


CHECK = Check(
    id="dependency-cycles",
    question=N_("Are there circular dependencies?"),
    why=N_("Services that need each other in a circle fail together, and none of them can be started first."),
    how_measured=N_(
        "The dependencies, declared and seen, as a graph: services that need themselves through others. A "
        "circle that was seen counts 0. Being in none is measured once every host was watched for a week, and"
        " until then only declared by what the catalogue says."
    ),
    remedy=N_(
        "For each circle listed, find the dependency that is the least needed at start, and cut it: a queue, "
        "a cache, a copy."
    ),
    command="pasencore graph --format mermaid",
    risk=N_("After a large outage, services wait for each other and the restart takes hours instead of minutes."),
    needs=("hosts", "context"),
    evidence=questions.services_in_circles,
    measure=measure,
)
