"""Scores of one host that know the past only: ours, and detectors of one line to hold it against."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.scale import MAD_TO_SIGMA
from analyzers.measures.anomaly.season import DAY_SECONDS

FLOOR = 0.05
"""Share of the standard deviation under which no scale falls."""

RANGE = 0.999
"""Quantile of the first week that a fixed threshold stands on."""

Scorer: TypeAlias = Callable[[Array, float, int], Array]
"""Whole series [n_series, n_points], the step in seconds, the points that teach: scores [n_points]."""


def first_difference(values: Array, _step: float, train: int) -> Array:
    """Return the mean over series of |x(t) - x(t - 1)|, each over its usual size in the points that teach."""
    moves = np.abs(np.diff(values, axis=1, prepend=values[:, :1]))
    scale = MAD_TO_SIGMA * np.median(moves[:, :train], axis=1) + FLOOR * moves[:, :train].std(axis=1)
    return _mean(moves, scale)


def global_z(values: Array, _step: float, train: int) -> Array:
    """Return the mean distance to the median, in standard deviations, both of the points that teach."""
    taught = values[:, :train]
    return _mean(np.abs(values - np.median(taught, axis=1)[:, None]), taught.std(axis=1))


def seasonal_median(values: Array, step: float, train: int) -> Array:
    """Return the mean distance to the median of the time of the day, of the days that teach."""
    day = round(DAY_SECONDS / step)
    days = train // day
    profile = np.median(values[:, : days * day].reshape(len(values), days, day), axis=1)
    distance = np.abs(values - np.tile(profile, values.shape[1] // day + 1)[:, : values.shape[1]])
    scale = MAD_TO_SIGMA * np.median(distance[:, :train], axis=1) + FLOOR * values[:, :train].std(axis=1)
    return _mean(distance, scale)


def fixed_threshold(values: Array, _step: float, train: int) -> Array:
    """Return how far the furthest series stands above its usual range: a limit that never changes."""
    taught = values[:, :train]
    middle, high = np.quantile(taught, 0.5, axis=1), np.quantile(taught, RANGE, axis=1)
    width = high - middle
    live = width > 0
    if not live.any():
        return np.zeros(values.shape[1])
    above: Array = ((values[live] - middle[live, None]) / width[live, None]).max(axis=0)
    found: Array = np.maximum(above, 0)
    return found


def _mean(deviation: Array, scale: Array) -> Array:
    live = scale > 0
    if not live.any():
        return np.zeros(deviation.shape[1])
    # no matrix product: its library would start threads of its own beside ours
    found: Array = np.einsum("i,ij->j", 1 / scale[live], deviation[live]) / live.sum()
    return found


OURS = "pasencore"
BASELINES: dict[str, Scorer] = {
    "first difference": first_difference,
    "global z": global_z,
    "seasonal median": seasonal_median,
    "fixed threshold": fixed_threshold,
}
