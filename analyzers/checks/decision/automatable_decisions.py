"""Are automatable decisions listed, with guard-rails, on live signals?"""

from __future__ import annotations

from analyzers.measures.members import failing, passing
from analyzers.measures.written import automation
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

LISTED = N_(
    "{passing} of {total} recurring or declared decisions are ready for a machine: trigger, guard-rails, known target."
)
UNSEEN = message(N_("No decision is declared as automatable, and no alert or ticket shows one that comes back."))


def measure(population: Population) -> Measurement:
    """Return how many decisions could be handed to a machine."""
    if not population.members:
        return Measurement(population=population, message=UNSEEN, unseen=UNSEEN)
    said = message(LISTED, passing=passing(population), total=len(population.members))
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="automatable-decisions",
    question=N_("Are automatable decisions listed, with guard-rails, on live signals?"),
    why=N_(
        "AIOps hands decisions to a machine: which ones, within which limits, is a decision of people, taken "
        "beforehand."
    ),
    how_measured=N_(
        "Alerts that called twice, causes of tickets that came back twice, and the automatable block of the "
        "context file: an entry with a trigger, action, runbook, reversibility, approver, four limits and a "
        "known target counts 1. A trigger that the server does not know counts 0, and so does a recurring "
        "decision that the list leaves out."
    ),
    remedy=N_(
        "Take the decision that comes back most, write its trigger, action, limits and kill switch, and name "
        "who approves it."
    ),
    risk=N_("A machine repeats a bad decision a hundred times before anybody looks."),
    needs=(
        "context",
        "prometheus",
        "tickets",
    ),
    evidence=automation.listed,
    measure=measure,
)
