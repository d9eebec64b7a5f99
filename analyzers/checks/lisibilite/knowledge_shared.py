"""Does the service survive the departure of its best expert?"""

from __future__ import annotations

from analyzers.measures.knowledge import sharing
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

MISNAMED = N_(
    "{passing} of {total} critical services are known to survive the departure of one person. Best known by somebody "
    "else than their declared owner and deputy: {others}."
)


def measure(population: Population) -> Measurement:
    """Return how many critical services two persons or more know well enough."""
    others = sum(
        any(fact.key == sharing.KNOWN_BEST_BY_ANOTHER for fact in each.evidence) for each in population.members
    )
    plain = N_("{passing} of {total} critical services are known to survive the departure of one person.")
    said = message(
        MISNAMED if others else plain,
        passing=passing(population),
        total=len(population.members),
        **({"others": others} if others else {}),
    )
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="knowledge-shared",
    question=N_("Does the service survive the departure of its best expert?"),
    why=N_("What one person alone knows leaves with that person, and what nobody knows no machine can be taught."),
    how_measured=N_(
        "Critical services of the catalogue, and those that nobody valued: who wrote their files (degree of "
        "authorship), who solved their tickets, and, where neither tells, who entered their hosts. A service counts "
        "when no departure of one person leaves less than half of it known. Accounts that are shared are nobody's; an "
        "owner and a deputy who are only declared count as a statement."
    ),
    remedy=N_(
        "Let a second person change, deploy and repair each service that one person alone knows: review in pairs, "
        "rotate who solves its tickets, have its runbook followed by somebody who did not write it."
    ),
    command="pasencore people --git DIR --names",
    risk=N_(
        "One resignation or one illness, and a service that the business lives on can be neither changed nor repaired."
    ),
    needs=("git", "tickets", "hosts", "context"),
    evidence=sharing.shared,
    measure=measure,
)
