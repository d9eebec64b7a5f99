"""Is every data service backed up within its RPO?"""

from __future__ import annotations

from analyzers.measures import backups
from analyzers.measures.members import failing, only_said, proved
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many data services have a backup that succeeded in time."""
    return Measurement(
        population=population,
        message=message(
            N_(
                "{proved} of {total} data services are measured to have a backup that is recent enough; "
                "only declared: {declared}."
            ),
            proved=proved(population),
            declared=only_said(population),
            total=things(population),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="backups-present",
    question=N_("Is every data service backed up within its RPO?"),
    why=N_("No automation may act on data that could not be brought back."),
    how_measured=N_(
        "For each service that holds data: the last success of a backup tool or metric that covers it, against the "
        "objective of the service, a day by default and a twelfth more. Without any trace the answer is unknown, for "
        "the backup may be made elsewhere; it is a failure only when every known place was read, what was found is "
        "too old, and the service rests on it: it is scheduled or a metric names the service, and no other tool is "
        "declared. What is declared of a service that is nowhere counts as disproved."
    ),
    remedy=N_(
        "Schedule a backup that covers the data of the service, off site, and export the time of its last success; "
        "declare those that are made elsewhere."
    ),
    command='systemctl list-timers --all | grep -Ei "backup|restic|borg|dump"',
    risk=N_("Losing for good what customers, accounts and contracts are written in."),
    needs=("hosts", "prometheus", "context"),
    evidence=backups.present,
    measure=measure,
)
