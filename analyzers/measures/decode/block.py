"""A block of series: what every back-end of metric history gives, whatever its bytes looked like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from analyzers.model.reasons import Reason

Labels: TypeAlias = Mapping[str, str]
Moments: TypeAlias = npt.NDArray[np.int64]
Values: TypeAlias = npt.NDArray[np.float64]

STALE_BITS = 0x7FF0000000000002
"""The NaN that Prometheus writes where a series ended."""

_NO_MOMENT = np.empty(0, np.int64)
_NO_VALUE = np.empty(0, np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """Why a block, or a shard without a block, may lack samples."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """One series of a block.

    Attributes
    ----------
    labels
        With ``__name__``; without the labels that a server adds to all its series.
    timestamps : int64 [n]
        Milliseconds since the epoch, strictly increasing.
    values : float64 [n]
        NaN and infinities are samples as others; stale markers are none.
    ended : int64 [m], or None
        When the source said that the series ended; None when this back-end cannot tell.
    """

    labels: Labels
    timestamps: Moments
    values: Values
    ended: Moments | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Series over one window, in columns: series `i` has the samples ``offsets[i]:offsets[i + 1]``.

    Attributes
    ----------
    start, end
        The window, in milliseconds since the epoch; both ends belong to it.
    labels
        By series, all different.
    offsets : int64 [n_series + 1]
    timestamps : int64 [n_samples]
        Milliseconds since the epoch, strictly increasing inside a series.
    values : float64 [n_samples]
    ended
        By series, the moments at which it was said to end; None when this back-end cannot tell.
    step
        0 for samples as they were scraped. Else the samples were resampled by the server every so many milliseconds,
        gaps shorter than its lookback filled: good for values, not for gaps.
    incomplete
        Why samples may be missing; empty when the answer was whole.
    histograms
        Series left out because they hold native histograms.
    """

    start: int
    end: int
    labels: tuple[Labels, ...]
    offsets: Moments
    timestamps: Moments
    values: Values
    ended: tuple[Moments, ...] | None = None
    step: int = 0
    incomplete: tuple[Incomplete, ...] = ()
    histograms: int = 0

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[Series]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> Series:
        inside = slice(self.offsets[index], self.offsets[index + 1])
        ended = None if self.ended is None else self.ended[index]
        return Series(
            labels=self.labels[index], timestamps=self.timestamps[inside], values=self.values[inside], ended=ended
        )

    @property
    def samples(self) -> int:
        """How many samples it holds."""
        return len(self.timestamps)

    def part(self, selected: Callable[[Labels], bool], window: tuple[int, int]) -> Block:
        """Return some of the series inside a window; both ends belong to it."""
        kept = [each for each in self if selected(each.labels)]
        found = tidy(
            [each.labels for each in kept],
            [len(each.timestamps) for each in kept],
            np.concatenate([_NO_MOMENT, *(each.timestamps for each in kept)]),
            np.concatenate([_NO_VALUE, *(each.values for each in kept)]),
            window,
            markers=False,
        )
        return replace(found, step=self.step, incomplete=self.incomplete)

    def usual_step(self) -> int:
        """Return the median number of milliseconds between samples, 0 where no series has two."""
        steps = np.diff(self.timestamps)
        inside = np.ones(len(steps), bool)
        inside[(self.offsets[1:-1] - 1)[self.offsets[1:-1] > 0]] = False
        return int(np.median(steps[inside])) if inside.any() else 0


