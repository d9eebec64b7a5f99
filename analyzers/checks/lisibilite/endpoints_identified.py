"""Do we know who is at the other end?"""

from __future__ import annotations

from analyzers.measures import endpoints
from analyzers.measures.members import failing, passing, settled
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many remote ends of connections somebody knows."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {settled} remote ends of connections are a known host, service or provider."),
            passing=passing(population),
            settled=settled(population),
        ),
        subjects=_heaviest_first(population),
    )


def _heaviest_first(population: Population) -> tuple[str, ...]:
    """Return the ends that nobody knows, those that touch the most critical services first."""
    weight = {each.name: each.weight for each in population.members}
    return tuple(sorted(failing(population), key=lambda name: (-weight[name], name)))


CHECK = Check(
    id="endpoints-identified",
    question=N_("Do we know who is at the other end?"),
    why=N_(
        "A connection to nobody knows whom is a dependency that no contract covers, or a leak that no rule forbids."
    ),
    how_measured=N_(
        "Remote ends of current connections, resolved to known hosts, declared services and ranges of providers; "
        "unknown clients count by network."
    ),
    remedy=N_(
        "Find the owner of each unknown address, then declare it as a service (addresses) or as a range of its "
        "provider."
    ),
    command="ss -tunp state established",
    risk=N_("A supplier that nobody signed with can stop the business, or receive its data."),
    needs=("hosts", "context"),
    evidence=endpoints.identified,
    measure=measure,
)
