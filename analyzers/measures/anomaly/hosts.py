"""One score for a whole host: what its most abnormal series say together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analyzers.measures.anomaly.arrays import Array, Mask, checked, squashed
from analyzers.measures.anomaly.causal import ROWS, deviations
from analyzers.measures.anomaly.rank import combined, unit
from analyzers.measures.anomaly.recurring import without_recurring

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
    chunks = [live[first : first + ROWS] for first in range(0, len(live), ROWS)]
    if not chunks:
        return np.zeros(values.shape[1], dtype=np.float32)
    around = np.concatenate([combined(unit(chunk), step) for chunk in chunks])
    return squashed(_heard(around) + EVENTS * _heard(_said(live)), HALF)


def host_event(values: Array, step: float, train: int) -> npt.NDArray[np.float32]:
    """Return how abnormal a host is at each point, as `host` does, from the past only.

    A series counts from its first change on: until then it could be flat.
    """
    return squashed(EVENTS * _heard_so_far(*speaking(values, step, train)), HALF)


def host_unusual(values: Array, step: float, train: int) -> npt.NDArray[np.float32]:
    """Return how abnormal a host is at each point, as `host_event` does, less what comes back at that time of the day.

    The nightly backup is 0 from its third night on.
    """
    return unusual(*speaking(values, step, train), step)


def unusual(said: Array, live: Mask, step: float) -> npt.NDArray[np.float32]:
    """Return the scores of `host_unusual` from what `speaking` gave."""
    return squashed(EVENTS * without_recurring(_heard_so_far(said, live)[None], step)[0], HALF)


def speaking(values: Array, step: float, train: int) -> tuple[Array, Mask]:
    """Return the log-deviations of each series from its past, and from when on each can speak: after its first change.

    Raises
    ------
    ValueError
        The shape, the step or the history is impossible.
    """
    whole, gaps = checked(values, step, train)
    said = _said(whole)
    said[gaps] = 0
    return said, np.maximum.accumulate(whole != whole[:, :1], axis=1)


def _said(values: Array) -> npt.NDArray[np.float32]:
    said = np.zeros(values.shape, dtype=np.float32)
    for first in range(0, len(values) if values.size else 0, ROWS):
        said[first : first + ROWS] = np.log1p(deviations(values[first : first + ROWS]))
    return said


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


def _heard_so_far(scores: Array, live: Mask) -> Array:
    """Return the sum of the highest scores at each point over the number of series that could have spoken by then."""
    heard = min(HEARD, len(scores))
    if not heard:
        return np.zeros(scores.shape[1])
    highest: Array = np.partition(np.where(live, scores, 0), len(scores) - heard, axis=0)[-heard:].sum(axis=0)
    highest /= np.clip(live.sum(axis=0), 1, HEARD)
    return highest
