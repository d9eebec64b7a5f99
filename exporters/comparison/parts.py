"""The parts of a comparison, typed: the promise that files and tools rely on."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from analyzers.model.verdict import Answer
from exporters.ranges import Days, Moment, Part, Range, Score

SCHEMA: Literal["pasencore.comparison/1"] = "pasencore.comparison/1"


class Side(Part, frozen=True, kw_only=True):
    """One of the two verdicts."""

    taken_at: Moment
    tool: str
    rubric: str
    rubric_sha256: str
    answer: Answer


class Incomparable(Part, frozen=True, kw_only=True):
    """What forbids to compare: "rubric" or "scope" (everything then), or "check", one question.

    `before` and `after` hold what differs: versions of the rubric, sources that only one side asked, outcomes.
    """

    what: Literal["rubric", "scope", "check"]
    check: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Change(Part, frozen=True, kw_only=True):
    """A question that reads otherwise than before."""

    check: str
    before: Range
    after: Range


class Failing(Part, frozen=True, kw_only=True):
    """A member that fails a question on one side only."""

    check: str
    subject: str


class ScoreChange(Part, frozen=True, kw_only=True):
    """An axis or a prerequisite, before and after."""

    before: Score
    after: Score


class Steps(Part, frozen=True, kw_only=True):
    """Progress along the conditions that the earlier verdict set, by check id, and the effort that each side asks."""

    met: tuple[str, ...] = ()
    remaining: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    days_before: Days = 0.0
    days_after: Days = 0.0


class WaiverEnd(Part, frozen=True, kw_only=True):
    """A waiver of the later verdict that ends soon."""

    check: str
    owner: str
    expires: date


class Comparison(Part, frozen=True, kw_only=True):
    """What changed from one verdict to another.

    Attributes
    ----------
    comparable
        False under another rubric or over another scope: `incomparable` says which, and nothing counts as progress.
    better, worse
        Both ends of the interval moved the same way, or one moved and the other stayed.
    clearer, vaguer
        The interval narrowed, or widened, around what it was.
    new, gone
        Members that fail and did not, or failed and do not any more. A list that was cut tells neither.
    """

    schema: Literal["pasencore.comparison/1"] = SCHEMA
    before: Side
    after: Side
    comparable: bool
    incomparable: tuple[Incomparable, ...] = ()
    better: tuple[Change, ...] = ()
    worse: tuple[Change, ...] = ()
    clearer: tuple[Change, ...] = ()
    vaguer: tuple[Change, ...] = ()
    new: tuple[Failing, ...] = ()
    gone: tuple[Failing, ...] = ()
    axes: dict[str, ScoreChange] = msgspec.field(default_factory=dict)
    prerequisites: dict[str, ScoreChange] = msgspec.field(default_factory=dict)
    conditions: Steps = Steps()
    waivers_ending: tuple[WaiverEnd, ...] = ()
