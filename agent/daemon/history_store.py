"""The writer of the agent's own history: one file, appended to a row at a time, bounded in time and size.

A row is in the file as soon as it is written: a killed agent loses none, a power cut those that the kernel had not
yet put on the disk. The format is told in `analyzers.measures.decode.agent_frames`.
"""

from __future__ import annotations

import contextlib
import math
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

from analyzers.measures.decode.agent_frames import (
    MAGIC,
    MOST_SERIES,
    ROW,
    SEGMENT,
    WORD,
    Segment,
    Series,
    framed,
    frames,
    segment_body,
    segment_of,
)

NAME = "history.store"
KEPT_MILLISECONDS = 28 * 86_400_000
MOST_BYTES = 64 << 20
"""Some four times what a host of a hundred series fills in 28 days."""

ROWS_IN_A_SEGMENT = 240
"""Four hours: what is lost when one byte in the middle goes bad."""

_SLACK_MILLISECONDS = 86_400_000
"""The file is written anew once a day, not at each row that grew too old."""

_SURE_ROWS = 60
"""A clock that jumps ahead for less than these many rows deletes nothing."""

_COPIED = 64 << 10
_WINDOW_BITS = 13
"""Eight KiB hold some ten rows: enough for what repeats, and small in memory."""


class HistoryStore:
    """One file of rows. Opens it at the first row.

    Parameters
    ----------
    folder
        Where the file lives; it must exist.

    Attributes
    ----------
    lost
        Rows that could not be written.
    """

    def __init__(self, folder: Path, kept: int = KEPT_MILLISECONDS, most_bytes: int = MOST_BYTES) -> None:
        self.path = folder / NAME
        self.lost = 0
        self._kept, self._most_bytes = kept, most_bytes
        self._file = -1
        self._end = 0
        self._oldest: int | None = None
        self._series: tuple[Series, ...] = ()
        self._rows = 0
        self._before = 0
        self._rows_too_old = 0
        self._stream = zlib.compressobj()

    def append(self, milliseconds: int, values: Mapping[Series, float]) -> bool:
        """Write one row; return whether it is in the file. What came before stays whole either way."""
        series = tuple(sorted(values))[:MOST_SERIES]
        try:
            self._open(milliseconds)
            piece = b""
            if series != self._series or not 0 < self._rows < ROWS_IN_A_SEGMENT:
                piece = self._start(milliseconds, series)
            self._write(piece + framed(ROW, self._packed(milliseconds, [values[each] for each in series])))
            self._rows += 1
            self._bound(milliseconds)
        except (OSError, ValueError):
            # ValueError: somebody made the file shorter between two looks at it.
            self.lost += 1
            self.close()
            return False
        return True

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._series, self._rows = -1, (), 0

    def _open(self, now: int) -> None:
        """Open the file; what is no store is set aside, a cut end is left: readers step over it."""
        if self._file >= 0:
            return
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = os.open(self.path, flags, 0o600)
        self._end = os.fstat(self._file).st_size
        if self._end and os.pread(self._file, len(MAGIC), 0) != MAGIC:
            os.rename(self.path, self.path.with_suffix(".unreadable"))  # noqa: PTH104 - raises OSError alike
            os.close(self._file)
            self._file, self._end = os.open(self.path, flags, 0o600), 0
        if not self._end:
            self._write(MAGIC)
        self._oldest = self._first_start(now)

    def _start(self, now: int, series: tuple[Series, ...]) -> bytes:
        self._series, self._rows, self._before = series, 0, 0
        self._stream = zlib.compressobj(6, zlib.DEFLATED, -_WINDOW_BITS, 5)
        with contextlib.suppress(OSError):
            os.fdatasync(self._file)
        return framed(SEGMENT, segment_body(Segment(now, series)))

    def _packed(self, milliseconds: int, values: list[float]) -> bytes:
        plain = struct.pack(
            f"<Q{len(values)}d", milliseconds, *(each if math.isfinite(each) else math.nan for each in values)
        )
        words = int.from_bytes(plain, "little")
        changed = (words ^ self._before).to_bytes(len(plain), "little")
        self._before = words
        shuffled = b"".join(changed[at::WORD] for at in range(WORD))
        return self._stream.compress(shuffled) + self._stream.flush(zlib.Z_SYNC_FLUSH)

    def _write(self, data: bytes) -> None:
        """Append all of it or none.

        Raises
        ------
        OSError
            When the disk is full or gone.
        """
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._file, view) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._end)
            raise
        self._end += len(data)

    def _bound(self, now: int) -> None:
        """Write the file anew without its oldest segments once they are a day too old, or the file is too large."""
        old = self._oldest is not None and self._oldest < now - self._kept - _SLACK_MILLISECONDS
        self._rows_too_old = self._rows_too_old + 1 if old else 0
        if self._rows_too_old < _SURE_ROWS and self._end <= self._most_bytes:
            return
        self._rows_too_old = 0
        start = self._kept_from(now - self._kept)
        temporary = self.path.with_suffix(".tmp")
        with contextlib.ExitStack() as closing:
            new = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            closing.callback(os.close, new)
            try:
                _write_all(new, MAGIC)
                for at in range(start, self._end, _COPIED):
                    _write_all(new, os.pread(self._file, min(_COPIED, self._end - at), at))
                os.fsync(new)
                os.replace(temporary, self.path)  # noqa: PTH105 - raises OSError alike
            except OSError:
                with contextlib.suppress(OSError):
                    temporary.unlink()
                raise
        self.close()

    def _kept_from(self, cutoff: int) -> int:
        """Return where the segment starts in which the kept time begins, or the first that leaves enough room."""
        kept = None
        with mmap.mmap(self._file, self._end, prot=mmap.PROT_READ) as data:
            for frame in frames(data):
                segment = segment_of(frame.body) if frame.kind == SEGMENT else None
                if segment is None or self._end - frame.start > self._most_bytes * 3 // 4:
                    continue
                if kept is not None and segment.start > cutoff:
                    break
                kept = frame.start
        return self._end if kept is None else kept

    def _first_start(self, now: int) -> int:
        if self._end <= len(MAGIC):
            return now
        with mmap.mmap(self._file, min(self._end, _COPIED), prot=mmap.PROT_READ) as data:
            for frame in frames(data):
                segment = segment_of(frame.body) if frame.kind == SEGMENT else None
                if segment is not None:
                    return segment.start
        return now


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
