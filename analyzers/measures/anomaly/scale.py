"""Deviations counted in their own usual size: over the whole history, or over what came before each point."""

from __future__ import annotations

import numpy as np

from analyzers.measures.anomaly.arrays import Array

MAD_TO_SIGMA = 1.4826
"""A normal law's standard deviation over its median absolute deviation (Rousseeuw & Croux, JASA 1993)."""

FLOOR = 0.05
"""Share of the root mean square that the size never falls under: a median of 0 must not make every move infinite."""

BLOCK = 32
"""Points whose median is taken together when only the past counts."""

SAMPLE = 4093
"""Points, at least, whose median stands for that of a whole history; prime, to fall on every time of the day."""


def sampled(values: Array) -> Array:
    """Return evenly spaced points of each series, all of them where there are few."""
    return values[:, :: max(1, values.shape[1] // SAMPLE)]


def standard(deviation: Array) -> Array:
    """Return deviations over their usual size in the whole series; 0 everywhere in a series that never deviates."""
    usual = MAD_TO_SIGMA * np.median(sampled(deviation), axis=1, keepdims=True)
    energy = np.einsum("ij,ij->i", deviation, deviation)[:, None] / deviation.shape[1]
    usual += FLOOR * np.sqrt(energy)
    return deviation * (1 / np.where(usual > 0, usual, 1)).astype(deviation.dtype)


def standard_so_far(deviation: Array) -> Array:
    """Return deviations over their usual size up to each point: the mean of past blocks' medians, and the floor.

    The first block is 0 throughout: nothing is usual yet. A point's own deviation counts in the floor, which bounds the
    result by sqrt(t + 1) / `FLOOR`.
    """
    series, points = deviation.shape
    blocks = points // BLOCK
    squares = np.cumsum(np.square(deviation), axis=1)
    squares /= np.arange(1, points + 1)
    usual = FLOOR * np.sqrt(squares, out=squares)
    medians = np.median(deviation[:, : blocks * BLOCK].reshape(series, blocks, BLOCK), axis=2)
    known = np.cumsum(medians, axis=1) / np.arange(1, blocks + 1)
    usual[:, BLOCK:] += MAD_TO_SIGMA * np.repeat(known, BLOCK, axis=1)[:, : max(points - BLOCK, 0)]
    scaled = deviation / np.where(usual > 0, usual, 1)
    scaled[:, :BLOCK] = 0
    return scaled
