"""Is the mastery of the system still inside the company?"""

from __future__ import annotations

from analyzers.measures.knowledge import sharing
from analyzers.measures.members import failing, settled
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.interval import ZERO
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return the share of knowledge that employees hold, where something tells whose it is."""
    seen = [each for each in population.members if each.measured is not None]
    weight = sum((each.weight for each in seen), ZERO)
    held = sum((each.weight * each.measured.low for each in seen if each.measured is not None), ZERO)
    return Measurement(
        population=population,
        message=message(
            N_(
                "Employees are known to hold {percent} % of what is known of {settled} services and repositories, out "
                "of {total}."
            ),
            percent=int(100 * held / weight) if weight else 0,
            settled=settled(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="knowledge-inside",
    question=N_("Is the mastery of the system still inside the company?"),
    why=N_("Who no longer understands a system can neither judge those who run it, nor leave them, nor automate it."),
    how_measured=N_(
        "Files written, tickets solved and logins of each service and repository, by person; the employer is the one "
        "that the context file gives. Somebody without an employer there leaves the share open. What a person of a "
        "provider knows is outside."
    ),
    remedy=N_(
        "Write the employer of each person in the context file; then have employees take part in what a provider alone "
        "does: reviews, changes and repairs, the most critical services first."
    ),
    command="pasencore people --git DIR --names",
    risk=N_("The provider knows the company's systems better than the company does, and sets prices and delays."),
    needs=("git", "tickets", "hosts", "context"),
    evidence=sharing.inside,
    measure=measure,
)
