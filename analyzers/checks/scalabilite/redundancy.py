"""Do critical services have two instances on different hosts?"""

from __future__ import annotations

from analyzers.measures.graph import questions
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many critical services run on two hosts."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} critical services listen on two hosts or more."),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
        unseen=message(N_("No critical service was found on a host that was read.")),
    )


CHECK = Check(
    id="redundancy",
    question=N_("Do critical services have two instances on different hosts?"),
    why=N_("A critical service on one host stops with it, and cannot be updated without stopping."),
    how_measured=N_(
        "The hosts on which each critical service listens. Two settle it; one is a failure only where every "
        "other host on which it may run was read."
    ),
    remedy=N_(
        "Give each service listed a second instance on another host, and check that traffic moves when the "
        "first is stopped."
    ),
    command="pasencore whatif DIR --without-host HOST",
    risk=N_("The failure, or the mere update, of one machine interrupts a service that the company lives on."),
    needs=("hosts", "context"),
    evidence=questions.redundancy,
    measure=measure,
)
