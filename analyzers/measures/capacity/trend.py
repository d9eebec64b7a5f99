"""What a series of days says of the days to come. Light: who reads a forecast need not be able to make one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a series of days says of the days to come, in the unit of its values.

    Attributes
    ----------
    level
        Of the trend on the last day.
    slope
        Change a day.
    season
        What each of the seven days adds to the trend, the last day first, then the day after it...
    error
        Median absolute error of the forecast of the last week made a week before; None under three weeks.
    days
        Days that hold a value.
    """

    level: float
    slope: float
    season: tuple[float, ...]
    error: float | None
    days: int

    def at(self, days_ahead: float) -> float:
        """Return the trend after some days, at its highest day of the week."""
        return self.level + self.slope * days_ahead + max(self.season)

    def days_until(self, ceiling: float) -> float | None:
        """Return in how many days the highest day of the week reaches `ceiling`: 0 when it has; None for never."""
        room = ceiling - self.at(0)
        if room <= 0:
            return 0.0
        return room / self.slope if self.slope > 0 else None
