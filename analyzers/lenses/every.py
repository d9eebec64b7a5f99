"""The lenses of the report: checks and facts of several axes, seen from one side."""

from __future__ import annotations

from analyzers.lenses.outsourcing import outsourcing
from analyzers.lenses.undecided import undecided, weak_signals
from analyzers.model.estate import Estate
from analyzers.model.lens import Lens

MOST_LINES = 60
"""Lines that a lens keeps, the first: a verdict stays bounded."""


def lenses(estate: Estate) -> tuple[Lens, ...]:
    """Return the lenses that have something to say: managed services, undecided things, weak signals."""
    every = (("provider", outsourcing(estate)), ("debt", undecided(estate)), ("signals", weak_signals(estate)))
    return tuple(Lens(name=name, lines=lines[:MOST_LINES]) for name, lines in every if lines)
