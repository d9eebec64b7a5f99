"""CRC-32C with numpy alone: segments of all frames at once, then put together.

The checksum is linear: leading zeros change nothing, and what a segment adds to a frame is its own checksum, moved by
as many bytes as follow it. See https://www.rfc-editor.org/rfc/rfc3720#section-12.1.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Sums = npt.NDArray[np.uint32]

SEGMENT = 1024
"""Bytes; even, for two are taken at a time."""

_U = np.uint32
_POLYNOMIAL = _U(0x82F63B78)
_ONES = np.array([84, 100, 31, 100], np.uint8)
"""What fills a register of zeros with ones, as it is before a frame."""


def crc32c(data: Bytes, starts: Ints, sizes: Ints) -> Sums:
    """Return the checksum of each frame.

    Parameters
    ----------
    data
        Bytes that hold the frames.
    starts, sizes : [n_frames]
        Where each frame is; four bytes that belong to no frame stand before each.

    Returns
    -------
    array of uint32 [n_frames]
    """
    if not len(starts):
        return np.zeros(0, _U)
    numbers = -(-(sizes + len(_ONES)) // SEGMENT)
    frame = np.repeat(np.arange(len(starts)), numbers)
    index = np.arange(len(frame)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    padded = np.concatenate([np.zeros(SEGMENT, np.uint8), data])
    padded[SEGMENT + starts[:, None] - len(_ONES) + np.arange(len(_ONES))] = _ONES
    # Segments end where frames do: the first of a frame takes in bytes before it, which are blanked.
    ends = starts[frame] + sizes[frame] - (numbers[frame] - 1 - index) * SEGMENT
    segments = np.lib.stride_tricks.sliding_window_view(padded, SEGMENT)[ends]
    first = np.flatnonzero(index == 0)
    blank = SEGMENT - len(_ONES) - (ends[first] - starts)
    segments[first] *= np.arange(SEGMENT) >= blank[:, None]
    return _joined(_raw(segments), frame, index, len(starts)) ^ _U(0xFFFFFFFF)


def _raw(segments: Bytes) -> Sums:
    """Return the checksum of each row, from a register of zeros."""
    columns = np.ascontiguousarray(segments.view("<u2").T)
    register = np.zeros(len(segments), _U)
    index = np.empty_like(register)
    for column in columns:
        np.bitwise_xor(register, column, out=index)
        index &= _U(0xFFFF)
        register >>= _U(16)
        register ^= _TWO_BYTES.take(index)
    return register


def _joined(sums: Sums, frame: Ints, index: Ints, frames: int) -> Sums:
    order = np.argsort(index, kind="stable")
    borders = np.searchsorted(index[order], np.arange(int(index.max()) + 2))
    total = np.zeros(frames, _U)
    for begin, end in pairwise(borders.tolist()):
        here = order[begin:end]
        total[frame[here]] = _moved(total[frame[here]]) ^ sums[here]
    return total


def _moved(register: Sums) -> Sums:
    """Return registers after a segment of zeros."""
    return (
        _MOVES[0].take(register & _U(255))
        ^ _MOVES[1].take((register >> _U(8)) & _U(255))
        ^ _MOVES[2].take((register >> _U(16)) & _U(255))
        ^ _MOVES[3].take(register >> _U(24))
    )


def _two_bytes() -> Sums:
    table = np.arange(1 << 16, dtype=_U)
    for _ in range(16):
        table = np.where(table & _U(1), (table >> _U(1)) ^ _POLYNOMIAL, table >> _U(1))
    return table


_TWO_BYTES = _two_bytes()


def _moves() -> list[Sums]:
    found = []
    for byte in range(4):
        register = np.arange(256, dtype=_U) << _U(8 * byte)
        for _ in range(SEGMENT // 2):
            register = _TWO_BYTES.take(register & _U(0xFFFF)) ^ (register >> _U(16))
        found.append(register)
    return found


_MOVES = _moves()
