"""What a few linear shapes of half an hour cannot redraw: principal components of sliding windows."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.windows import Sums

WINDOW, SHAPES = 32, 4
"""Points of a window; components that redraw it."""

LEARNT = 4
"""One window in so many teaches the components: neighbours share 31 points of 32."""

CHUNK = 64
"""Windows multiplied together: long enough for the matrix product, short enough to copy few points twice."""


def unexplained(values: Array) -> Array:
    """Return the norm of each centred window less its projection on the series' first components.

    Sub-PCA as in Paparrizos et al., TSB-AD (NeurIPS 2024), with the residual instead of the projection. The window is
    centred on the point, so that this looks ahead; points without a whole window get 0.

    Parameters
    ----------
    values : array of shape [n_series, n_points]
        Of comparable sizes, near 0: sums of squares are taken.
    """
    out = np.zeros(values.shape, dtype=np.float32)
    points = values.shape[1]
    if points < WINDOW * (SHAPES + 1):
        return out
    sums = Sums(np.square(values, dtype=np.float64), WINDOW)
    energy = sums.total(0, WINDOW - 1)[:, : points - WINDOW + 1]
    half = WINDOW // 2
    for row, series in enumerate(values.astype(np.float32, copy=False)):
        mean, shapes = _components(series)
        drawn = _projected(series, np.column_stack([shapes, mean]))
        offset = mean @ shapes
        squares = energy[row] - 2 * drawn[:, -1] + mean @ mean
        squares -= np.square(drawn[:, :-1] - offset).sum(axis=1)
        out[row, half : half + len(squares)] = np.sqrt(np.maximum(squares, 0))
    return out


def _components(series: Array) -> tuple[Array, Array]:
    """Return the mean window and the first components [WINDOW, SHAPES]."""
    windows = sliding_window_view(series, WINDOW)[::LEARNT]
    mean = windows.mean(axis=0)
    centred = windows - mean
    return mean, np.linalg.eigh(centred.T @ centred)[1][:, -SHAPES:]


def _projected(series: Array, shapes: Array) -> Array:
    """Return each window's products with `shapes`, of shape [n_windows, n_shapes].

    Each chunk of the series is multiplied by the shapes at every offset: windows that overlap are never copied out.
    """
    windows, width = len(series) - WINDOW + 1, shapes.shape[1]
    chunks = -(-windows // CHUNK)
    padded = np.zeros(chunks * CHUNK + WINDOW - 1, dtype=np.float32)
    padded[: len(series)] = series
    shifted = np.zeros((CHUNK + WINDOW - 1, CHUNK, width), dtype=np.float32)
    for offset in range(CHUNK):
        shifted[offset : offset + WINDOW, offset] = shapes
    rows = as_strided(padded, (chunks, CHUNK + WINDOW - 1), (padded.strides[0] * CHUNK, padded.strides[0]))
    return (np.ascontiguousarray(rows) @ shifted.reshape(CHUNK + WINDOW - 1, -1)).reshape(-1, width)[:windows]
