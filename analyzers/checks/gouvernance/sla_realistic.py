"""Is the SLA arithmetically reachable, and does it match the need?"""

from __future__ import annotations

from analyzers.measures.graph import questions
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many promised availabilities can be kept and are enough."""
    return Measurement(
        population=population,
        message=message(
            N_(
                "{passing} of {total} promised availabilities can be kept by what the service rests on, and are "
                "enough for a company of this size."
            ),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
        unseen=message(N_("Nobody declares a promised availability.")),
    )


CHECK = Check(
    id="sla-realistic",
    question=N_("Is the SLA arithmetically reachable, and does it match the need?"),
    why=N_("Availabilities multiply: a service that needs five others at 99.9 % cannot promise 99.9 %."),
    how_measured=N_(
        "The product of the availabilities promised for everything that a service needs, each counted once, "
        "hosts under contract that replace each other in parallel, against its own promise; and its promise "
        "against the need by size of the company: 99 % up to 20 people, 99.5 % up to 50, 99.9 % beyond."
    ),
    remedy=N_(
        "Renegotiate the promises of what the service rests on, give these a second instance, or promise "
        "less. Write the size of the company and what each service needs."
    ),
    risk=N_("A contract promises what cannot be kept: penalties do not bring back the hours of interruption."),
    needs=("context", "hosts"),
    evidence=questions.realistic,
    measure=measure,
)
