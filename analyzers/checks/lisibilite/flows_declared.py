"""Are the flows that we observe known to the catalogue?"""

from __future__ import annotations

from analyzers.measures import flow_catalogue
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, Message, message


def measure(population: Population) -> Measurement:
    """Return how many observed dependencies the catalogue declares."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} dependencies seen between services are declared."),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
        unseen=_undeclared(population),
    )


def _undeclared(population: Population) -> Message | None:
    """Return what to say of dependencies that were seen where nobody declared a catalogue."""
    seen = sum(1 for each in population.members if each.reason == "not_declared")
    if not seen:
        return None
    return message(N_("Dependencies seen between services, without any declared catalogue: {seen}."), seen=seen)


CHECK = Check(
    id="flows-declared",
    question=N_("Are the flows that we observe known to the catalogue?"),
    why=N_(
        "A dependency that nobody declared is met on the day it breaks: no change plan, no recovery order and no "
        "automaton takes it into account."
    ),
    how_measured=N_(
        "Connections of the hosts that were read, each flow once, as dependencies between services; compared with "
        "depends_on of the catalogue. Left out: what persons type, names and time, the scan itself, callers from "
        "outside."
    ),
    remedy=N_("Add each dependency that is not declared to depends_on of its service, or end it."),
    command="ss -tunp state established",
    risk=N_(
        "An innocent change stops a service that nobody knew was linked to it, and the search for the cause starts "
        "late."
    ),
    needs=("hosts", "context"),
    evidence=flow_catalogue.observed,
    measure=measure,
)
