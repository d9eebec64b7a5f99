"""Alerts that a detector would have sent: each week judged by a threshold of the weeks before."""

from __future__ import annotations

import numpy as np

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.budget import threshold
from analyzers.measures.anomaly.episodes import Episode, episodes

WEEK_SECONDS = 7 * 86400.0


def first_judged(step: float) -> int:
    """Return the first point that is judged: a week teaches."""
    return round(WEEK_SECONDS / step)


def alerts(
    scores: Array, step: float, budget: float, of_series: Array | None = None, *, warm: float = 0.0
) -> tuple[Episode, ...]:
    """Return the episodes after the first week, by thresholds that know the past only, renewed each week.

    Parameters
    ----------
    scores : array of shape [n_points]
        Causal, higher = more abnormal.
    step : float
        Seconds between two points.
    budget : float
        Alerts asked for a week.
    of_series : array of shape [n_series, n_points], optional
        Scores of the series behind, that explain an episode.
    warm : float
        Seconds at the beginning that no threshold is learnt from: what comes back each night is not known yet.
    """
    week, known = first_judged(step), round(warm / step)
    over = np.zeros(len(scores))
    for first in range(week, len(scores), week):
        limit = threshold(scores[known:first], step, budget)
        now = scores[first : first + week]
        over[first : first + week] = np.where(now > limit, now, 0)
    return episodes(over, 0.0, step, of_series)
