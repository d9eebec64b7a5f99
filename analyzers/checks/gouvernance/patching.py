"""Are security updates applied?"""

from __future__ import annotations

from analyzers.measures import updates
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many hosts are supported and up to date."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} hosts are known to run a supported system with its security updates applied."),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="patching",
    question=N_("Are security updates applied?"),
    why=N_(
        "A known flaw that is not repaired is the most common way in; an automaton would act from a host that is not "
        "sound."
    ),
    how_measured=N_(
        "End of support of the release; pending security updates from package lists younger than seven days, or a "
        "security update installed in the last thirty days."
    ),
    remedy=N_("Install the pending security updates, automate them, and plan the replacement of unsupported releases."),
    command="apt list --upgradable 2>/dev/null | grep -i security",
    risk=N_("An intrusion through a flaw that is already public, and days without service."),
    needs=("hosts",),
    evidence=updates.security_updates,
    measure=measure,
)
