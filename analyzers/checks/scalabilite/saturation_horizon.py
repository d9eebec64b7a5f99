"""When does a resource run out?"""

from __future__ import annotations

from analyzers.measures.capacity import horizon
from analyzers.measures.members import failing, settled
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return which hosts run out of a resource within half a year."""
    late = failing(population)
    return Measurement(
        population=population,
        message=message(
            N_("{late} of {known} hosts run out of a resource within 180 days, or cannot be told not to."),
            late=len(late),
            known=settled(population),
        ),
        subjects=late,
        unseen=message(N_("No host gives two weeks of days from which to tell when a resource runs out.")),
    )


CHECK = Check(
    id="saturation-horizon",
    question=N_("When does a resource run out?"),
    why=N_("A date of saturation that nobody knows is met at night; an automaton that acts near it acts too late."),
    how_measured=N_(
        "From Prometheus: processor, memory and each disk, a value a day for eight weeks; a robust trend with the "
        "season of the week, carried on until the resource is full. The same forecast made a week ago says "
        "how wrong it is."
    ),
    remedy=N_("Add capacity or clean up on the hosts that fill first, and put an alert on the date of saturation."),
    command="df -h; pasencore explain saturation-horizon",
    risk=N_("A server fills up and stops on a day that could have been known months before."),
    needs=("prometheus",),
    evidence=horizon.until_full,
    measure=measure,
)
