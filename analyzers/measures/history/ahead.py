"""When what is free will be used up, at the pace of the days that were read."""

from __future__ import annotations

import numpy as np

from analyzers.measures.capacity.forecast import forecast
from analyzers.measures.history.rhythm import DAY, Hours
from analyzers.model.history import Ahead

FREE = frozenset({"node_memory_MemAvailable_bytes", "node_filesystem_avail_bytes"})
"""Metrics that tell what is left of something, and at zero of which a host stands still."""

HOURS_OF_A_DAY = 18
"""Hours with a value under which a day is left out: its mean would be that of a night."""


def ahead(name: str, hours: Hours) -> Ahead | None:
    """Return where the free part of a resource goes; None of other metrics, and under two weeks.

    Parameters
    ----------
    hours : array of shape [n_days * 24]
        Means by the hour, from midnight on; NaN where nothing was.
    """
    if name not in FREE:
        return None
    days = hours.reshape(-1, DAY)
    known = np.isfinite(days)
    sums = np.where(known, days, 0).sum(axis=1)
    # What is taken rises to zero as what is free falls to it.
    taken = [
        None if count < HOURS_OF_A_DAY else -float(total / count)
        for total, count in zip(sums, known.sum(axis=1), strict=True)
    ]
    while taken and taken[-1] is None:
        taken.pop()
    found = forecast(taken)
    if found is None:
        return None
    left = found.days_until(0.0)
    return Ahead(
        free=max(0.0, round(-found.at(0), 3)),
        slope=round(-found.slope, 3),
        days_until_empty=None if left is None else round(left, 1),
        error=None if found.error is None else round(found.error, 3),
        days=found.days,
    )
