"""Is every action traceable to one person?"""

from __future__ import annotations

from analyzers.measures import accounts
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many hosts have no shared account in use."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} hosts are known to have no shared account in use."),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="shared-accounts",
    question=N_("Is every action traceable to one person?"),
    why=N_(
        "Under a shared account nobody can tell who acted: neither an audit, nor the search for a cause, nor a "
        "machine that learns from what people do."
    ),
    how_measured=N_(
        "On each host, accounts that give a prompt: entered in the last ninety days under the name of a role, as "
        "root from the network, or by several keys from several places at once. Where sessions cannot be read, "
        "nothing is concluded."
    ),
    remedy=N_(
        "Give each person an account of their own, let them act as root through sudo, close the shared accounts or "
        "keep them behind a vault that records who took them."
    ),
    command="last -F -i | head -50",
    risk=N_("After a mistake or a theft of data, nobody can prove who did what, and nobody can be excluded."),
    needs=("hosts", "context"),
    evidence=accounts.shared,
    measure=measure,
)
