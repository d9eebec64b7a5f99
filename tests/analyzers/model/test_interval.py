"""Laws of intervals."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval

shares = st.fractions(min_value=0, max_value=1)
intervals = st.tuples(shares, shares).map(lambda ends: Interval(min(ends), max(ends)))


def test_an_empty_interval_does_not_exist() -> None:
    with pytest.raises(ValueError, match="empty"):
        Interval(ONE, ZERO)


@pytest.mark.parametrize(("value", "end"), [(-1, 0), (0.5, Fraction(1, 2)), (7, 1)])
def test_points_are_clamped(value: float, end: Fraction) -> None:
    assert Interval.point(value) == Interval(Fraction(end), Fraction(end))


@given(intervals, intervals)
def test_what_two_intervals_share_lies_in_both(one: Interval, other: Interval) -> None:
    common = one.meet(other)
    if common is None:
        assert one.high < other.low or other.high < one.low
    else:
        assert one.contains(common)
        assert other.contains(common)
        assert one.meet(other) == other.meet(one)


@given(intervals, intervals, shares, shares)
def test_a_rising_scale_keeps_what_lies_inside_inside(one: Interval, other: Interval, first, second) -> None:
    zero_at, full_at = sorted((first, second))
    if zero_at == full_at:
        return
    if one.contains(other):
        assert one.rescale(zero_at, full_at).contains(other.rescale(zero_at, full_at))


@pytest.mark.parametrize(
    ("zero_at", "full_at", "value", "score"),
    [
        ("0.2", "0.95", "0.2", 0),
        ("0.2", "0.95", "0.95", 1),
        ("0.2", "0.95", "0.575", Fraction(1, 2)),
        ("1", "0", "0.25", Fraction(3, 4)),
    ],
)
def test_the_scale_is_a_line_between_its_two_marks(zero_at: str, full_at: str, value: str, score: Fraction) -> None:
    assert Interval.point(Fraction(value)).rescale(Fraction(zero_at), Fraction(full_at)) == Interval.point(score)


@given(intervals)
def test_width_is_what_is_not_known(one: Interval) -> None:
    assert 0 <= one.width <= UNKNOWN.width
    assert UNKNOWN.contains(one)
