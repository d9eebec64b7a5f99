"""Deviations counted in their own usual size: over the whole history, or over what came before each point."""

from __future__ import annotations

import numpy as np

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.windows import Sums

MAD_TO_SIGMA = 1.4826
"""A normal law's standard deviation over its median absolute deviation (Rousseeuw & Croux, JASA 1993)."""

FLOOR = 0.05
"""Share of the root mean square that the size never falls under: a median of 0 must not make every move infinite."""

BLOCK = 32
"""Points that are summed up together when only the past counts."""

BLOCKS = 32
"""Past blocks that are recent: a series that has become noisier is judged by its new noise."""

RANK, TIMES = 28, 1.5
"""Of a block's deviations sorted from 0, the one (the 90th percentile) whose multiple is the usual size."""

SAMPLE = 4093
"""Points, at least, whose median stands for that of a whole history; prime, to fall on every time of the day."""


def sampled(values: Array) -> Array:
    """Return evenly spaced points of each series, all of them where there are few."""
    return values[:, :: max(1, values.shape[1] // SAMPLE)]


def standard(deviation: Array) -> Array:
    """Return deviations over their usual size in the whole series; 0 everywhere in a series that never deviates."""
    few = np.ascontiguousarray(sampled(deviation))
    middle = few.shape[1] // 2
    usual = MAD_TO_SIGMA * np.partition(few, middle, axis=1)[:, [middle]]
    energy = np.einsum("ij,ij->i", deviation, deviation)[:, None] / deviation.shape[1]
    usual += FLOOR * np.sqrt(energy)
    return deviation * (1 / np.where(usual > 0, usual, 1)).astype(deviation.dtype)


def standard_so_far(deviation: Array) -> Array:
    """Return deviations over their usual size up to each point: that of all past blocks or of the recent ones, if more.

    The first block is 0 throughout: nothing is usual yet. A point's own deviation counts in the floor, which bounds the
    result by sqrt(t + 1) / `FLOOR`.
    """
    series, points = deviation.shape
    blocks = points // BLOCK
    squares = np.cumsum(np.square(deviation), axis=1)
    squares /= np.arange(1, points + 1)
    usual = FLOOR * np.sqrt(squares, out=squares)
    cut = deviation[:, : blocks * BLOCK].reshape(series, blocks, BLOCK)
    sizes = TIMES * np.partition(cut, RANK, axis=2)[:, :, RANK]
    always = np.cumsum(sizes, axis=1) / np.arange(1, blocks + 1)
    known = np.maximum(always, Sums(sizes, BLOCKS).mean(1 - BLOCKS, 0))
    usual[:, BLOCK:] += np.repeat(known, BLOCK, axis=1)[:, : max(points - BLOCK, 0)]
    scaled = deviation / np.where(usual > 0, usual, 1)
    scaled[:, :BLOCK] = 0
    return scaled