def tidy(
    labels: Sequence[Labels],
    counts: Sequence[int] | Moments,
    timestamps: Moments,
    values: Values,
    window: tuple[int, int],
    *,
    markers: bool,
) -> Block:
    """Return a block from samples as they arrived: what is outside the window, repeated or no sample is taken out.

    Rows of the same labels become one series; of samples with the same timestamp the first counts.

    Parameters
    ----------
    labels
        By row; rows may share labels, as windows or overlapping chunks of one series do.
    counts : [n_rows]
        Samples of each row.
    timestamps, values : [n_samples]
        Row after row.
    window
        Start and end, in milliseconds; both belong to it.
    markers
        Whether this back-end gives stale markers.
    """
    distinct: dict[tuple[tuple[str, str], ...], int] = {}
    found: list[Labels] = []
    row_series = []
    for each in labels:
        index = distinct.setdefault(tuple(sorted(each.items())), len(found))
        if index == len(found):
            found.append(each)
        row_series.append(index)
    series = np.asarray(row_series, np.int64)
    lengths = np.asarray(counts, np.int64)
    timestamps, values = np.asarray(timestamps, np.int64), np.asarray(values, np.float64)
    if (np.diff(series) < 0).any():
        timestamps, values, series, lengths = _together(timestamps, values, series, lengths)
    owner = np.repeat(series, lengths)
    if not _in_order(owner, timestamps):
        order = np.lexsort((timestamps, owner))
        owner, timestamps, values = owner[order], timestamps[order], values[order]
        first = np.ones(len(timestamps), bool)
        first[1:] = (np.diff(timestamps) != 0) | (np.diff(owner) != 0)
        owner, timestamps, values = owner[first], timestamps[first], values[first]
    stale = values.view(np.int64) == STALE_BITS
    keep = (timestamps >= window[0]) & (timestamps <= window[1])
    ended = _ended(owner[stale & keep], timestamps[stale & keep], len(found)) if markers else None
    keep &= ~stale
    if not keep.all():
        owner, timestamps, values = owner[keep], timestamps[keep], values[keep]
    offsets = np.searchsorted(owner, np.arange(len(found) + 1)).astype(np.int64)
    return _without_empty(
        Block(
            start=window[0],
            end=window[1],
            labels=tuple(found),
            offsets=offsets,
            timestamps=timestamps,
            values=_one_nan(values),
            ended=ended,
        )
    )


def _together(
    timestamps: Moments, values: Values, series: Moments, lengths: Moments
) -> tuple[Moments, Values, Moments, Moments]:
    """Return the rows with those of a series one after the other, in the order in which they came."""
    order = np.argsort(series, kind="stable")
    borders = np.concatenate(([0], np.cumsum(lengths))).tolist()
    slices = [slice(borders[each], borders[each + 1]) for each in order.tolist()]
    moved = np.concatenate([timestamps[each] for each in slices]), np.concatenate([values[each] for each in slices])
    return (*moved, series[order], lengths[order])


def _in_order(owner: Moments, timestamps: Moments) -> bool:
    """Tell whether each series has increasing timestamps; series stand one after the other."""
    return not ((timestamps[1:] <= timestamps[:-1]) & (owner[1:] == owner[:-1])).any()


def _ended(owner: Moments, moments: Moments, count: int) -> tuple[Moments, ...]:
    borders = np.searchsorted(owner, np.arange(count + 1)).tolist()
    return tuple(moments[begin:end] for begin, end in pairwise(borders))


def _one_nan(values: Values) -> Values:
    """Return the values with one NaN for all: which bits a NaN has is lost in JSON."""
    odd = np.isnan(values)
    return np.where(odd, np.nan, values) if odd.any() else values


def _without_empty(block: Block) -> Block:
    """Leave out series that said nothing inside the window."""
    said = np.diff(block.offsets) > 0
    if block.ended is not None:
        said |= np.fromiter((len(each) > 0 for each in block.ended), bool, len(block.ended))
    if said.all():
        return block
    kept = np.flatnonzero(said)
    offsets = np.concatenate(([0], block.offsets[1:][kept]))
    ended = None if block.ended is None else tuple(block.ended[each] for each in kept)
    return replace(block, labels=tuple(block.labels[each] for each in kept), offsets=offsets, ended=ended)


def joined(blocks: Sequence[Block]) -> Block:
    """Return windows of the same series, in any order, as one block.

    Raises
    ------
    ValueError
        There is no block.
    """
    if len(blocks) == 1:
        return blocks[0]
    markers = all(each.ended is not None for each in blocks)
    rows = [row for block in blocks for one in block for row in _rows(one)]
    whole = tidy(
        [labels for labels, _, _ in rows],
        [len(timestamps) for _, timestamps, _ in rows],
        np.concatenate([_NO_MOMENT, *(timestamps for _, timestamps, _ in rows)]),
        np.concatenate([_NO_VALUE, *(values for _, _, values in rows)]),
        (min(each.start for each in blocks), max(each.end for each in blocks)),
        markers=markers,
    )
    return replace(
        whole,
        step=max(each.step for each in blocks),
        incomplete=tuple(dict.fromkeys(said for each in blocks for said in each.incomplete)),
        histograms=max(each.histograms for each in blocks),
    )


def _rows(one: Series) -> Iterator[tuple[Labels, Moments, Values]]:
    """Yield the samples of a series, then its markers as samples again."""
    yield one.labels, one.timestamps, one.values
    if one.ended is not None and len(one.ended):
        yield one.labels, one.ended, np.full(len(one.ended), STALE_BITS, np.int64).view(np.float64)
