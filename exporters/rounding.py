"""Exact rationals to the decimals of verdict.json: a low is rounded down, a high up, so that nothing looks surer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from analyzers.model.interval import Interval
from analyzers.model.verdict import AxisScore
from exporters.ranges import HundredRange, Range, Score

SHARE = 10_000
"""Steps of a value in [0, 1]: four decimals."""

HUNDRED = 100
"""Steps of a point on 0-100: two decimals."""


def down(share: Fraction) -> float:
    """Return a share in [0, 1], four decimals, rounded down."""
    return math.floor(share * SHARE) / SHARE


def range_of(interval: Interval) -> Range:
    """Return an interval of [0, 1], four decimals, rounded outwards."""
    return Range(low=down(interval.low), high=math.ceil(interval.high * SHARE) / SHARE)


def hundred_of(interval: Interval) -> HundredRange:
    """Return an interval of [0, 1] on 0-100, two decimals, rounded outwards."""
    return HundredRange(low=points(interval.low * 100), high=math.ceil(interval.high * 100 * HUNDRED) / HUNDRED)


def points(value: Fraction) -> float:
    """Return points of 100, two decimals, rounded down."""
    return math.floor(value * HUNDRED) / HUNDRED


def days(effort: Fraction) -> float:
    """Return person-days, two decimals, rounded up."""
    return math.ceil(effort * HUNDRED) / HUNDRED


def scores(found: Iterable[AxisScore]) -> dict[str, Score]:
    """Return scores by axis or prerequisite."""
    return {each.axis: _score(each) for each in found}


def _score(found: AxisScore) -> Score:
    shown = hundred_of(found.interval)
    return Score(
        low=shown.low,
        high=shown.high,
        coverage=down(found.coverage),
        measured_only=hundred_of(found.measured_only),
    )
