"""Does the declared AI workload fit on measured headroom?"""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.capacity import stress
from analyzers.measures.members import failing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how much of the declared workloads hosts have room for."""
    fitting = sum(1 for each in population.members if each.measured_only.low == 1)
    low = population.measured_only.low if population.members else Fraction(0)
    return Measurement(
        population=population,
        message=message(
            N_(
                "{fitting} of {total} declared AI workloads wholly fit on measured headroom; "
                "placed in all: {percent} %."
            ),
            fitting=fitting,
            total=len(population.members),
            percent=int(low * 100),
        ),
        subjects=failing(population),
        unseen=message(N_("No AI workload is declared, or no headroom is measured to place it on.")),
    )


CHECK = Check(
    id="ai-stress-test",
    question=N_("Does the declared AI workload fit on measured headroom?"),
    why=N_("A model that does not fit takes its memory and processor from the services that earn the money."),
    how_measured=N_(
        "Each replica declared under ai_workloads (vCPU, memory, disk, network) is placed on a host, on what it leaves "
        "free at the 95th percentile under the bars of headroom-now; the best placement is searched, a need that "
        "nothing measures is not proved met."
    ),
    remedy=N_("Add the capacity that is missing, make the workload smaller, or host it elsewhere."),
    command="pasencore explain ai-stress-test",
    risk=N_("The artificial-intelligence project slows down the services that it was meant to help."),
    needs=("context", "prometheus", "hosts"),
    evidence=stress.placed,
    measure=measure,
)
