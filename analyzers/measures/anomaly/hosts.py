"""One score for a whole host: what its most abnormal series say together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analyzers.measures.anomaly.arrays import Array, checked, squashed
from analyzers.measures.anomaly.causal import deviations
from analyzers.measures.anomaly.rank import ROWS, combined, unit

HEARD = 5
"""Series whose mean speaks for the host: the highest alone would let one noisy series spend the budget of alerts."""

EVENTS = 2.5
"""Weight of the part that knows the past only: it finds where an event starts, the other how far it goes."""

HALF = 8.0
"""Summed log-deviation that scores 0.5."""


def host(values: Array, step: float, train: int) -> npt.NDArray[np.float32]:
    """Return how abnormal a host is at each point, of shape [n_points], in [0, 1[; higher = more abnormal.

    Centred, as `ranking` is; `host_event` is the causal form. Each part is the mean of the `HEARD` highest series.
    Flat series are not heard at all, so that adding one changes nothing; neither does a change of a series' unit.

    Parameters
    ----------
    values : array of shape [n_series, n_points]
        The series of one host.
    step : float
        Seconds between two points.
    train : int
        Points of history before which nothing is judged.

    Raises
    ------
    ValueError
        The shape, the step or the history is impossible.
    """
    live = _live(checked(values, step, train)[0])
    chunks = (unit(live[first : first + ROWS]) for first in range(0, len(live), ROWS))
    around = [combined(chunk, step) for chunk in chunks]
    heard = _heard(np.concatenate(around)) if around else np.zeros(values.shape[1])
    return squashed(heard + EVENTS * _heard(np.log1p(deviations(live))), HALF)


def host_event(values: Array, step: float, train: int) -> npt.NDArray[np.float32]:
    """Return how abnormal a host is at each point, as `host` does, from the past only.

    A series counts from its first change on: until then it could be flat.
    """
    whole, gaps = checked(values, step, train)
    said = np.log1p(deviations(whole))
    said[gaps] = 0
    return squashed(EVENTS * _heard_so_far(said, np.maximum.accumulate(whole != whole[:, :1], axis=1)), HALF)


def _live(values: Array) -> Array:
    live: Array = values[(values != values[:, :1]).any(axis=1)]
    return live


def _heard(scores: Array) -> Array:
    """Return the mean of the highest scores at each point."""
    heard = min(HEARD, len(scores))
    if not heard:
        return np.zeros(scores.shape[1])
    highest: Array = np.partition(scores, len(scores) - heard, axis=0)[-heard:].mean(axis=0)
    return highest


def _heard_so_far(scores: Array, live: npt.NDArray[np.bool_]) -> Array:
    """Return the sum of the highest scores at each point over the number of series that could have spoken by then."""
    heard = min(HEARD, len(scores))
    if not heard:
        return np.zeros(scores.shape[1])
    highest: Array = np.partition(np.where(live, scores, 0), len(scores) - heard, axis=0)[-heard:].sum(axis=0)
    highest /= np.clip(live.sum(axis=0), 1, HEARD)
    return highest
