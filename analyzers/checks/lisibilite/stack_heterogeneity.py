"""Is the diversity of systems and versions under control?"""

from __future__ import annotations

from analyzers.measures import stack
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, Message, message


def measure(population: Population) -> Measurement:
    """Return how many hosts follow the standard, or how many differ from others of their role."""
    return Measurement(population=population, message=_said(population), subjects=failing(population))


def _said(population: Population) -> Message:
    if population.key == stack.ON_STANDARD:
        return message(
            N_("{passing} of {total} hosts are known to run a supported release of the declared standard."),
            passing=passing(population),
            total=len(population.members),
        )
    return message(
        N_("Without a declared standard: {passing} of {total} hosts are known to run the only release of their role."),
        passing=passing(population),
        total=len(population.members),
    )


CHECK = Check(
    id="stack-heterogeneity",
    question=N_("Is the diversity of systems and versions under control?"),
    why=N_(
        "Each more system and version multiplies what must be patched, tested and known; what an automaton learns on "
        "one is worth less on the others."
    ),
    how_measured=N_(
        "Release of each host against the declared standard and its end of support; without a standard, the number of "
        "different systems and major releases in each role, known once every host was read."
    ),
    remedy=N_(
        "Decide which releases are the standard (standards in the context file), and plan the move of the others."
    ),
    command="cat /etc/os-release",
    risk=N_("Each renewal and each flaw costs several times the work, and people who know them all are rare."),
    needs=("hosts", "context"),
    evidence=stack.diversity,
    measure=measure,
)
