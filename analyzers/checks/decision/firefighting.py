"""How much time goes to fires?"""

from __future__ import annotations

from analyzers.measures.members import shown
from analyzers.measures.service_desk import fires
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

TAKES = N_("Incidents take {percent} % of the handled time.")
UNSEEN = message(N_("No ticket export says how long incidents and the rest took."))


def measure(population: Population) -> Measurement:
    """Return the share of handled time that incidents take."""
    share = shown(population, fires.SHARE)
    if share is None:
        return Measurement(population=population, message=UNSEEN, unseen=UNSEEN)
    return Measurement(population=population, message=message(TAKES, percent=round(float(share) * 100)))


CHECK = Check(
    id="firefighting",
    question=N_("How much time goes to fires?"),
    why=N_(
        "A team that spends its days putting out fires has no time to make anything repeatable, least of all "
        "to automate it."
    ),
    how_measured=N_(
        "Tickets solved in the last year: the share of handled time that goes to incidents, 30 % counts 1 and"
        " 60 % counts 0. Handled time is the time spent where every ticket says it, else the time from "
        "opening to solving. Ten solved tickets at least."
    ),
    remedy=N_("Keep a fixed share of the week for what prevents incidents; start with the causes that come back."),
    risk=N_(
        "The team is paid to repair the same things, and every improvement waits for a calm week that does not come."
    ),
    needs=("tickets",),
    evidence=fires.share,
    measure=measure,
)
