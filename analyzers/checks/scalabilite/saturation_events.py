"""How often do we touch the ceiling?"""

from __future__ import annotations

from analyzers.measures import saturation
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many hosts never touch the ceiling."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} hosts are known to spend no time at the ceiling of a resource."),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="saturation-events",
    question=N_("How often do we touch the ceiling?"),
    why=N_("Time spent waiting for a resource is what users feel first, and what averages hide."),
    how_measured=N_(
        "Share of time under pressure of memory, disks and processor, processes killed for want of memory, tables that "
        "are nearly full; the worst resource of each host."
    ),
    remedy=N_("Look at the resource that waits most on each of these hosts, then limit its users or enlarge it."),
    command="grep . /proc/pressure/*",
    risk=N_("Slowness that comes and goes without an alert, then a stop at the busiest moment."),
    needs=("prometheus", "hosts"),
    evidence=saturation.time_at_ceiling,
    measure=measure,
)
