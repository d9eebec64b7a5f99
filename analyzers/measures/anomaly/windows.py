"""Means over sliding windows, by cumulative sums: the cost does not depend on the window."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from analyzers.measures.anomaly.arrays import Array


class Sums:
    """Cumulative sums of series, ready for windows of up to `reach` points on either side.

    Parameters
    ----------
    values : array of shape [n_series, n_points]
    reach : int
        The furthest that a window goes before or after its point.
    """

    def __init__(self, values: Array, reach: int) -> None:
        series, self._points = values.shape
        self._reach = reach
        self._sums = np.zeros((series, self._points + 2 * reach + 1))
        end = reach + 1 + self._points
        np.cumsum(values, axis=1, dtype=np.float64, out=self._sums[:, reach + 1 : end])
        self._sums[:, end:] = self._sums[:, end - 1 : end]

    def total(self, first: int, last: int) -> Array:
        """Return the sum over the points t + first .. t + last of each t; those outside the series count nothing."""
        start, stop = self._reach + first, self._reach + last + 1
        return self._sums[:, stop : stop + self._points] - self._sums[:, start : start + self._points]

    def mean(self, first: int, last: int) -> Array:
        """Return the mean over the points t + first .. t + last of each t that the series has; 0 where it has none."""
        return self.total(first, last) / np.maximum(counts(self._points, first, last), 1)


@lru_cache(maxsize=64)
def counts(points: int, first: int, last: int) -> npt.NDArray[np.float64]:
    """Return how many of the points t + first .. t + last exist, for each of `points` t."""
    at = np.arange(points)
    found = np.clip(at + last + 1, 0, points) - np.clip(at + first, 0, points)
    found.setflags(write=False)
    return found.astype(np.float64)
