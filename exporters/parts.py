"""The parts of verdict.json, typed: the promise that files, tools and every exporter rely on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

import msgspec

from analyzers.model.evidence import Kind
from analyzers.model.finding import Outcome
from analyzers.model.history import EpisodeKind
from analyzers.model.reasons import Reason
from analyzers.model.verdict import Answer, Lack
from exporters.ranges import Count, Days, Hundred, Moment, Part, Range, Score, Share, refuse_reversed

SCHEMA: Literal["pasencore.verdict/1"] = "pasencore.verdict/1"

Parameter = str | int | float
Horizon = Literal[1, 2, 3]
AxisId = Literal["lisibilite", "scalabilite", "gouvernance", "decision", "exploitation"]
PrerequisiteId = Literal["donnees", "processus", "perimetres", "automatisation"]


class Bars(Part, frozen=True, kw_only=True):
    """What the rubric asks, so that a reader sees scores against it: 0-100, and a share for what must be measured."""

    oui_axis: Hundred
    oui_prerequisite: Hundred
    non_axis: Hundred
    non_prerequisite: Hundred
    measured_share: Share


class RubricRef(Part, frozen=True, kw_only=True):
    """The rubric the verdict was made under."""

    version: str
    sha256: str
    bars: Bars


class Axes(Part, frozen=True, kw_only=True):
    """One score an axis."""

    lisibilite: Score
    scalabilite: Score
    gouvernance: Score
    decision: Score
    exploitation: Score

    def items(self) -> Iterator[tuple[str, Score]]:
        """Return (id, score) pairs, in the order of the grid."""
        return ((name, getattr(self, name)) for name in self.__struct_fields__)


class Prerequisites(Part, frozen=True, kw_only=True):
    """One score a prerequisite."""

    donnees: Score
    processus: Score
    perimetres: Score
    automatisation: Score

    def items(self) -> Iterator[tuple[str, Score]]:
        """Return (id, score) pairs, in the order of the grid."""
        return ((name, getattr(self, name)) for name in self.__struct_fields__)


class ConditionPart(Part, frozen=True, kw_only=True):
    """An action of the cheapest way to *oui*."""

    check: str
    action: str
    effort_days: Days
    horizon: Horizon


class Answered(Part, frozen=True, kw_only=True):
    """The answer, what is lacking, why, and the way to *oui*."""

    answer: Answer
    lack: tuple[Lack, ...]
    reasons: tuple[str, ...]
    conditions: tuple[ConditionPart, ...] = ()


class ProvenancePart(Part, frozen=True, kw_only=True):
    """Enough to read a number again."""

    source: str
    query: str
    collected_at: Moment
    window: str


class EvidencePart(Part, frozen=True, kw_only=True):
    """One fact, in its own unit."""

    key: str
    value: str | int | float | bool | None
    unit: str
    kind: Kind
    provenance: ProvenancePart


class WaiverPart(Part, frozen=True, kw_only=True):
    """Who decided to live with a finding, why, until when."""

    owner: str
    reason: str
    expires: date
    scope: str = "estate"


class FindingPart(Part, frozen=True, kw_only=True):
    """One question answered.

    Attributes
    ----------
    subjects
        Members that fail, worst first; cut at `MOST_SUBJECTS`, `subjects_total` counts all.
    would_answer
        The sources that would answer what is not known; empty when everything is.
    """

    check: str
    axis: AxisId
    gates: tuple[PrerequisiteId, ...]
    outcome: Outcome
    reason: Reason | None
    low: Share
    high: Share
    message: str
    subjects: tuple[str, ...]
    evidence: tuple[EvidencePart, ...]
    remedy: str
    effort_days: Days
    horizon: Horizon
    coverage: Share = 0.0
    measured_only: Range | None = None
    subjects_total: Count = 0
    question: str = ""
    why: str = ""
    how_measured: str = ""
    command: str = ""
    risk: str = ""
    needs: tuple[str, ...] = ()
    would_answer: tuple[str, ...] = ()
    weight: Days = 0.0
    fail_below: Share = 0.0
    redhibitoire: bool = False
    waivers: tuple[WaiverPart, ...] = ()
    declared_empty: str | None = None

    def __post_init__(self) -> None:
        refuse_reversed(self.low, self.high)


class BlindSpotPart(Part, frozen=True, kw_only=True):
    """Something that could not be seen, and the command that would grant it."""

    what: str
    where: str
    reason: Reason
    grant: str = ""


class OriginPart(Part, frozen=True, kw_only=True):
    """A source that was asked; `reason` is null when it answered in full."""

    kind: str
    where: str
    reason: Reason | None = None
    detail: str = ""


class CostPart(Part, frozen=True, kw_only=True):
    """What the collection cost."""

    queries: Count
    samples: Count
    bytes: Count
    seconds: Days
    cpu_seconds: Days


class PerimeterPart(Part, frozen=True, kw_only=True):
    """The verdict on some services of the estate."""

    name: str
    verdict: Answered
    axes: Axes
    prerequisites: Prerequisites


class UseCasePart(Part, frozen=True, kw_only=True):
    """The verdict on one use of AI."""

    name: str
    answer: Answer
    missing: tuple[str, ...]


class StatementPart(Part, frozen=True, kw_only=True):
    """A declaration about one member of one check."""

    check: str
    member: str


class ContradictionPart(Part, frozen=True, kw_only=True):
    """A declaration and the measurement that disproves it."""

    check: str
    member: str
    declared: Share
    measured: Range
    evidence: tuple[EvidencePart, ...]


class ConfrontationPart(Part, frozen=True, kw_only=True):
    """What came of confronting declarations with measurements."""

    confronted: Count
    contradictions: tuple[ContradictionPart, ...]
    withdrawn: tuple[StatementPart, ...]
    discount: Share
    doubled: bool


class DeclaredEmptyPart(Part, frozen=True, kw_only=True):
    """A block declared empty, and the questions that it leaves aside."""

    block: str
    checks: tuple[str, ...]


class RobustnessPart(Part, frozen=True, kw_only=True):
    """Share of random weightings under which the verdict holds; null when none was drawn."""

    draws: Count = 0
    share: Share | None = None


class IgnorancePart(Part, frozen=True, kw_only=True):
    """An unknown whose answer would move the verdict, and the source that would give it."""

    check: str
    source: str
    gain: float


class PriorityPart(Part, frozen=True, kw_only=True):
    """An action against the four shared criteria."""

    check: str
    value: float
    criticality: float
    effort: float
    risk: float
    score: float


class LensLinePart(Part, frozen=True, kw_only=True):
    """One thing that a lens shows; "note" tells without judging."""

    topic: str
    text: str
    state: Literal["good", "bad", "open", "note"] = "note"


class LensPart(Part, frozen=True, kw_only=True):
    """What several axes say of one thing, line by line; bounded."""

    name: str
    lines: tuple[LensLinePart, ...]


class TruckFactorPart(Part, frozen=True, kw_only=True):
    """How many people may leave before the knowledge of a scope is lost."""

    scope: str
    value: Count
    proved: Count = 0


class KeyPeoplePart(Part, frozen=True, kw_only=True):
    """What is told of key people beside truck factors, without a name.

    Attributes
    ----------
    orphans
        Services orphaned at worst when one, two, three persons leave.
    outside, unsaid
        Shares of the knowledge held by persons of providers, and by persons without a declared employer.
    """

    orphans: tuple[Count, ...]
    outside: Share | None = None
    unsaid: Share | None = None


class ForecastPart(Part, frozen=True, kw_only=True):
    """A resource that fills: its used share a day, oldest first, and where its trend goes."""

    host: str
    resource: str
    start: Moment
    step_seconds: Days
    values: tuple[float | None, ...]
    level: float
    slope: float
    days_until_full: Days
    error: float | None = None


class ExplainingPart(Part, frozen=True, kw_only=True):
    """A series behind an episode: what it usually is, and what it was."""

    series: str
    usual: float | None = None
    seen: float | None = None


class EpisodePart(Part, frozen=True, kw_only=True):
    """A time at which a host behaved as it does not; `score` in [0, 1]."""

    host: str
    kind: EpisodeKind
    start: Moment
    end: Moment
    score: Share = 0.0
    services: tuple[str, ...] = ()
    series: tuple[ExplainingPart, ...] = ()


class Annexes(Part, frozen=True, kw_only=True):
    """What charts draw, bounded."""

    graph: dict[str, Any] | None = None
    episodes: tuple[EpisodePart, ...] = ()
    forecasts: tuple[ForecastPart, ...] = ()


class Sentence(Part, frozen=True, kw_only=True):
    """The template of an English sentence and what fills it."""

    template: str
    parameters: dict[str, Parameter]


class Document(Part, frozen=True, kw_only=True):
    """Everything that a report shows.

    Attributes
    ----------
    texts
        Each English sentence above that is more than its own template, with what it was made from.
    """

    schema: Literal["pasencore.verdict/1"] = SCHEMA
    rubric: RubricRef
    tool: str
    taken_at: Moment
    snapshot_sha256: str
    verdict: Answered
    axes: Axes
    prerequisites: Prerequisites
    findings: tuple[FindingPart, ...]
    confrontation: ConfrontationPart
    declared_empty: tuple[DeclaredEmptyPart, ...] = ()
    blind_spots: tuple[BlindSpotPart, ...] = ()
    origins: tuple[OriginPart, ...] = ()
    cost: CostPart
    perimeters: tuple[PerimeterPart, ...] = ()
    use_cases: tuple[UseCasePart, ...] = ()
    robustness: RobustnessPart = RobustnessPart()
    price_of_ignorance: tuple[IgnorancePart, ...] = ()
    priority: tuple[PriorityPart, ...] = ()
    truck_factors: tuple[TruckFactorPart, ...] = ()
    lenses: tuple[LensPart, ...] = ()
    key_people: KeyPeoplePart | None = None
    annexes: Annexes = Annexes()
    texts: dict[str, Sentence] = msgspec.field(default_factory=dict)
