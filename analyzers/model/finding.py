"""The answer to one question, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from analyzers.model.evidence import Evidence
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.model.message import Message
from analyzers.model.reasons import Reason

Outcome = Literal["measured", "unknown", "not_applicable", "waived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A finding that somebody decided to live with, until a date."""

    check: str
    scope: str
    owner: str
    reason: str
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A declaration about one member of one check: what a measurement can contradict."""

    check: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A statement and the measurement that disproves it."""

    statement: Statement
    declared: Fraction
    measured: Interval
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One question answered.

    Attributes
    ----------
    interval
        In [0, 1], after the rubric's scale; what the scores are made of.
    measured_only
        The same as if every declaration were unknown; what *non* is made of.
    coverage
        Share of the population's weight that was measured, in [0, 1].
    declared_empty
        Not applicable because the context file says that there is none; unknown when only measurement counts.
    failing
        Members under full marks, those that were not seen included: what the effort is multiplied by.
    """

    check_id: str
    outcome: Outcome
    reason: Reason | None = None
    interval: Interval = UNKNOWN
    measured_only: Interval = UNKNOWN
    coverage: Fraction = Fraction(0)
    message: Message
    subjects: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    declared_empty: str | None = None
    waivers: tuple[Waiver, ...] = ()
    failing: int = 0

    @property
    def applicable(self) -> bool:
        """Tell whether the question counts in the scores."""
        return self.outcome != "not_applicable"

    @property
    def applicable_when_measured(self) -> bool:
        """Tell whether the question counts when declarations are taken as unknown."""
        return self.applicable or self.declared_empty is not None
