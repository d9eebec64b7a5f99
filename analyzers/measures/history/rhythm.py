"""Days and weeks in a history, and how well tomorrow can be told from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analyzers.measures.history.grid import Grid, Row

HOUR = 3_600_000
DAY, WEEK = 24, 168
"""In hours."""

DAYS_NEEDED = 3
WEEKS_NEEDED = 2
LEVEL_HOURS = 6
"""Last hours whose distance to the profile is the level that a forecast begins with."""

FADES_HOURS = 12.0
"""How long that distance lasts: two thirds are gone after as many hours."""

MOST_ORIGINS = 7
TAUGHT_DAYS = 7
"""Days before the first origin."""

Hours = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """What `rhythms` tells of one series."""

    day: float | None
    week: float | None
    mase: float | None


def hourly(rows: Row, grid: Grid) -> Hours:
    """Return means by the hour, of shape [n_series, n_days * 24], from midnight (UTC) on; NaN where nothing was."""
    midnight = grid.start - grid.start % (DAY * HOUR)
    slot = (grid.start + np.arange(grid.points, dtype=np.int64) * grid.step - midnight) // HOUR
    count = DAY * -(-(int(slot[-1]) + 1) // DAY)
    firsts = np.flatnonzero(np.diff(slot, prepend=-1))
    known = np.isfinite(rows)
    sums = np.add.reduceat(np.where(known, rows, 0).astype(np.float64), firsts, axis=1)
    counts = np.add.reduceat(known, firsts, axis=1, dtype=np.int64)
    means = np.full((len(rows), count), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        means[:, slot[firsts]] = sums / counts
    return means


def rhythms(hours: Hours) -> list[Rhythm]:
    """Return the strength of days and weeks and the error of a forecast, by series.

    Strengths are shares of variance, adjusted for the number of means that explain it, in [0, 1].

    Parameters
    ----------
    hours : array of shape [n_series, n_days * 24]
    """
    with np.errstate(all="ignore"):
        left, day, spread = _explained(hours, DAY, 1, None)
        _, week, _ = _explained(left, WEEK, DAY, spread)
        mase = _mase(hours)
    enough_days = _periods(hours, DAY) >= DAYS_NEEDED
    enough_weeks = _periods(hours, WEEK) >= WEEKS_NEEDED
    return [
        Rhythm(
            day=_known(day[each], told=bool(enough_days[each])),
            week=_known(week[each], told=bool(enough_weeks[each])),
            mase=None if not np.isfinite(mase[each]) else round(float(mase[each]), 4),
        )
        for each in range(len(hours))
    ]


def _mean(values: Hours, *, axis: int, keepdims: bool = False) -> Hours:
    return _of_known(np.nanmean, values, axis, keepdims=keepdims)


def _median(values: Hours, *, axis: int) -> Hours:
    return _of_known(np.nanmedian, values, axis, keepdims=False)


def _of_known(reduced: Callable[..., Any], values: Hours, axis: int, *, keepdims: bool) -> Hours:
    """Return what is made of the values that are known, NaN of none.

    numpy warns of none, and what silences a warning holds for all threads of a process: another one could hear it.
    """
    known = ~np.isnan(values).all(axis=axis, keepdims=True)
    found = np.where(known, reduced(np.where(known, values, 0), axis=axis, keepdims=True), np.nan)
    return found if keepdims else np.squeeze(found, axis=axis)


def _explained(hours: Hours, period: int, before: int, whole: Hours | None) -> tuple[Hours, Hours, Hours]:
    """Return what the mean of each hour of a period leaves, and the share of the variance that it explains."""
    folded = _folded(hours, period)
    rest = (folded - _mean(folded, axis=1, keepdims=True)).reshape(len(hours), -1)[:, : hours.shape[1]]
    points = np.isfinite(hours).sum(axis=1)
    total = np.nansum(np.square(hours - _mean(hours, axis=1, keepdims=True)), axis=1) if whole is None else whole
    unexplained = np.nansum(np.square(rest), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = 1 - (unexplained / (points - period)) / (total / (points - before))
    share = np.where((points > period) & (total > 0), np.clip(share, 0, 1), 0.0)
    return rest, share, unexplained


def _periods(hours: Hours, period: int) -> npt.NDArray[np.float64]:
    """Return how many whole periods of values each series has."""
    found: npt.NDArray[np.float64] = np.isfinite(hours).sum(axis=1) / period
    return found


def _folded(hours: Hours, period: int) -> Hours:
    times = -(-hours.shape[1] // period)
    padded = np.full((len(hours), times * period), np.nan)
    padded[:, : hours.shape[1]] = hours
    return padded.reshape(len(hours), times, period)


def _known(share: float, *, told: bool) -> float | None:
    return round(float(share), 4) if told else None


def _mase(hours: Hours) -> Hours:
    """Return the absolute scaled error of a day ahead, the median of rolling origins; NaN where it is not known."""
    ends = range(hours.shape[1] - DAY, TAUGHT_DAYS * DAY - 1, -DAY)
    errors, scales = [], []
    for origin in list(ends)[:MOST_ORIGINS]:
        past, ahead = hours[:, :origin], hours[:, origin : origin + DAY]
        errors.append(_mean(np.abs(_forecast(past) - ahead), axis=1))
        scales.append(_mean(np.abs(past[:, DAY:] - past[:, :-DAY]), axis=1))
    if not errors:
        return np.full(len(hours), np.nan)
    # a day with an incident is not what the others are told by
    error, scale = _median(np.array(errors), axis=0), _mean(np.array(scales), axis=0)
    found: Hours = np.where(scale > 0, error / np.where(scale > 0, scale, 1), np.nan)
    return found


def _forecast(past: Hours) -> Hours:
    """Return the next day: the median of each hour over a week, with that of a week ago, from today's level on."""
    days = past[:, -TAUGHT_DAYS * DAY :].reshape(len(past), TAUGHT_DAYS, DAY)
    profile = _median(days, axis=1)
    level = _mean(past[:, -LEVEL_HOURS:] - profile[:, -LEVEL_HOURS:], axis=1, keepdims=True)
    level = np.where(np.isfinite(level), level, 0)
    shape = profile if past.shape[1] < WEEKS_NEEDED * WEEK else _mean(np.array([profile, days[:, 0]]), axis=0)
    found: Hours = shape + level * np.exp(-np.arange(1, DAY + 1) / FADES_HOURS)
    return found
