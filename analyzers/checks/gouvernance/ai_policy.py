"""Do rules exist for AI: who approves, which data, kill switch?"""

from __future__ import annotations

from analyzers.measures.members import failing, passing, settled
from analyzers.measures.written import policies
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

WRITTEN = N_("{passing} of four rules for AI are written: who approves, which data, kill switch, next review.")


def measure(population: Population) -> Measurement:
    """Return how many of the four rules are written."""
    said = message(WRITTEN, passing=passing(population))
    return Measurement(population=population, message=said, subjects=failing(population) if settled(population) else ())


CHECK = Check(
    id="ai-policy",
    question=N_("Do rules exist for AI: who approves, which data, kill switch?"),
    why=N_(
        "A machine that acts without an approver, a boundary of data and a switch cannot be stopped on the "
        "day it must be."
    ),
    how_measured=N_(
        "The ai_policy block of the context file: an approver, the classes of data allowed, a kill switch, a "
        "review that is not overdue; each counts a quarter."
    ),
    remedy=N_(
        "Write one page: who approves a use of AI, which classes of data it may see, how it is switched off, "
        "when the page is reviewed."
    ),
    risk=N_("A tool that nobody approved reads customer data, and nobody knows how to stop it."),
    needs=("context",),
    evidence=policies.ai_policy,
    measure=measure,
)
