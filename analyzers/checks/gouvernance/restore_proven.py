"""Has a restore been proved?"""

from __future__ import annotations

from analyzers.measures import restores
from analyzers.measures.members import failing, only_said, proved
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many data services were restored recently, in time, by somebody named."""
    return Measurement(
        population=population,
        message=message(
            N_(
                "{proved} of {total} data services are measured to have been restored in time within 180 days; "
                "only declared: {declared}."
            ),
            proved=proved(population),
            declared=only_said(population),
            total=things(population),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="restore-proven",
    question=N_("Has a restore been proved?"),
    why=N_("A backup that nobody restored is a hope; a decision to let a machine act cannot rest on it."),
    how_measured=N_(
        "A ladder of five rungs for each service that holds data: a tool; scheduled and recently successful; "
        "integrity checked in the last thirty days; restored once; restored in the last 180 days, within the time "
        "promised, by a named person. What hosts show is a lower bound; a backup that fails leaves only the first "
        "rung."
    ),
    remedy=N_(
        "Restore each data service on another machine, the most critical first; write the date, the time it took and "
        "who did it in the context file."
    ),
    risk=N_("On the day of the disaster, learning that the copies cannot be read, or take days to bring back."),
    needs=("hosts", "prometheus", "context"),
    evidence=restores.ladder,
    measure=measure,
)
