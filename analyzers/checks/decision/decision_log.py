"""Are structuring decisions written, with options, criteria and hypotheses?"""

from __future__ import annotations

from analyzers.measures import decisions
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

EMPTY = message(N_("The decision log is declared to hold nothing."))


def measure(population: Population) -> Measurement:
    """Return how many decisions of the last year are framed."""
    framed = message(
        N_("{passing} of {total} decisions of the last year have options, criteria, hypotheses and a decider."),
        passing=passing(population),
        total=len(population.members),
    )
    empty = any(each.name == decisions.LOG for each in population.members)
    return Measurement(population=population, message=EMPTY if empty else framed, subjects=failing(population))


CHECK = Check(
    id="decision-log",
    question=N_("Are structuring decisions written, with options, criteria and hypotheses?"),
    why=N_(
        "A choice whose reasons are lost is made again at each crisis; a machine can only be given rules that were "
        "written."
    ),
    how_measured=N_(
        "Decisions of the last twelve months in the context file: two options or more, three of the four shared "
        "criteria, a hypothesis, somebody who decided. A log that is declared empty counts zero."
    ),
    remedy=N_(
        "Write each structuring decision on one page: the options, the four criteria, the hypotheses, who decided, "
        "when to review it."
    ),
    risk=N_("Paying twice for the same debate, and holding to a choice whose reasons are gone."),
    needs=("context",),
    evidence=decisions.log,
    measure=measure,
)
