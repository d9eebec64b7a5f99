"""Do critical services rest on environments that we do not control?"""

from __future__ import annotations

from analyzers.measures import outside
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many critical services depend on nothing outside without an owner and a contract."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} critical services need nothing from outside that lacks an owner or a contract."),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="uncontrolled-dependencies",
    question=N_("Do critical services rest on environments that we do not control?"),
    why=N_(
        "What others run may change or stop without notice; an owner and a contract are all that one can hold on to."
    ),
    how_measured=N_(
        "For services of criticality 4 and 5: connections to public addresses and declared external services. Each "
        "needs an entry with an owner, and a contract with its provider; that there is none outside is measured over "
        "seven days."
    ),
    remedy=N_(
        "Declare each outside dependency as an external service with an owner, its provider and its addresses, and "
        "sign or write down its contract."
    ),
    command="pasencore explain uncontrolled-dependencies",
    risk=N_("A partner whom nobody follows can stop what brings the money in, and nothing obliges it to hurry."),
    needs=("hosts", "context"),
    evidence=outside.controlled,
    measure=measure,
)
