"""Has each service a business value and a criticality?"""

from __future__ import annotations

from analyzers.measures import ownership
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many services have a business value and a criticality."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} services are known to have a business value and a criticality."),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="services-valued",
    question=N_("Has each service a business value and a criticality?"),
    why=N_("Without them every alert is worth every other, and an automaton repairs first what matters least."),
    how_measured=N_(
        "The catalogue, service by service: business value and criticality count in full, one of them counts half. A "
        "service that listens on the network without an entry has neither."
    ),
    remedy=N_("Rate each service from 1 to 5 on both scales with those who use it, and write it in the catalogue."),
    command="pasencore init",
    risk=N_("Spending on what matters little while what brings the income waits."),
    needs=("context", "hosts"),
    evidence=ownership.values,
    measure=measure,
)
