"""A robust trend with the season of the week, and how wrong it would have been a week ago."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzers.measures.capacity.trend import Forecast

FEWEST_DAYS = 14
"""Days under which a season of the week and a trend cannot be told apart."""

WEEK = 7
HINDCAST_DAYS = 7
DIGITS = 6
"""Decimals kept: the same on every machine, and far below what a day's value means."""


def forecast(values: Sequence[float | None]) -> Forecast | None:
    """Return the forecast of a series of days, oldest first; None with under `FEWEST_DAYS` values.

    The trend is the median of slopes between pairs of days that lie whole weeks apart, so that the season of the
    week cannot pass for one (Theil 1950, Sen 1968; pairs as in Hirsch, Slack and Smith 1982). The season is the median
    of what remains on each day of the week.
    """
    found = _fit(np.array([np.nan if each is None else each for each in values], dtype=np.float64))
    if found is None:
        return None
    error = _hindcast(values) if len(values) >= FEWEST_DAYS + HINDCAST_DAYS else None
    return Forecast(
        level=round(found.level, DIGITS),
        slope=round(found.slope, DIGITS + 3),
        season=tuple(round(each, DIGITS) for each in found.season),
        error=None if error is None else round(error, DIGITS),
        days=found.days,
    )


def _fit(values: NDArray[np.float64]) -> Forecast | None:
    seen = np.isfinite(values)
    if int(seen.sum()) < FEWEST_DAYS:
        return None
    days = np.arange(len(values), dtype=np.float64) - (len(values) - 1)
    slope = _slope(days[seen], values[seen])
    rest = values - slope * days
    level = float(np.median(rest[seen]))
    weekdays = (-np.arange(len(values))[::-1]) % WEEK
    season = []
    for weekday in range(WEEK):
        same = rest[seen & (weekdays == weekday)]
        season.append(float(np.median(same)) - level if len(same) else 0.0)
    return Forecast(level=level, slope=slope, season=tuple(season), error=None, days=int(seen.sum()))


def _slope(days: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    first, second = np.triu_indices(len(days), k=1)
    gaps = days[second] - days[first]
    whole = gaps % WEEK == 0
    if not whole.any():
        return 0.0
    return float(np.median((values[second] - values[first])[whole] / gaps[whole]))


def _hindcast(values: Sequence[float | None]) -> float | None:
    """Return the median absolute error over the last week of the forecast made from what comes before it."""
    known = np.array([np.nan if each is None else each for each in values], dtype=np.float64)
    before = _fit(known[:-HINDCAST_DAYS])
    if before is None:
        return None
    ahead = np.arange(1, HINDCAST_DAYS + 1)
    season = np.array([before.season[each % WEEK] for each in ahead])
    errors = np.abs(known[-HINDCAST_DAYS:] - (before.level + before.slope * ahead + season))
    seen = errors[np.isfinite(errors)]
    return float(np.median(seen)) if len(seen) else None
