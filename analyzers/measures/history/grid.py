"""Series on a common grid of time: gauges by their last sample, counters by their rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzers.measures.decode.block import Moments, Values

COUNTERS = ("_total", "_count", "_sum", "_bucket")
"""Endings by which Prometheus's conventions name counters."""

FINEST = 60_000
"""Milliseconds: finer than a minute, a history of a month costs more than it tells."""

HELD_STEPS = 5
"""A rate over a longer silence would spread what nobody saw."""

Row = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Grid:
    """Points `start`, `start + step`...: a sample belongs to the last point at or before it. Milliseconds."""

    start: int
    step: int
    points: int

    @property
    def seconds(self) -> float:
        """Return the step in seconds."""
        return self.step / 1000


def grid_of(start: int, end: int, interval: float | None) -> Grid:
    """Return the grid of a window whose series have a sample each `interval` seconds: whole minutes, at least one."""
    minutes = max(1, round((interval or 60.0) / 60.0))
    step = minutes * FINEST
    first = start - start % step
    return Grid(first, step, max(1, (end - first) // step + 1))


def is_counter(name: str) -> bool:
    """Tell whether a metric is a counter, by its name."""
    return name.endswith(COUNTERS)


def resets_of(values: Values) -> int:
    """Return how many times a counter fell."""
    known = values[np.isfinite(values)]
    return int((known[1:] < known[:-1]).sum())


def gauge_row(timestamps: Moments, values: Values, grid: Grid) -> Row:
    """Return the last value in each step, NaN where there is none."""
    row = np.full(grid.points, np.nan, dtype=np.float32)
    row[(timestamps - grid.start) // grid.step] = values
    return row


def rate_row(timestamps: Moments, values: Values, grid: Grid) -> Row:
    """Return the rate of a counter, per second, from one step with samples to the next; NaN where it is not known.

    A counter that falls started again from zero, as PromQL's ``rate`` has it.
    """
    row = np.full(grid.points, np.nan, dtype=np.float32)
    known = np.isfinite(values)
    if not known.all():
        timestamps, values = timestamps[known], values[known]
    if len(values) < 2:  # noqa: PLR2004 - a rate needs two samples
        return row
    grown = np.diff(values)
    fell = grown < 0
    if fell.any():
        grown[fell] = values[1:][fell]
    total = np.concatenate([[0.0], np.cumsum(grown)])
    slot = (timestamps - grid.start) // grid.step
    last = np.append(slot[1:] != slot[:-1], True)
    slot, total, moments = slot[last], total[last], timestamps[last]
    rates = np.diff(total) / (np.diff(moments) / 1000)
    held = np.diff(slot) <= HELD_STEPS
    row[slot[1:][held]] = rates[held]
    return row
