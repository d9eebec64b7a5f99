"""Are there explicit rules to arbitrate performance, cost and risk?"""

from __future__ import annotations

from analyzers.measures.members import failing, passing
from analyzers.measures.written import policies
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

WRITTEN = N_("{passing} of four tensions have a written position.")


def measure(population: Population) -> Measurement:
    """Return how many tensions have a position."""
    said = message(WRITTEN, passing=passing(population))
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="arbitration-criteria",
    question=N_("Are there explicit rules to arbitrate performance, cost and risk?"),
    why=N_("Without a written position, each arbitration starts again, and the loudest wins."),
    how_measured=N_(
        "The tensions block of the context file: speed or robustness, innovation or security, performance or "
        "cost, standard or flexibility; a text of its own for each counts a quarter."
    ),
    remedy=N_(
        "Have the board write one sentence for each tension: which side wins by default, and who may decide otherwise."
    ),
    risk=N_("Two teams decide the opposite on the same day, each in good faith."),
    needs=("context",),
    evidence=policies.tensions,
    measure=measure,
)
