"""How long to add capacity?"""

from __future__ import annotations

from analyzers.measures.members import shown
from analyzers.measures.service_desk import lead_time
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

TAKES = N_("Adding capacity takes {days} days: median of {deliveries} deliveries.")
SAID = N_("Adding capacity is declared to take {days} days.")
UNSEEN = message(N_("Nobody says how long adding capacity takes."))


def measure(population: Population) -> Measurement:
    """Return the days that adding capacity takes."""
    days = shown(population, lead_time.DAYS)
    if days is None:
        return Measurement(population=population, message=UNSEEN, unseen=UNSEEN)
    deliveries = shown(population, "deliveries")
    rounded = round(float(days), 1)
    if deliveries is None:
        return Measurement(population=population, message=message(SAID, days=rounded))
    return Measurement(population=population, message=message(TAKES, days=rounded, deliveries=deliveries))


CHECK = Check(
    id="provisioning-lead-time",
    question=N_("How long to add capacity?"),
    why=N_("Capacity that takes a month to come must be foreseen a month ahead; what takes a day can follow the load."),
    how_measured=N_(
        "Median time from opening to solving of the requests and changes whose cause or service speaks of "
        "capacity, three at least: a day counts 1, thirty days count 0. Otherwise what the context file "
        "declares."
    ),
    remedy=N_(
        "Write the steps from request to delivery, remove the longest wait, and keep room that can be given at once."
    ),
    risk=N_("A good month for sales becomes a bad month for customers, as the machines cannot follow."),
    needs=(
        "tickets",
        "context",
    ),
    evidence=lead_time.lead_time,
    measure=measure,
)
