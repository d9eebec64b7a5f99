"""Scores that know the past only: what an alert could have seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analyzers.measures.anomaly.arrays import Array, checked, squashed
from analyzers.measures.anomaly.residual import AROUND, departure, jump
from analyzers.measures.anomaly.scale import standard_so_far
from analyzers.measures.anomaly.windows import Sums

WIDTHS = (1, 3)
"""Points of the last window, compared with what came before it."""

JUMPS = 0.5
"""Weight of the first difference beside that of each window."""

ROWS = 4
"""Series treated together: a whole host would not fit in the cache, and be five times slower the first time."""

HALF = 1000.0
"""Deviation, in usual sizes, that scores 0.5."""


def event(values: Array, step: float, train: int) -> npt.NDArray[np.float32]:
    """Return how abnormal each point of each series is, in [0, 1[; higher = more abnormal.

    Causal: values after t never change the scores up to t. The first points score 0: nothing is usual yet. Scores do
    not change with the series' unit (scale and shift), and a constant series scores 0.

    Parameters
    ----------
    values : array of shape [n_series, n_points]
        Gaps (not finite) score 0.
    step : float
        Seconds between two points.
    train : int
        Points of history before which nothing is judged; they teach, and so does every later past.

    Raises
    ------
    ValueError
        The shape, the step or the history is impossible.
    """
    whole, gaps = checked(values, step, train)
    scores = np.zeros(values.shape, dtype=np.float32)
    for first in range(0, len(values) if values.size else 0, ROWS):
        scores[first : first + ROWS] = squashed(deviations(whole[first : first + ROWS]), HALF)
    scores[gaps] = 0
    return scores


def deviations(values: Array) -> Array:
    """Return the weighted mean of the standardised deviations from the past, at least 0 and without a bound."""
    level = values.astype(np.float64) - values[:, :1]
    sums = Sums(level, (AROUND + 1) * max(WIDTHS))
    total = JUMPS * standard_so_far(jump(level))
    for width in WIDTHS:
        total += standard_so_far(departure(sums, width))
    return total / (JUMPS + len(WIDTHS))
