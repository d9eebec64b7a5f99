"""Faults of the measurement itself: series that are stuck, missing, or start again from zero.

Deviation scores see none of these: a stuck series deviates from nothing.
"""

from __future__ import annotations

import numpy as np

from analyzers.measures.anomaly.arrays import Array, Mask

STUCK_TIMES = 4.0
"""A flat run is a fault when it lasts that many times the longest one of the history."""

STUCK_SECONDS = 3600.0
"""No run shorter than this is a fault."""


def runs(where: Mask) -> list[tuple[int, int]]:
    """Return the first and the last index of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(np.int8)))
    return [(int(first), int(end) - 1) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def missing(values: Array) -> Mask:
    """Return where nothing was measured (not finite)."""
    return ~np.isfinite(values)


def stuck(values: Array, step: float, train: int) -> Mask:
    """Return where one series [n_points] repeats its value for longer than its history makes credible.

    A point is stuck once its run has lasted an hour and `STUCK_TIMES` the longest run of the history; the points that
    made it last so long are not marked, so that this is causal after the history. A series constant throughout its
    history is never stuck, and neither is a gap.

    Parameters
    ----------
    values : array of shape [n_points]
    step : float
        Seconds between two points.
    train : int
        Points of history; only those after it can be stuck.
    """
    lengths = _lasting(values)
    history = lengths[:train]
    if not history.size or history.max() + 1 >= np.isfinite(values[:train]).sum():
        return np.zeros(values.shape, dtype=np.bool_)
    limit = max(STUCK_SECONDS / step, STUCK_TIMES * (float(history.max()) + 1))
    found = lengths + 1 > limit
    found[:train] = False
    return found


def resets(counter: Array) -> Mask:
    """Return where a counter [n_points] stands under its last measured value: its process started again.

    For counters only: a gauge falls without a fault.
    """
    finite = np.isfinite(counter)
    known = counter[finite]
    found = np.zeros(counter.shape, dtype=np.bool_)
    found[np.flatnonzero(finite)[1:]] = known[1:] < known[:-1]
    return found


def _lasting(values: Array) -> Array:
    """Return for each point how many points before it, without a break, had its value."""
    same = np.zeros(len(values), dtype=np.bool_)
    same[1:] = values[1:] == values[:-1]
    at = np.arange(len(values))
    return (at - np.maximum.accumulate(np.where(same, 0, at))).astype(np.float64)
