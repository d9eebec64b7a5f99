"""Does nothing sensitive listen where it should not?"""

from __future__ import annotations

from analyzers.measures import exposure
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, Message, message


def measure(population: Population) -> Measurement:
    """Return how many reachable sockets are meant to be, or blocked."""
    reachable = things(population)
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} sockets that anybody can reach are known to be declared public or blocked."),
            passing=passing(population),
            total=reachable,
        ),
        subjects=failing(population),
        unseen=_undecided(reachable) if reachable else None,
    )


def _undecided(reachable: int) -> Message:
    return message(
        N_("Sockets that anybody can reach, of which nobody said whether they are public: {reachable}."),
        reachable=reachable,
    )


CHECK = Check(
    id="exposure",
    question=N_("Does nothing sensitive listen where it should not?"),
    why=N_("What can be reached will be tried; a service that nobody meant to publish is one that nobody protects."),
    how_measured=N_(
        "Sockets on every address or on a public one, against the entries declared public and the host's own packet "
        "filter. Where the filter could not be read, or where no catalogue says what is public, nothing is concluded."
    ),
    remedy=N_(
        "Bind the service to a private address, block its port by default, or declare in the catalogue that it is "
        "public."
    ),
    command="ss -lntup",
    risk=N_("A stranger reaches a service that was meant to stay inside, and through it the data."),
    needs=("hosts", "context"),
    evidence=exposure.listeners,
    measure=measure,
)
