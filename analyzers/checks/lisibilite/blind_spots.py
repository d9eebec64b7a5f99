"""What could the scanner not see?"""

from __future__ import annotations

from analyzers.measures import sight
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many known hosts were seen in full."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} known hosts were seen in full."),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="blind-spots",
    question=N_("What could the scanner not see?"),
    why=N_(
        "Each thing that was not seen widens every answer; what is known of an estate stops where its readers stop."
    ),
    how_measured=N_(
        "Hosts that any source names, and the share of their collectors that answered in full; a host that nobody read "
        "counts nothing."
    ),
    remedy=N_("Run the command that each blind spot shows, or start an agent on the hosts that nobody reads."),
    command="pasencore doctor",
    risk=N_("Decisions rest on the part of the estate that is easy to see, and surprises come from the other."),
    needs=("hosts", "prometheus", "context"),
    evidence=sight.of_known_hosts,
    measure=measure,
)
