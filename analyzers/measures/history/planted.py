"""Faults planted in a real series: how small may one be and still be seen at the budget?

What it gives is a size in the metric's unit, never a rate of detection: planted faults rank series well and say little
about how many real ones would be found.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.budget import threshold
from analyzers.measures.anomaly.causal import event
from analyzers.measures.anomaly.faults import STUCK_SECONDS, STUCK_TIMES, runs
from analyzers.measures.history.quality import LATE
from analyzers.model.history import Minimum, Shape

PLACES = 10
"""Places, spread over the second half, in which a fault is planted."""

HALF, MOST = PLACES // 2, PLACES - 1
"""Places in which it must be seen: one of two, and nine of ten."""

LASTS_SECONDS = 3600.0
"""Length of a step, and of the rise of a drift."""

SMALLEST, LARGEST = -4, 32
"""Sizes tried, as powers of the square root of 2, in usual moves of the series."""

UNITS = ("bytes", "seconds", "ratio", "percent", "celsius", "volts", "hertz")


def unit_of(name: str, *, rate: bool) -> str:
    """Return the unit that a metric's name ends with, by Prometheus's conventions; empty when it names none."""
    bare = name.removesuffix("_total")
    unit = next((each for each in UNITS if bare.endswith(f"_{each}")), "")
    if not rate:
        return unit
    return f"{unit}/s" if unit else "1/s"


def minimums(row: Array, step: float, budget: float, name: str, *, rate: bool, interval: float) -> list[Minimum]:
    """Return the smallest faults seen in one series, by shape; empty where it is flat or has no half to learn from.

    Parameters
    ----------
    row : array of shape [n_points]
        Without gaps.
    interval : float
        Seconds between two samples.
    """
    values = row.astype(np.float64)
    moves = np.abs(np.diff(values))
    usual = float(np.median(moves)) or float(moves.mean() if len(moves) else 0)
    half = len(values) // 2
    if not usual or half < PLACES:
        return []
    limit = threshold(event(values[None], step, half)[0, :half], step, budget)
    unit = unit_of(name, rate=rate)
    level = float(np.median(values))
    found = [_smallest(values, step, limit, usual, shape, name, unit, level) for shape in ("spike", "step", "drift")]
    return [*found, _stuck(values, step, name, level), _dropout(interval, name)]


def _smallest(  # noqa: PLR0913, PLR0917 - a series, its limit, and a shape
    values: Array, step: float, limit: float, usual: float, shape: Shape, name: str, unit: str, level: float
) -> Minimum:
    seen: dict[int, int] = {}

    def places_seen(rung: int) -> int:
        if rung not in seen:
            seen[rung] = _seen(values, step, limit, shape, usual * 2.0 ** (rung / 2))
        return seen[rung]

    half, most = (_first(places_seen, needed) for needed in (HALF, MOST))
    sizes = [None if each is None else float(f"{usual * 2.0 ** (each / 2):.3g}") for each in (half, most)]
    return Minimum(metric=name, shape=shape, unit=unit, half=sizes[0], most=sizes[1], usual=level)


def _first(places_seen: Callable[[int], int], needed: int) -> int | None:
    """Return the lowest rung that is seen in as many places; larger faults are taken to be seen where smaller are."""
    low, high = SMALLEST, LARGEST
    if places_seen(high) < needed:
        return None
    while low < high:
        middle = (low + high) // 2
        if places_seen(middle) >= needed:
            high = middle
        else:
            low = middle + 1
    return low


def _seen(values: Array, step: float, limit: float, shape: Shape, size: float) -> int:
    """Return in how many places a fault of a size passes the limit where the series alone does not."""
    half, lasts = len(values) // 2, max(1, round(LASTS_SECONDS / step))
    lasts = 1 if shape == "spike" else lasts
    places = np.linspace(half, len(values) - lasts - 1, PLACES).astype(int)
    copies = np.tile(values, (PLACES + 1, 1))
    form = np.linspace(size / lasts, size, lasts) if shape == "drift" else np.full(lasts, size)
    for copy, place in zip(copies, places, strict=False):
        copy[place : place + lasts] += form
    scores = event(copies, step, half)
    inside = [slice(place, place + lasts + 1) for place in places]
    return sum(
        bool((scores[each, where] > np.maximum(limit, scores[PLACES, where])).any())
        for each, where in enumerate(inside)
    )


def _stuck(values: Array, step: float, name: str, level: float) -> Minimum:
    """Return how long a series must stand still to be told from one that rests: the rule of `faults.stuck`."""
    same = np.diff(values) == 0
    longest = max((last - first + 1 for first, last in runs(same)), default=0)
    seconds = max(STUCK_SECONDS, STUCK_TIMES * (longest + 1) * step)
    told = None if seconds > len(values) * step else seconds
    return Minimum(metric=name, shape="stuck", unit="seconds", half=told, most=told, usual=level)


def _dropout(interval: float, name: str) -> Minimum:
    """Return how long samples must be missing: two and a half intervals, as gaps are counted."""
    return Minimum(metric=name, shape="dropout", unit="seconds", half=LATE * interval, most=LATE * interval)
