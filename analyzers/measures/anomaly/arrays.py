"""Arrays of series: their type, what is refused, and gaps."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating]
Mask: TypeAlias = npt.NDArray[np.bool_]


def checked(values: Array, step: float, train: int) -> tuple[Array, Mask]:
    """Return the series without gaps, and where the gaps were.

    A gap takes the last value before it, so that nothing that comes later is used; one that nothing precedes takes the
    first value that follows.

    Parameters
    ----------
    values : array of shape [n_series, n_points]
        What is not finite is a gap.
    step : float
        Seconds between two points.
    train : int
        Points of history, from 0 to n_points.

    Returns
    -------
    values : array of shape [n_series, n_points]
        All finite.
    gaps : array of bool of the same shape

    Raises
    ------
    ValueError
        The shape, the step or the history is impossible.
    """
    if values.ndim != 2:  # noqa: PLR2004 - series and points
        what = f"series must form an array [n_series, n_points], not one of {values.ndim} dimensions"
        raise ValueError(what)
    if not step > 0:
        what = f"the step between two points must be positive, not {step}"
        raise ValueError(what)
    if not 0 <= train <= values.shape[1]:
        what = f"the history must hold 0 to {values.shape[1]} points, not {train}"
        raise ValueError(what)
    gaps = ~np.isfinite(values)
    return (_filled(values, gaps) if gaps.any() else values), gaps


def _filled(values: Array, gaps: Mask) -> Array:
    last = np.maximum.accumulate(np.where(gaps, -1, np.arange(values.shape[1])), axis=1)
    last = np.where(last < 0, np.argmin(gaps, axis=1)[:, None], last)
    filled = np.take_along_axis(values, last, axis=1)
    filled[gaps.all(axis=1)] = 0
    return filled


def squashed(deviation: Array, half: float) -> npt.NDArray[np.float32]:
    """Return deviations in [0, 1[, in the same order: `half` becomes 0.5."""
    return (deviation / (deviation + half)).astype(np.float32)
