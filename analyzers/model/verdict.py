"""The answer, and everything that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal

from analyzers.model.finding import Contradiction, Finding, Statement
from analyzers.model.interval import Interval
from analyzers.model.lens import Lens
from analyzers.model.message import Message

Answer = Literal["oui", "non", "pas encore"]
Lack = Literal["foundations", "evidence"]

AXES = ("lisibilite", "scalabilite", "gouvernance", "decision", "exploitation")
PREREQUISITES = ("donnees", "processus", "perimetres", "automatisation")


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisScore:
    """Score of an axis or a prerequisite.

    Attributes
    ----------
    interval
        In [0, 1]; shown on 0-100, low rounded down and high rounded up.
    measured_only
        The same as if every declaration were unknown.
    coverage
        Weight of what was measured over the rubric's weight, in [0, 1].
    """

    axis: str
    interval: Interval
    measured_only: Interval
    coverage: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """An action of the cheapest way to *oui*."""

    check_id: str
    action: Message
    effort_days: Fraction
    horizon: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The rule applied to scores: the answer, what is lacking, why."""

    answer: Answer
    lack: tuple[Lack, ...]
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerimeterVerdict:
    """The answer for some services of the estate."""

    name: str
    judgement: Judgement
    axes: tuple[AxisScore, ...]
    prerequisites: tuple[AxisScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCaseVerdict:
    """The answer for one use of AI: which needs are not met."""

    name: str
    answer: Answer
    missing: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confrontation:
    """What came of confronting statements with measurements.

    Attributes
    ----------
    confronted
        Number of statements that a measurement spoke of, withdrawn ones included.
    discount
        The discount in force, doubled when too many statements proved false.
    withdrawn
        Statements disproved and not proved since: the next scan must not believe them.
    """

    confronted: int
    contradictions: tuple[Contradiction, ...]
    withdrawn: tuple[Statement, ...]
    discount: Fraction
    doubled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """Share of `draws` random weightings, in [0, 1], under which the answer is the same."""

    draws: int
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignorance:
    """An unknown, and how much nearer *oui* comes (points of 100, summed over bars) once it is answered well."""

    check_id: str
    gain: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """An action against the four shared criteria, each in [0, 1]: higher presses more, `effort` 1 asks for least."""

    check_id: str
    value: Fraction
    criticality: Fraction
    effort: Fraction
    risk: Fraction
    score: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasted:
    """A resource that fills: its used share a day, in [0, 1], and where its trend goes.

    Attributes
    ----------
    level, slope
        Of the busiest day of the week now, and what it gains a day.
    error
        Median error of the same forecast made a week ago; None when there are too few days to tell.
    """

    host: str
    resource: str
    start: datetime
    step_seconds: float
    values: tuple[float | None, ...]
    level: float
    slope: float
    days_until_full: float
    error: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckFactor:
    """How many persons must leave before less than half of a scope ("estate", "service:NAME", "team:NAME") is known.

    Attributes
    ----------
    value
        The size of the smallest group found; no group smaller than `proved` does it.
    """

    scope: str
    value: int
    proved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPeopleSummary:
    """What is told of key people, without a name.

    Attributes
    ----------
    orphans
        Assets orphaned at worst when one, two, three persons leave.
    outside, unsaid
        Shares of the knowledge, in [0, 1], held by persons of providers and by persons without a declared employer.
    """

    factors: tuple[TruckFactor, ...]
    orphans: tuple[int, ...]
    outside: Fraction | None
    unsaid: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Everything that a report shows."""

    judgement: Judgement
    axes: tuple[AxisScore, ...]
    prerequisites: tuple[AxisScore, ...]
    findings: tuple[Finding, ...]
    confrontation: Confrontation
    conditions: tuple[Condition, ...] = ()
    perimeters: tuple[PerimeterVerdict, ...] = ()
    use_cases: tuple[UseCaseVerdict, ...] = ()
    robustness: Steadiness | None = None
    ignorance: tuple[Ignorance, ...] = ()
    graph: dict[str, Any] | None = None
    key_people: KeyPeopleSummary | None = None
    priorities: tuple[Priority, ...] = ()
    lenses: tuple[Lens, ...] = ()
    forecasts: tuple[Forecasted, ...] = ()
