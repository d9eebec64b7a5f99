"""Are the rituals held?"""

from __future__ import annotations

from analyzers.measures import rituals
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

EMPTY = message(N_("No ritual is declared to be held."))


def measure(population: Population) -> Measurement:
    """Return how many rituals are held on time."""
    held = message(
        N_("{passing} of {total} rituals were held within one and a half times their period."),
        passing=passing(population),
        total=len(population.members),
    )
    empty = any(each.name == rituals.CALENDAR for each in population.members)
    return Measurement(population=population, message=EMPTY if empty else held, subjects=failing(population))


CHECK = Check(
    id="steering-committee",
    question=N_("Are the rituals held?"),
    why=N_("Where nobody meets, nobody arbitrates: drift is found at the next incident."),
    how_measured=N_(
        "Rituals of the context file: the last meeting against one and a half times the cadence, on the day of the "
        "scan. A list that is declared empty counts zero."
    ),
    remedy=N_(
        "Put the meetings in the calendar, hold them, and write their dates: a steering committee each quarter, a "
        "review of satisfaction each year, a technical audit every two years."
    ),
    risk=N_("Paying for a service that nobody steers, and hearing of its drift from the customers."),
    needs=("context",),
    evidence=rituals.held,
    measure=measure,
)
