"""Has every listening service an entry?"""

from __future__ import annotations

from analyzers.measures import catalogue
from analyzers.measures.members import failing, passing, settled
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, Message, message


def measure(population: Population) -> Measurement:
    """Return how many listening services have an entry of the catalogue."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {settled} listening services have an entry in the catalogue."),
            passing=passing(population),
            settled=settled(population),
        ),
        subjects=failing(population),
        unseen=_undeclared(population),
    )


def _undeclared(population: Population) -> Message | None:
    """Return what to say of services that listen where nobody declared a catalogue."""
    listening = sum(1 for each in population.members if each.reason == "not_declared")
    if not listening:
        return None
    return message(N_("Services that listen without any declared catalogue: {listening}."), listening=listening)


CHECK = Check(
    id="services-catalogued",
    question=N_("Has every listening service an entry?"),
    why=N_(
        "What is in no catalogue has no owner, no criticality and no recovery plan; an automaton that meets it can "
        "only guess."
    ),
    how_measured=N_(
        "Sockets that listen on the hosts that were read, matched with the entries of the context file; entries that "
        "are too old count as unknown."
    ),
    remedy=N_("Give each service without an entry a name, an owner and a criticality under services, or stop it."),
    command="sudo ss -tulpn",
    risk=N_("Systems that nobody follows keep running until they fail, and nobody knows what depends on them."),
    needs=("hosts", "context"),
    evidence=catalogue.entries,
    measure=measure,
)
