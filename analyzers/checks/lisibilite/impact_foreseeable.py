"""Can the impact of a change be foreseen?"""

from __future__ import annotations

from analyzers.measures.graph import questions
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many critical services have an impact that is written as it is."""
    return Measurement(
        population=population,
        message=message(
            N_("What depends on them is written as it is seen for {passing} of {total} critical services."),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
        unseen=message(
            N_(
                "What depends on critical services cannot be compared: it takes the flows of every host over a week, "
                "and a catalogue that says what services need."
            )
        ),
    )


CHECK = Check(
    id="impact-foreseeable",
    question=N_("Can the impact of a change be foreseen?"),
    why=N_(
        "Before a change, somebody asks who will be hit. Where the written answer and the true one differ, "
        "the change hits services that nobody warned."
    ),
    how_measured=N_(
        "For each critical service, the set of services that depend on it, directly or not, once by the "
        "catalogue and once by the flows: the size of what both hold over the size of what either holds. It "
        "is unknown until every host was watched for a week and every dependency is settled."
    ),
    remedy=N_(
        "Write what each service needs (depends_on), the undeclared dependencies first; take out those that "
        "were proved not to exist."
    ),
    command="pasencore graph --format mermaid",
    risk=N_(
        "A change that was thought to be harmless stops services that nobody had in mind, and their users "
        "find out first."
    ),
    needs=("hosts", "context"),
    evidence=questions.foreseeable,
    measure=measure,
)
