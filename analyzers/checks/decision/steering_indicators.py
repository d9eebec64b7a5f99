"""Do indicators steer, beyond supervising?"""

from __future__ import annotations

from analyzers.measures import objectives
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

RECORDED = N_("{passing} of {total} critical services have an objective or an error budget recorded in Prometheus.")


def measure(population: Population) -> Measurement:
    """Return how many critical services have a recorded objective."""
    said = message(RECORDED, passing=passing(population), total=len(population.members))
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="steering-indicators",
    question=N_("Do indicators steer, beyond supervising?"),
    why=N_("An alert says that something broke; an error budget says whether to go on building or to repair."),
    how_measured=N_(
        "Critical services, else those of the highest criticality: a recording or alerting rule that speaks "
        "of an objective, an indicator or an error budget (names or labels of sloth, pyrra, or by hand) and "
        "names the service."
    ),
    remedy=N_(
        "Write one objective for each critical service, record its error budget, and open the steering meeting with it."
    ),
    command="curl -s http://localhost:9090/api/v1/rules | jq '.data.groups[].rules[].name'",
    risk=N_("Every service looks green, and customers complain."),
    needs=(
        "prometheus",
        "context",
    ),
    evidence=objectives.recorded,
    measure=measure,
)
