"""Exact intervals: what is known of a value between 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Interval:
    """Closed interval of exact rationals, ``0 <= low <= high``.

    Sums and comparisons stay exact: a verdict never depends on the order of additions.

    Raises
    ------
    ValueError
        When ``low`` is above ``high``.
    """

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if self.low > self.high:
            message = f"interval [{self.low}, {self.high}] is empty"
            raise ValueError(message)

    @classmethod
    def point(cls, value: Fraction | float) -> Interval:
        """Return ``[value, value]``, with `value` clamped to [0, 1]."""
        exact = min(ONE, max(ZERO, Fraction(value)))
        return cls(exact, exact)

    @classmethod
    def between(cls, low: Fraction | float, high: Fraction | float) -> Interval:
        """Return ``[low, high]``, both ends clamped to [0, 1]."""
        return cls(cls.point(low).low, cls.point(high).high)

    @property
    def width(self) -> Fraction:
        """How much is not known, in the unit of the interval."""
        return self.high - self.low

    def meet(self, other: Interval) -> Interval | None:
        """Return the part common to both intervals, None when there is none."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else None

    def contains(self, other: Interval) -> bool:
        """Tell whether `other` lies inside this interval."""
        return self.low <= other.low and other.high <= self.high

    def rescale(self, zero_at: Fraction, full_at: Fraction) -> Interval:
        """Return the image of both ends on the line through (zero_at, 0) and (full_at, 1).

        The line may fall (``full_at < zero_at``); results are clamped to [0, 1].
        """
        ends = [(end - zero_at) / (full_at - zero_at) for end in (self.low, self.high)]
        return Interval.between(min(ends), max(ends))


UNKNOWN = Interval(ZERO, ONE)
