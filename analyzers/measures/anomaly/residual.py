"""How far a window stands from its neighbourhood: the local deviation, centred or from the past only.

Anomalies of operations are levels, spikes and bursts against what stands around them; methods that normalise each
window's shape erase them (Liu & Paparrizos, TSB-AD, NeurIPS 2024, recomputed on its sets of servers).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.windows import Sums, counts

AROUND = 6
"""Windows of neighbourhood, on each side that counts."""


def hole(sums: Sums, width: int) -> npt.NDArray[np.float32]:
    """Return |mean inside - mean around| of each point; both sides count, so that this looks ahead.

    Inside are the `width` points centred on t; around are `AROUND` times as many on each side, without the inside.
    """
    before, after = width // 2, (width - 1) // 2
    reach = AROUND * width
    inside, wide = sums.total(-before, after), sums.total(-before - reach, after + reach)
    points = inside.shape[1]
    held = counts(points, -before, after)
    others = np.maximum(counts(points, -before - reach, after + reach) - held, 1)
    # inside / held - (wide - inside) / others, in as few passes as it takes
    inside *= 1 / held + 1 / others
    wide *= 1 / others
    inside -= wide
    return np.abs(inside.astype(np.float32))


def departure(sums: Sums, width: int) -> Array:
    """Return |mean of the last `width` points - mean of `AROUND` times as many before|; 0 where nothing is before."""
    now, before = sums.mean(1 - width, 0), sums.mean(1 - width * (1 + AROUND), -width)
    now -= before
    now[:, :width] = 0
    return np.abs(now, out=now)


def jump(values: Array) -> Array:
    """Return |x(t) - x(t - 1)|, 0 at the first point."""
    return np.abs(np.diff(values, axis=1, prepend=values[:, :1]))
