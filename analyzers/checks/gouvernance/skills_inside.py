"""Are the three strategic skills held inside, by name?"""

from __future__ import annotations

from analyzers.measures.knowledge import sharing
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many of the three skills an employee is declared to hold."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} strategic skills are declared to be held by employees, by name."),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="skills-inside",
    question=N_("Are the three strategic skills held inside, by name?"),
    why=N_("Work can be bought; judging it cannot. Three skills make the difference between steering and following."),
    how_measured=N_(
        "People of the context file, with their employer and skills: it-business (what IT brings to the business), "
        "security (security and compliance), provider-audit (auditing the provider). A skill counts when an employee "
        "is declared to hold it; the person's statement must be fresh."
    ),
    remedy=N_(
        "Name an employee for each of it-business, security and provider-audit in the context file; train or hire "
        "where nobody holds it."
    ),
    command="pasencore init",
    risk=N_("Nobody in the company can tell whether what is bought is right, safe, and worth its price."),
    needs=("context",),
    evidence=sharing.skills,
    measure=measure,
)
