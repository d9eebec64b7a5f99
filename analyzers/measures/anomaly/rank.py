"""A whole history ranked by how abnormal each point is, with what came after it known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from analyzers.measures.anomaly.arrays import Array, checked, squashed
from analyzers.measures.anomaly.reconstruction import unexplained
from analyzers.measures.anomaly.residual import AROUND, hole
from analyzers.measures.anomaly.scale import standard
from analyzers.measures.anomaly.season import without_day
from analyzers.measures.anomaly.smooth import spread
from analyzers.measures.anomaly.windows import Sums

WIDTHS = (1, 3, 15, 60, 240)
"""Points of the windows that are compared with their neighbourhood."""

ROWS = 8
"""Series treated together: enough to share the work, few enough to stay in the processor's cache."""

HALF = 8.0
"""Summed log-deviation that scores 0.5."""


def ranking(values: Array, step: float, train: int) -> npt.NDArray[np.float32]:
    """Return how abnormal each point of each series is, in [0, 1[; higher = more abnormal.

    Centred: what follows a point counts. It explores a history; alerts need `event`, its causal counterpart. Scores do not
    change with the series' unit (scale and shift), and a constant series scores 0. Scores compare points of one series.

    The score is mean(log(1 + z)) + log(1 + max(z)) over standardised deviations z (holes of 1 to 240 points, profile of
    the day, principal components of 32 points), spread over its neighbourhood.

    Parameters
    ----------
    values : array of shape [n_series, n_points]
        Gaps (not finite) score as if the last value had lasted.
    step : float
        Seconds between two points.
    train : int
        Points of history before which nothing is judged; the whole history teaches, whatever it is.

    Raises
    ------
    ValueError
        The shape, the step or the history is impossible.
    """
    whole, _ = checked(values, step, train)
    scores = np.zeros(values.shape, dtype=np.float32)
    for first in range(0, len(values), ROWS):
        scores[first : first + ROWS] = squashed(spread(combined(whole[first : first + ROWS], step)), HALF)
    return scores


def combined(values: Array, step: float) -> Array:
    """Return mean(log(1 + z)) + log(1 + max(z)) of each point over the standardised deviations z; not spread."""
    total, highest, parts = np.zeros(values.shape), np.zeros(values.shape), 0
    for deviation in _deviations(unit(values), step):
        z = standard(deviation)
        np.maximum(highest, z, out=highest)
        total += np.log1p(z, out=z)
        parts += 1
    return total / parts + np.log1p(highest)


def unit(values: Array) -> npt.NDArray[np.float32]:
    """Return series of median 0 and of 5 % to 95 % range 1, or a fifth of it by the standard deviation if that is more."""
    level = values - np.median(values, axis=1, keepdims=True).astype(values.dtype)
    low, high = np.quantile(level[:, ::3], (0.05, 0.95), axis=1)
    size = np.maximum(high - low, 0.2 * level.std(axis=1))[:, None]
    return (level / np.where(size > 0, size, 1)).astype(np.float32)


def _deviations(values: Array, step: float) -> Iterator[Array]:
    sums = Sums(values, (AROUND + 1) * max(WIDTHS))
    for width in WIDTHS:
        yield hole(sums, width)
    seasonal = without_day(values, step)
    if seasonal is not None:
        yield np.abs(seasonal)
    yield unexplained(values)
