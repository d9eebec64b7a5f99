"""A whole history ranked by how abnormal each point is, with what came after it known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from analyzers.measures.anomaly.arrays import Array, checked, squashed
from analyzers.measures.anomaly.reconstruction import unexplained
from analyzers.measures.anomaly.residual import AROUND, hole
from analyzers.measures.anomaly.scale import sampled, standard
from analyzers.measures.anomaly.season import without_day
from analyzers.measures.anomaly.smooth import spread
from analyzers.measures.anomaly.windows import Sums

WIDTHS = (1, 3, 15, 60, 240)
"""Points of the windows that are compared with their neighbourhood."""

ROWS = 4
"""Series treated together: enough to share the work, few enough to stay in the processor's cache."""

HALF = 8.0
"""Summed log-deviation that scores 0.5."""


def ranking(values: Array, step: float, train: int) -> npt.NDArray[np.float32]:
    """Return how abnormal each point of each series is, in [0, 1[; higher = more abnormal.

    Centred: what follows a point counts. It explores a history; alerts need `event`, its causal counterpart. Scores do
    not change with the series' unit (scale and shift), and a constant series scores 0. They compare the points of one
    series.

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
    for first in range(0, len(values) if values.size else 0, ROWS):
        scores[first : first + ROWS] = squashed(spread(combined(unit(whole[first : first + ROWS]), step)), HALF)
    return scores


def combined(values: npt.NDArray[np.float32], step: float) -> npt.NDArray[np.float32]:
    """Return mean(log(1 + z)) + log(1 + max(z)) of each point over the standardised deviations z of `unit` series."""
    product, highest, parts = np.ones_like(values), np.zeros_like(values), 0
    for deviation in _deviations(values, step):
        z = standard(deviation)
        np.maximum(highest, z, out=highest)
        # one logarithm of the product instead of one a part: z stays under sqrt(n_points) / FLOOR, and the product of
        # seven far from the largest float32
        product *= 1 + z
        parts += 1
    found: npt.NDArray[np.float32] = (np.log(product) / parts + np.log1p(highest)).astype(np.float32)
    return found


def unit(values: Array) -> npt.NDArray[np.float32]:
    """Return series of median 0 and size 1: the 5 % to 95 % range, or a fifth of the deviation where that is more."""
    ordered = np.sort(sampled(values), axis=1)
    last = ordered.shape[1] - 1
    low, middle, high = (ordered[:, [round(share * last)]] for share in (0.05, 0.5, 0.95))
    level = (values - middle).astype(np.float32)
    size = np.maximum(high - low, 0.2 * level.std(axis=1, keepdims=True))
    return (level / np.where(size > 0, size, 1)).astype(np.float32)


def _deviations(values: Array, step: float) -> Iterator[Array]:
    sums = Sums(values, (AROUND + 1) * max(WIDTHS))
    for width in WIDTHS:
        yield hole(sums, width)
    seasonal = without_day(values, step)
    if seasonal is not None:
        yield np.abs(seasonal, out=seasonal)
    yield unexplained(values)
