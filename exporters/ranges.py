"""Numbers of verdict.json, with their bounds: what is known of a value is an interval."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

Hundred = Annotated[float, Meta(ge=0, le=100)]
Share = Annotated[float, Meta(ge=0, le=1)]
Days = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]
Moment = Annotated[datetime, Meta(tz=True)]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every part; unknown keys are left aside, so that a newer minor version can be read."""


class Range(Part, frozen=True, kw_only=True):
    """What is known of a value in [0, 1]: low rounded down, high rounded up, four decimals."""

    low: Share
    high: Share

    def __post_init__(self) -> None:
        refuse_reversed(self.low, self.high)


class HundredRange(Part, frozen=True, kw_only=True):
    """The same on 0-100, two decimals."""

    low: Hundred
    high: Hundred

    def __post_init__(self) -> None:
        refuse_reversed(self.low, self.high)


class Score(HundredRange, frozen=True, kw_only=True):
    """Score of an axis or a prerequisite.

    `measured_only` is the same with every declaration taken as unknown: what a *non* is made of.
    """

    coverage: Share
    measured_only: HundredRange | None = None


def refuse_reversed(low: float, high: float) -> None:
    """Refuse an interval that is empty."""
    if low > high:
        message = f"low {low} is above high {high}"
        raise ValueError(message)
