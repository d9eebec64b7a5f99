"""Does the debt of undecided things shrink?"""

from __future__ import annotations

from analyzers.measures.members import failing
from analyzers.measures.written import debt
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

OPEN = N_("{stuck} of {total} open findings have stayed open for three scans without a decision.")
UNSEEN = message(N_("Fewer than three daily scans are kept in the output folder."))


def measure(population: Population) -> Measurement:
    """Return how many findings stay open without a decision."""
    if not population.members:
        return Measurement(population=population, message=UNSEEN, unseen=UNSEEN)
    stuck = sum(1 for each in population.members if each.measured is None and each.declared != 1)
    said = message(OPEN, stuck=stuck, total=sum(1 for each in population.members if each.name != debt.NOTHING))
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="steering-debt",
    question=N_("Does the debt of undecided things shrink?"),
    why=N_("What stays open scan after scan, without anybody accepting or repairing it, is decided by chance."),
    how_measured=N_(
        "The last three daily scans under the same rubric in the output folder: findings open in all three "
        "count 0, unless a waiver in force, a decision of the year or an accepted risk names the question."
    ),
    remedy=N_(
        "Take the oldest open findings to the next steering meeting: repair, accept with a date and an owner, or close."
    ),
    risk=N_("The same warnings are read and forgotten each month, until one of them happens."),
    needs=("context",),
    evidence=debt.decided,
    measure=measure,
)
