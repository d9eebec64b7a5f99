"""Could we leave the provider?"""

from __future__ import annotations

from analyzers.measures.members import failing, passing
from analyzers.measures.written import leaving
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

LEAVING = N_(
    "{passing} of {total} contracts can be left: clause, notice, open formats, our data, documentation, drill."
)


def measure(population: Population) -> Measurement:
    """Return how many contracts can be left."""
    said = message(LEAVING, passing=passing(population), total=len(population.members))
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="reversibility",
    question=N_("Could we leave the provider?"),
    why=N_("A contract that cannot be left is not renegotiated either."),
    how_measured=N_(
        "Each contract of the context file, one sixth each: a clause, a notice, open formats, data that are "
        "ours, handed-over documentation, an exit rehearsed within two years."
    ),
    remedy=N_(
        "Add the missing clauses at the next signature; meanwhile export one service to an open format and "
        "start it elsewhere."
    ),
    risk=N_("The price rises or the service falls, and leaving would take longer than the company can wait."),
    needs=("context",),
    evidence=leaving.reversibility,
    measure=measure,
)
