"""Are single points of failure known and decided upon?"""

from __future__ import annotations

from analyzers.measures.graph import questions
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many single points of failure somebody accepted."""
    return Measurement(
        population=population,
        message=message(
            N_(
                "Of {total} single points of failure under critical services, {passing} are known to be accepted, "
                "owned and dated; an estate without any counts as one."
            ),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
        unseen=message(N_("Single points of failure under critical services could not be judged.")),
    )


CHECK = Check(
    id="single-points-known",
    question=N_("Are single points of failure known and decided upon?"),
    why=N_(
        "What runs on one host and holds up a critical service will fail one day. That may be accepted, but "
        "by somebody, until a date, and not by oversight."
    ),
    how_measured=N_(
        "For each critical service and everything that it needs, directly or not: what listens on one known "
        "host only, every other host that may run it having been read. The register of risks is looked for an"
        " entry about that service or host, with an owner, a date and an end that is not past."
    ),
    remedy=N_(
        "For each one listed: give it a second host, or write in the register of risks who accepts it, since "
        "when and until when."
    ),
    command="pasencore graph --format mermaid",
    risk=N_("One machine that fails stops what the company lives on, and nobody had decided to take that chance."),
    needs=("hosts", "context"),
    evidence=questions.single_points,
    measure=measure,
)
