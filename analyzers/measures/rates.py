"""Counters to rates: what a counter gained by second, restarts included."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analyzers.measures.decode.block import Block

COUNTERS = ("_total", "_count", "_sum", "_bucket")
"""Ends of the names that Prometheus gives to counters."""


def is_counter(name: str) -> bool:
    """Tell whether a metric is a counter by the convention of names."""
    return name.endswith(COUNTERS)


def rates(block: Block, longest_seconds: float = 3600.0) -> Block:
    """Return the rates of counters, per second.

    A counter that falls was restarted: it gained what it shows, counted from zero. What it gained before it restarted
    is lost, so that rates are a lower bound there.

    Parameters
    ----------
    block
        Series of counters.
    longest_seconds
        Over longer gaps there is no rate: nobody knows what happened meanwhile.

    Returns
    -------
    Block
        The same series without their first samples; each rate stands at the end of its interval.
    """
    before, after, inside = _neighbours(block)
    seconds = (block.timestamps[after] - block.timestamps[before]) / 1000
    inside &= seconds <= longest_seconds
    with np.errstate(invalid="ignore"):
        gained = block.values[after] - block.values[before]
        gained = np.where(gained < 0, block.values[after], gained)
        found = gained / seconds
    inside &= np.isfinite(found)
    owner = np.repeat(np.arange(len(block)), np.diff(block.offsets))[after][inside]
    offsets = np.searchsorted(owner, np.arange(len(block) + 1)).astype(np.int64)
    return replace(block, offsets=offsets, timestamps=block.timestamps[after][inside], values=found[inside])


def resets(block: Block) -> npt.NDArray[np.int64]:
    """Return how often each counter of a block was restarted, as far as it shows: shape [n_series]."""
    before, after, inside = _neighbours(block)
    fell = after[inside & (block.values[after] < block.values[before])]
    return np.diff(np.searchsorted(fell, block.offsets)).astype(np.int64)


def _neighbours(block: Block) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return consecutive samples, and which of them belong to one series."""
    after = np.arange(1, max(1, block.samples))
    inside = np.ones(len(after), bool)
    borders = block.offsets[1:-1]
    inside[borders[(borders > 0) & (borders < block.samples)] - 1] = False
    return after - 1, after, inside
