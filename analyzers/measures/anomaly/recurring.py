"""What comes back at the same time of the day or of the week: usual work, such as a batch at six, not an anomaly."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.season import DAY_SECONDS

AROUND_SECONDS = 900.0
"""A batch does not start at the same second every day."""

DAYS = (1, 2, 3)
"""Days before of which two must have shown a deviation for it to be usual; one incident never makes its like usual."""

WEEKS = (7, 14)
"""Days before that must both have shown it: what comes on Mondays only."""


LIKE = 0.2
"""Log-deviation by which the like may stand above the usual: batches vary, and more would excuse what is not usual."""


def without_recurring(said: Array, step: float) -> Array:
    """Return log-deviations, 0 where the same time of the last days or weeks showed the like.

    Of a host as a whole: series by series, it loses events (measured on servers, recall .56 to .38).

    Causal: only earlier days are looked at, so that a batch is usual from its third day on.

    Parameters
    ----------
    said : array of shape [n_hosts, n_points]
        Log-deviations, at least 0.
    step : float
        Seconds between two points.
    """
    day = round(DAY_SECONDS / step)
    points = said.shape[1]
    if day < 1 or points <= 2 * day:
        return said
    around = maximum_filter1d(said, 2 * round(AROUND_SECONDS / step) + 1, axis=1, mode="constant")
    usual = np.zeros_like(said)
    for first in range(2 * day, points, day):
        last = min(first + day, points)
        past = [around[:, first - back * day : last - back * day] for back in DAYS if first >= back * day]
        usual[:, first:last] = _second(past)
        weekly = [around[:, first - back * day : last - back * day] for back in WEEKS if first >= back * day]
        if len(weekly) == len(WEEKS):
            np.maximum(usual[:, first:last], np.minimum(*weekly), out=usual[:, first:last])
    return np.where(usual > said - LIKE, 0, said)


def _second(days: list[Array]) -> Array:
    """Return the second highest of two or three arrays, point by point."""
    lower = np.minimum(days[0], days[1])
    return lower if len(days) == len(DAYS) - 1 else np.maximum(lower, np.minimum(np.maximum(days[0], days[1]), days[2]))
