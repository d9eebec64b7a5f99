"""Is personal or regulated data located and classified?"""

from __future__ import annotations

from analyzers.measures.members import failing, passing
from analyzers.measures.written import classes
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

CLASSIFIED = N_("{passing} of {total} data services have a class of data.")


def measure(population: Population) -> Measurement:
    """Return how many data services are classified."""
    total = sum(1 for each in population.members if each.kind == "service")
    said = message(CLASSIFIED, passing=passing(population), total=total)
    return Measurement(population=population, message=said, subjects=failing(population))


CHECK = Check(
    id="compliance",
    question=N_("Is personal or regulated data located and classified?"),
    why=N_("Nobody can say which data an AI may read while nobody says which data there are."),
    how_measured=N_(
        "Services that keep data, by the software that listens or by their entry: declared when the entry "
        "gives data_class; a data service that listens without an entry in the catalogue counts 0."
    ),
    remedy=N_(
        "Give each data service its class: none, internal, personal, health or payment; start with the "
        "databases that no entry names."
    ),
    risk=N_("Personal data leaks from a place that the register did not know, and the authority asks why."),
    needs=(
        "hosts",
        "context",
    ),
    evidence=classes.classified,
    measure=measure,
)
