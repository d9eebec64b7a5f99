"""What a few linear shapes of half an hour cannot redraw: principal components of sliding windows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.windows import Sums

WINDOW, SHAPES = 32, 4
"""Points of a window; components that redraw it."""

CHUNK = 64
"""Windows multiplied together: long enough for the matrix product, short enough to copy few points twice."""

GROUP = 8
"""Chunks of one product."""

ITERATIONS = 6
"""Rounds that separate the components; the space that they span is what counts, and it settles first."""


def unexplained(values: Array) -> npt.NDArray[np.float32]:
    """Return the norm of each window less its projection on the series' first components.

    Sub-PCA as in Paparrizos et al., TSB-AD (NeurIPS 2024), with the residual instead of the projection, and the mean of
    the series as the mean of every window. The window is centred on the point, so that this looks ahead; points without
    a whole window get 0.

    Parameters
    ----------
    values : array of shape [n_series, n_points]
        Of comparable sizes, near 0: sums of squares are taken.
    """
    out = np.zeros(values.shape, dtype=np.float32)
    windows = values.shape[1] - WINDOW + 1
    if windows < WINDOW * SHAPES:
        return out
    centred = (values - values.mean(axis=1, keepdims=True)).astype(np.float32)
    energy = Sums(np.square(centred), WINDOW).total(0, WINDOW - 1)[:, :windows]
    half = WINDOW // 2
    for row, series in enumerate(centred):
        left = energy[row] - _drawn(series, _components(series))[:windows]
        out[row, half : half + windows] = np.sqrt(np.maximum(left, 0))
    return out


def _components(series: Array) -> Array:
    """Return the first components, of shape [WINDOW, SHAPES], by the series' autocovariances.

    Singular spectrum analysis as in Vautard & Ghil, Physica D 35 (1989): no window is ever copied. The components come
    from orthogonal iteration (Golub & Van Loan, Matrix Computations, 7.3.2), started at the slowest cosines.
    """
    lagged = np.array([float(np.einsum("i,i", series[lag:], series[: len(series) - lag])) for lag in range(WINDOW)])
    if lagged[0] <= 0:
        return np.zeros((WINDOW, SHAPES))
    covariance = (lagged / lagged[0])[np.abs(np.subtract.outer(np.arange(WINDOW), np.arange(WINDOW)))]
    shapes = np.cos(np.pi / WINDOW * np.outer(np.arange(WINDOW) + 0.5, np.arange(SHAPES)))
    for _ in range(ITERATIONS):
        shapes = np.linalg.qr(covariance @ shapes)[0]
    return shapes


def _drawn(series: Array, shapes: Array) -> Array:
    """Return the squared norm of each window's projection on `shapes`; windows past the end follow.

    Each chunk of the series is multiplied by the shapes at every offset, so that windows which overlap are never copied
    out. Products are small: the linear algebra library would start threads for large ones.
    """
    groups = -(-(len(series) - WINDOW + 1) // (CHUNK * GROUP))
    chunks, wide = groups * GROUP, CHUNK + WINDOW - 1
    padded = np.zeros(chunks * CHUNK + WINDOW - 1, dtype=np.float32)
    padded[: len(series)] = series
    shifted = np.zeros((wide, SHAPES, CHUNK), dtype=np.float32)
    for offset in range(CHUNK):
        shifted[offset : offset + WINDOW, :, offset] = shapes
    rows = np.ascontiguousarray(as_strided(padded, (chunks, wide), (padded.strides[0] * CHUNK, padded.strides[0])))
    products = rows.reshape(groups, GROUP, wide) @ shifted.reshape(wide, -1)
    squares = np.square(products, out=products).reshape(chunks, SHAPES, CHUNK)
    found: Array = squares.sum(axis=1).ravel()
    return found
