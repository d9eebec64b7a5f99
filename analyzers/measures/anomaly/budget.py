"""The threshold that a budget of false alerts buys, read on a history nobody labelled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.episodes import alerts_sent

WEEK_SECONDS = 7 * 86400.0

SPENT = 2.5
"""Alerts that the history may send for one that is asked of the future.

The history's own highest scores choose the threshold, so that fewer of the later ones pass it, and some of them were
true. Measured on series of servers, where 1 leaves the median series under half of what was asked; a history whose
noise never changes gets as many times the budget.
"""

LEVELS = 120
"""Thresholds tried."""

RAREST, MOST_USUAL = 1e-5, 0.2
"""Shares of the points above the highest and the lowest threshold tried."""


def threshold(train_scores: Array, step: float, budget: float) -> float:
    """Return the threshold, in [0, 1], meant to give `budget` false alerts a week on what comes next.

    The lowest level at which the history sends at most `SPENT` times the budget; alerts are strictly above it. Those
    within an hour are one, one that lasts counts again (`episodes.alerts_sent`). It never rises with the budget.
    A history too short to hold one alert of the budget is allowed one.

    Parameters
    ----------
    train_scores : array of shape [n_points]
        Scores of the history, higher = more abnormal.
    step : float
        Seconds between two points.
    budget : float
        False alerts a week, positive.

    Raises
    ------
    ValueError
        No score, an impossible step or an impossible budget.
    """
    if train_scores.ndim != 1 or not train_scores.size or not np.isfinite(train_scores).all():
        what = "a threshold needs the finite scores of one history"
        raise ValueError(what)
    if not (step > 0 and budget > 0):
        what = f"the step ({step}) and the budget ({budget}) must be positive"
        raise ValueError(what)
    allowed = max(1.0, SPENT * budget * len(train_scores) * step / WEEK_SECONDS)
    chosen = levels(train_scores)
    found = float(chosen[0])
    for level in chosen[1:]:
        if alerts_sent(train_scores, float(level), step) > allowed:
            break
        found = float(level)
    return found


def levels(scores: Array) -> npt.NDArray[np.float64]:
    """Return the thresholds worth trying, highest first: the maximum, then ever more usual scores."""
    shares = np.logspace(np.log10(RAREST), np.log10(MOST_USUAL), LEVELS)
    usual = np.quantile(scores.astype(np.float64), 1 - shares)
    return np.unique(np.append(usual, float(scores.max())))[::-1]
