"""Are decisions taken cold?"""

from __future__ import annotations

from analyzers.measures.members import shown
from analyzers.measures.written import cold
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

SOON = N_("{pressed} changes came within 48 hours after an incident; chance alone would give {percent} %.")
UNSEEN = message(N_("Neither tickets nor the context file date enough changes and incidents."))


def measure(population: Population) -> Measurement:
    """Return how many changes followed an incident closely."""
    pressed = shown(population, cold.SOON)
    if pressed is None:
        return Measurement(population=population, message=UNSEEN, unseen=UNSEEN)
    chance = float(shown(population, cold.CHANCE) or 0)
    return Measurement(population=population, message=message(SOON, pressed=str(pressed), percent=round(chance * 100)))


CHECK = Check(
    id="decisions-under-pressure",
    question=N_("Are decisions taken cold?"),
    why=N_("What is decided in the heat of an incident is paid for in the next one."),
    how_measured=N_(
        "Changes in tickets, else changes and decisions of the context file: the share within 48 hours after "
        "an incident, less the share that chance alone would give. Five changes at least."
    ),
    remedy=N_("After an incident, restore first; put the lasting change on the agenda of the next steering meeting."),
    risk=N_("Costly choices are made at midnight, and defended for years."),
    needs=(
        "tickets",
        "context",
    ),
    evidence=cold.cold,
    measure=measure,
)
