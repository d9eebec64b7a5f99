"""Is the SLA met, and measured by us?"""

from __future__ import annotations

from analyzers.measures import availability
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

MET = N_("{passing} of {total} promised availabilities are proved by our own probes.")


def measure(population: Population) -> Measurement:
    """Return how many promises are kept, as we measure them."""
    said = message(MET, passing=passing(population), total=len(population.members))
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="sla-measured",
    question=N_("Is the SLA met, and measured by us?"),
    why=N_("A promise that only the one who made it measures cannot be enforced."),
    how_measured=N_(
        "Services that a contract promises an availability for: the 95 % interval of blackbox probes over 30 "
        "days, against the promise; open when more than 1 % of the window was not probed. A service without a"
        " probe is unknown."
    ),
    remedy=N_(
        "Probe each service of a contract from outside, each minute, and compare each month with the provider's report."
    ),
    risk=N_("Penalties that are written and never due, as nobody can prove the outage."),
    needs=("prometheus", "context"),
    evidence=availability.met,
    measure=measure,
)
