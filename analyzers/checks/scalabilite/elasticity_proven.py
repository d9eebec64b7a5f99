"""Has capacity ever been adjusted without breakage?"""

from __future__ import annotations

from analyzers.measures import elasticity
from analyzers.measures.members import failing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.interval import ONE, ZERO
from analyzers.model.message import N_, Message, message

PROVED = message(N_("Capacity was adjusted or drilled: it can be."))
MEANS = message(N_("Means to adjust capacity exist; nobody was seen to use them."))
UNSETTLED = message(N_("Neither a change of capacity nor its absence is proved."))


def measure(population: Population) -> Measurement:
    """Return whether the capacity of the estate was ever adjusted."""
    return Measurement(population=population, message=_said(population), subjects=failing(population), unseen=UNSETTLED)


def _said(population: Population) -> Message:
    known = population.interval(ZERO)
    if known.low == ONE:
        return PROVED
    return MEANS if known.low >= elasticity.MEANS_ONLY else UNSETTLED


CHECK = Check(
    id="elasticity-proven",
    question=N_("Has capacity ever been adjusted without breakage?"),
    why=N_("Capacity that nobody ever changed is a belief; an automaton that scales would be the first to try."),
    how_measured=N_(
        "Changes of processors or memory in ninety days of history or more, a drill declared in the last twelve "
        "months; else the means found: free extents of volumes, autoscaling."
    ),
    remedy=N_("Add and remove capacity once on a host that matters, as a drill, and declare its date under capacity."),
    command="sudo vgs; nproc; free -m",
    risk=N_("When demand grows, the first attempt to add capacity is made in production, under pressure."),
    needs=("prometheus", "context", "hosts"),
    evidence=elasticity.proof,
    measure=measure,
)
