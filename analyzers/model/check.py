"""A question of the grid, as code: what it asks, why, and how evidence answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analyzers.model.estate import Estate
from analyzers.model.evidence import Population
from analyzers.model.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a check found: the population it judged, the sentence that says it, and the members to list.

    Attributes
    ----------
    unseen
        What to say instead when nothing that answers was seen; None: the sentence common to all checks.
    """

    population: Population
    message: Message
    subjects: tuple[str, ...] = ()
    unseen: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question of the catalogue.

    Attributes
    ----------
    id
        As in the catalogue, with hyphens; the module has underscores.
    question, why, how_measured
        For both readers.
    remedy
        For operations: what to do.
    command
        For operations: a command that shows or repairs the finding; empty when there is none.
    risk
        For the board: what happens if nothing is done, without an acronym.
    needs
        The sources that would answer, most direct first: "hosts", "prometheus", "alertmanager", "context",
        "git", "tickets".
    evidence
        The measure that gathers the population and its evidence from the estate.
    measure
        The population in, the sentence and the subjects that fail out; pure.
    """

    id: str
    question: str
    why: str
    how_measured: str
    remedy: str
    command: str = ""
    risk: str
    needs: tuple[str, ...]
    evidence: Callable[[Estate], Population]
    measure: Callable[[Population], Measurement]
