"""Episodes: alerts that belong together, their peak, and the series that explain them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analyzers.measures.anomaly.arrays import Array

MERGED_SECONDS = 3600.0
"""Alerts within an hour tell one story."""

FIRES_AGAIN_SECONDS = 4 * MERGED_SECONDS
"""An alert that lasts is sent again as often, and spends the budget again."""

MOST_EXPLAINING = 3
"""Series named for an episode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Alerts merged: indices of points, both ends included.

    Attributes
    ----------
    start, end, peak : int
        First, last and highest alert.
    score : float
        Score at the peak, in [0, 1].
    series : tuple of (int, float)
        The series that explain most, most first, with their share of the deviation in [0, 1].
    """

    start: int
    end: int
    peak: int
    score: float
    series: tuple[tuple[int, float], ...] = ()


def episodes(
    scores: Array, threshold: float, step: float, of_series: Array | None = None, *, merged: float = MERGED_SECONDS
) -> tuple[Episode, ...]:
    """Return the episodes of scores above a threshold, in order of time.

    Parameters
    ----------
    scores : array of shape [n_points]
    threshold : float
        Alerts are strictly above it.
    step : float
        Seconds between two points.
    of_series : array of shape [n_series, n_points], optional
        Scores of the series behind `scores`, that explain an episode by their sums over it.
    merged : float
        Seconds; alerts at most this far apart are one episode.
    """
    alerts = np.flatnonzero(scores > threshold)
    if not alerts.size:
        return ()
    found = []
    for group in np.split(alerts, np.flatnonzero(np.diff(alerts) * step > merged) + 1):
        start, end = int(group[0]), int(group[-1])
        peak = start + int(np.argmax(scores[start : end + 1]))
        series = () if of_series is None else explaining(of_series[:, start : end + 1])
        found.append(Episode(start=start, end=end, peak=peak, score=float(scores[peak]), series=series))
    return tuple(found)


def explaining(of_series: Array) -> tuple[tuple[int, float], ...]:
    """Return the series with the largest sums of scores and their shares of all, largest first; silent ones never."""
    sums = of_series.sum(axis=1, dtype=np.float64)
    total = sums.sum()
    order = np.argsort(-sums, kind="stable")[:MOST_EXPLAINING]
    return tuple((int(each), float(sums[each] / total)) for each in order if sums[each] > 0)


def alerts_sent(scores: Array, threshold: float, step: float) -> int:
    """Return how many alerts the episodes send: one each, and one more each `FIRES_AGAIN_SECONDS` that one lasts."""
    alerts = np.flatnonzero(scores > threshold)
    if not alerts.size:
        return 0
    again = max(1, int(MERGED_SECONDS / step)) * int(FIRES_AGAIN_SECONDS / MERGED_SECONDS)
    # what `episodes` tells, without its objects: a threshold asks this a hundred times
    breaks = np.flatnonzero(np.diff(alerts) * step > MERGED_SECONDS)
    starts, ends = alerts[np.concatenate(([0], breaks + 1))], alerts[np.concatenate((breaks, [-1]))]
    return len(starts) + int(((ends - starts) // again).sum())
