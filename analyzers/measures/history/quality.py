"""How whole the samples of one series are."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import numpy as np

from analyzers.measures.decode.block import Block, Moments, Series, Values

LATE = 2.5
"""Intervals between two samples from which one at least is missing, jitter and one late scrape allowed for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wholeness:
    """Samples of a series: their interval in seconds, what is missing between the first and the last, its gaps."""

    interval: float | None
    missing: float
    gaps: int
    longest: float
    constant: bool


def wholeness(timestamps: Moments, values: Values) -> Wholeness:
    """Return how whole a series is; `missing` is a share in [0, 1], `longest` in seconds.

    Parameters
    ----------
    timestamps
        Milliseconds, strictly increasing, one at least.
    """
    constant = bool((values == values[0]).all()) or not np.isfinite(values).any()
    steps = np.diff(timestamps)
    if not len(steps):
        return Wholeness(interval=None, missing=0.0, gaps=0, longest=0.0, constant=constant)
    interval = float(np.partition(steps, len(steps) // 2)[len(steps) // 2])
    long = steps[steps > LATE * interval]
    missed = float((np.rint(long / interval) - 1).sum())
    return Wholeness(
        interval=interval / 1000,
        missing=missed / (len(timestamps) + missed),
        gaps=len(long),
        longest=float(long.max()) / 1000 if len(long) else 0.0,
        constant=constant,
    )


def interval_of(block: Block) -> float | None:
    """Return the median of the series' intervals in seconds, None when no series has one."""
    known = [found for each in block if len(each.timestamps) and (found := _interval(each)) is not None]
    return median(known) if known else None


def _interval(one: Series) -> float | None:
    return wholeness(one.timestamps, one.values).interval
