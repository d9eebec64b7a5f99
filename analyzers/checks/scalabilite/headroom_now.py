"""Is there headroom at the 95th percentile?"""

from __future__ import annotations

from analyzers.measures import headroom
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many hosts have headroom on every resource."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} hosts are known to have headroom on processor, memory and disks."),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="headroom-now",
    question=N_("Is there headroom at the 95th percentile?"),
    why=N_("A host that already works at its limit turns each new load, an automaton included, into an incident."),
    how_measured=N_(
        "From Prometheus: 95th percentile of processor (under 70 %) and memory (under 85 %); disks under 80 %, from "
        "Prometheus or the host. A single reading of processor or memory proves nothing."
    ),
    remedy=N_("Add capacity to these hosts, move load away from them, or clean their disks."),
    command="df -h; uptime; free -m",
    risk=N_("The next peak of activity slows the service down or stops it."),
    needs=("prometheus", "hosts"),
    evidence=headroom.at_percentile,
    measure=measure,
)
