"""Will the monitoring itself hold?"""

from __future__ import annotations

from analyzers.measures import telemetry_scale
from analyzers.measures.members import failing, passing, settled
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many figures of the monitoring server hold."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {known} known figures of the monitoring hold: growth, churn, labels, room for queries."),
            passing=passing(population),
            known=settled(population),
        ),
        subjects=failing(population),
        unseen=message(N_("The monitoring server says nothing of its own growth.")),
    )


CHECK = Check(
    id="telemetry-scale",
    question=N_("Will the monitoring itself hold?"),
    why=N_("An AIOps project multiplies queries and series; a monitoring that falls takes the whole project with it."),
    how_measured=N_(
        "From Prometheus about itself: series grow by less than 30 % a month, less than 10 % of them are new each "
        "hour, no label holds over 10 000 values, and a fifth of its query slots stays free."
    ),
    remedy=N_("Drop the labels and series that nobody reads, and give the server room before more queries come."),
    command="promtool tsdb analyze /var/lib/prometheus",
    risk=N_("The monitoring stops on the day when it is needed most."),
    needs=("prometheus",),
    evidence=telemetry_scale.of_server,
    measure=measure,
)
