"""An agent's own history as arrays: blocks of rows, or whole series between two times."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzers.measures.decode.agent_frames import ROW, SEGMENT, WORD, Damage, Series, frames, segment_of

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one segment.

    Attributes
    ----------
    series
        What each column is.
    times
        Shape (rows,): milliseconds since 1970, as the host's clock said; a clock that was set back shows here.
    values
        Shape (rows, series): NaN where nothing was measured.
    """

    series: tuple[Series, ...]
    times: Times
    values: Values


def blocks(data: bytes, damage: Damage | None = None) -> Iterator[Block]:
    """Yield the blocks of a store's bytes (a file, or what ``/history`` answers), oldest first.

    Parameters
    ----------
    data
        The bytes; a cut or damaged part is left out.
    damage
        Counts what was left out.
    """
    tally = damage if damage is not None else Damage()
    series: tuple[Series, ...] | None = None
    rows: list[bytes] = []
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    end = None
    for frame in frames(data, tally):
        if frame.kind == SEGMENT:
            if series is not None and rows:
                yield _block(series, rows)
            segment = segment_of(frame.body)
            series, rows = (segment.series if segment is not None else None), []
            stream = zlib.decompressobj(-zlib.MAX_WBITS)
        elif frame.kind == ROW and series is not None and frame.start == end:
            row = _row(stream, frame.body, WORD * (1 + len(series)))
            if row is None:
                tally.bytes += frame.end - frame.start
                frame = frame._replace(end=-1)  # noqa: PLW2901 - what follows in this segment hangs on what is lost
            else:
                rows.append(row)
        else:
            tally.bytes += frame.end - frame.start
            continue
        end = frame.end
    if series is not None and rows:
        yield _block(series, rows)


def read_series(
    data: bytes,
    wanted: Callable[[Series], bool] = lambda _: True,
    start: int = 0,
    end: int = 1 << 62,
    damage: Damage | None = None,
) -> dict[Series, tuple[Times, Values]]:
    """Return each wanted series as its times (milliseconds, rising) and values, from `start` to before `end`.

    Rows in which a series was not measured are left out. Where a clock was set back, the row written last counts.
    """
    parts: dict[Series, list[tuple[Times, Values]]] = {}
    for block in blocks(data, damage):
        inside = (block.times >= start) & (block.times < end)
        if not inside.any():
            continue
        for column, series in enumerate(block.series):
            if wanted(series):
                values = block.values[inside, column]
                known = ~np.isnan(values)
                parts.setdefault(series, []).append((block.times[inside][known], values[known]))
    return {series: _joined(found) for series, found in parts.items()}


def _row(stream: zlib._Decompress, piece: bytes, size: int) -> bytes | None:
    """Return the next row of a segment, None when the piece holds no whole row or more than one."""
    try:
        row = stream.decompress(piece, size)
    except zlib.error:
        return None
    return row if len(row) == size and not stream.unconsumed_tail and not stream.eof else None


def _block(series: tuple[Series, ...], rows: list[bytes]) -> Block:
    width = 1 + len(series)
    shuffled = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), WORD, width)
    words = np.ascontiguousarray(shuffled.transpose(0, 2, 1)).view("<u8").reshape(len(rows), width)
    words = np.bitwise_xor.accumulate(words, axis=0)
    return Block(series, words[:, 0].astype(np.int64), np.ascontiguousarray(words[:, 1:]).view("<f8"))


def _joined(parts: list[tuple[Times, Values]]) -> tuple[Times, Values]:
    times = np.concatenate([each for each, _ in parts])
    values = np.concatenate([each for _, each in parts])
    # Of equal times, the last one in the file comes last in a stable order, and is the one that is kept.
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    kept = np.append(times[1:] != times[:-1], [True]) if times.size else np.zeros(0, bool)
    return times[kept], values[kept]
