"""Are value, criticality, effort and risk the criteria actually used?"""

from __future__ import annotations

from analyzers.measures.members import failing, passing
from analyzers.measures.written import policies
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

WEIGHED = N_("{passing} of {total} decisions of the last year weigh value, criticality, effort and risk.")
EMPTY = message(N_("The decision log is declared to hold nothing."))


def measure(population: Population) -> Measurement:
    """Return how many decisions weigh the four criteria."""
    if any(each.name == policies.LOG for each in population.members):
        return Measurement(population=population, message=EMPTY)
    said = message(WEIGHED, passing=passing(population), total=len(population.members))
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="shared-criteria",
    question=N_("Are value, criticality, effort and risk the criteria actually used?"),
    why=N_("Decisions that weigh different things cannot be compared, nor learned from."),
    how_measured=N_(
        "Decisions of the last year in the context file: the share of the four criteria (value, criticality, "
        "effort, risk) that each one weighs."
    ),
    remedy=N_(
        "Put the four criteria at the top of the decision template, from 1 to 5, and refuse a decision that "
        "leaves one out."
    ),
    risk=N_("Money goes where the last meeting was, not where it brings most."),
    needs=("context",),
    evidence=policies.shared_criteria,
    measure=measure,
)
