"""Gorilla chunks decoded with numpy alone: sample by sample, all chunks at once.

Format: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/chunks.md (XOR chunk data), after
T. Pelkonen et al., "Gorilla: a fast, scalable, in-memory time series database", VLDB 2015.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

PADDING = 16
"""Bytes that follow the chunks, so that eight bytes may be loaded at any position."""

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

BROKEN = "a chunk of samples is broken"

_U = np.uint64
_COUNT_BYTES = 2
_WORD = 64
_LAST_SEVEN = 127
_NEW_WINDOW = _U(3 << 62)
# By the four bits that a delta of delta starts with: bits of the prefix, bits of the number.
_PREFIX = np.array([1] * 8 + [2] * 4 + [3] * 2 + [4] * 2, _U)
_SIZE = np.array([0] * 8 + [14] * 4 + [17] * 2 + [20, 64], _U)
_LONG = 15
_HALF = np.array([1 << 63] * 8 + [1 << 13] * 4 + [1 << 16] * 2 + [1 << 19, 1 << 63], _U)
_WRAP = np.array([0] * 8 + [1 << 14] * 4 + [1 << 17] * 2 + [1 << 20, 0], _U)


def chunks(data: Bytes, starts: Ints, sizes: Ints) -> tuple[Ints, Words, Ints]:
    """Return the samples of chunks, one chunk after the other.

    Parameters
    ----------
    data
        Bytes that hold the chunks, and `PADDING` more.
    starts, sizes : [n_chunks]
        Where each chunk is; all inside `data` without its padding.

    Returns
    -------
    timestamps, values, counts
        Milliseconds [n_samples], bits of float64 [n_samples], samples of each chunk [n_chunks].

    Raises
    ------
    ValueError
        A chunk is broken.
    """
    if (sizes < _COUNT_BYTES).any():
        raise ValueError(BROKEN)
    counts = (data[starts].astype(np.int64) << 8) | data[starts + 1]
    if (counts > sizes * 8).any():
        raise ValueError(BROKEN)
    order = np.argsort(-counts, kind="stable")
    offsets = (np.cumsum(counts) - counts)[order]
    lanes = _Lanes(data, (starts[order] + _COUNT_BYTES) << 3, (starts + sizes)[order] << 3)
    timestamps, values = np.empty(counts.sum(), np.int64), np.empty(counts.sum(), _U)
    descending = -counts[order]
    for step in range(int(counts.max(initial=0))):
        active = int(np.searchsorted(descending, -step))
        lanes.sample(step, active)
        place = offsets[:active] + step
        timestamps[place] = lanes.when[:active]
        values[place] = lanes.value[:active]
    lanes.check()
    return timestamps, values, counts


class _Lanes:
    """One chunk a lane: where its reading stands, and its last sample."""

    def __init__(self, data: Bytes, at: Ints, end: Ints) -> None:
        self._bytes = data
        self._words = np.ndarray((len(data) - 8,), ">u8", data, strides=(1,))
        self._last = _U(len(data) - PADDING)
        self.at = at.astype(_U)
        self._end = end.astype(_U)
        lanes = len(at)
        self.when, self._delta = np.zeros(lanes, np.int64), np.zeros(lanes, np.int64)
        self.value = np.zeros(lanes, _U)
        self._width, self._trailing = np.zeros(lanes, _U), np.zeros(lanes, _U)
        self._broken = False

    def check(self) -> None:
        if self._broken or (self.at > self._end).any():
            raise ValueError(BROKEN)

    def sample(self, step: int, active: int) -> None:
        """Read the next sample of the first lanes."""
        if step == 0:
            zigzag = self._uvarint(active)
            self.when[:active] = ((zigzag >> _U(1)) ^ (_U(0) - (zigzag & _U(1)))).view(np.int64)
            self.value[:active] = self._whole(self.at[:active])
            self.at[:active] += _U(64)
            return
        at = self.at[:active]
        delta = self._delta[:active]
        if step == 1:
            delta[:] = self._uvarint(active).view(np.int64)
            word = self._window(at)
        else:
            word = self._delta_of_delta(at, delta)
        self.when[:active] += delta
        self._values(at, word, active)

    def _delta_of_delta(self, at: Words, delta: Ints) -> Words:
        word = self._window(at)
        head = (word >> _U(60)).view(np.int64)
        if not head.max(initial=0) & 8:
            at += _U(1)
            return word << _U(1)
        prefix, size = _PREFIX[head], _SIZE[head]
        number = (word << prefix) >> _U(1) >> (_U(63) - size)
        number -= np.where(number > _HALF[head], _WRAP[head], _U(0))
        used = prefix + size
        long = np.flatnonzero(head == _LONG)
        if len(long):
            number[long] = self._whole(at[long] + _U(4))
        delta += number.view(np.int64)
        at += used
        word <<= used
        if len(long):
            word[long] = self._window(at[long])
        return word

    def _values(self, at: Words, word: Words, active: int) -> None:
        """Read values; `word` begins with the bits at `at`, at least thirteen of them."""
        changed = word >> _U(63)
        fresh = np.flatnonzero(word >= _NEW_WINDOW)
        if len(fresh):
            header = word[fresh]
            leading = (header >> _U(57)) & _U(31)
            wide = (header >> _U(51)) & _U(63)
            wide[wide == 0] = _WORD
            if (leading + wide > _WORD).any():
                raise ValueError(BROKEN)
            self._width[fresh] = wide
            self._trailing[fresh] = _U(_WORD) - leading - wide
            at[fresh] += _U(11)
        at += changed
        at += _U(1)
        width = self._width[:active] * changed
        if (width < changed).any():
            raise ValueError(BROKEN)
        # Where nothing changed, the shift by a whole word leaves zeros.
        change = self._whole(at) >> (_U(_WORD) - width)
        change <<= self._trailing[:active]
        self.value[:active] ^= change
        at += width

    def _uvarint(self, active: int) -> Words:
        found = np.zeros(active, _U)
        at = self.at[:active]
        going = np.arange(active)
        for shift in range(0, _WORD, 7):
            byte = self._window(at[going]) >> _U(56)
            at[going] += _U(8)
            found[going] |= (byte & _U(_LAST_SEVEN)) << _U(shift)
            going = going[byte > _LAST_SEVEN]
            if not len(going):
                return found
        raise ValueError(BROKEN)

    def _window(self, at: Words) -> Words:
        """Return the next bits of lanes, at least 57 of them; zeros follow."""
        found: Words = np.left_shift(self._words[self._inside(at)].astype(_U), at & _U(7))
        return found

    def _whole(self, at: Words) -> Words:
        """Return the next 64 bits of lanes."""
        place = self._inside(at)
        shift = at & _U(7)
        last = self._bytes[place + 8].astype(_U)
        first: Words = self._words[place].astype(_U) << shift
        first |= last >> (_U(8) - shift)
        return first

    def _inside(self, at: Words) -> Ints:
        """Return the byte in which bits stand; past the end, the last one that may be read."""
        place: Words = np.minimum(at >> _U(3), self._last)
        return place.view(np.int64)
