"""Frames of an agent's own history, ``pasencore.store/1``: read and written without any library.

A file is `MAGIC`, then frames. A frame is two letters that say its kind, the length of its body, the body's CRC-32
(both 32 bits, little endian), and the body.

``pS`` starts a segment: its body is JSON, compressed (zlib): ``{"start": milliseconds, "series": [[name, {label:
value}], ...]}``. A stream of raw deflate starts with it.

``pR`` is one row of the segment before it: the next bytes of that stream, flushed so that what came so far can be
decompressed (Z_SYNC_FLUSH). A decompressed row has 8 * (1 + number of series) bytes: the time in milliseconds
(unsigned, 64 bits) and one float64 a series (NaN: not measured then), little endian, each exclusive-or'd with the same
word of the row before it in the segment (the first with zeros), then shuffled: all first bytes, all second bytes, ...

A writer that is killed leaves a cut frame at the end; damage elsewhere costs the rows up to the next segment.
"""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MAGIC = b"pasencore.store/1\n"
SEGMENT, ROW = b"pS", b"pR"
HEAD = struct.Struct("<2sII")
WORD = 8
MOST_BODY = 1 << 20
"""No writer makes a longer body: a length beyond it is damage."""

MOST_SERIES = 4096


class Frame(NamedTuple):
    """One whole frame; `end` is where the next one starts."""

    kind: bytes
    body: bytes
    start: int
    end: int


class Series(NamedTuple):
    """Name and labels of a stored series; the labels are sorted pairs."""

    name: str
    labels: tuple[tuple[str, str], ...] = ()


class Segment(NamedTuple):
    """What a segment says first: the time of its first row in milliseconds since 1970, and its columns."""

    start: int
    series: tuple[Series, ...]


@dataclass(slots=True)
class Damage:
    """Bytes of a store that could not be read: a cut end, or what somebody else wrote into it."""

    bytes: int = 0


def framed(kind: bytes, body: bytes) -> bytes:
    """Return a frame."""
    return HEAD.pack(kind, len(body), zlib.crc32(body)) + body


def segment_body(segment: Segment) -> bytes:
    """Return the body that starts a segment."""
    said = {"start": segment.start, "series": [[each.name, dict(each.labels)] for each in segment.series]}
    return zlib.compress(json.dumps(said, separators=(",", ":")).encode(), 9)


def segment_of(body: bytes) -> Segment | None:
    """Return what a segment says, None when the body is none."""
    try:
        plain = zlib.decompressobj().decompress(body, MOST_BODY)
        said = json.loads(plain)
        start = said["start"]
        found = tuple(Series(_text(name), _labels(labels)) for name, labels in said["series"])
    except (zlib.error, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Segment(start, found) if isinstance(start, int) and len(found) <= MOST_SERIES else None


def frames(data: bytes | mmap.mmap, damage: Damage | None = None) -> Iterator[Frame]:
    """Yield the whole frames of a store, the magic left out; what is damaged is skipped up to the next segment."""
    at = len(MAGIC) if data[: len(MAGIC)] == MAGIC else 0
    while at < len(data):
        frame = _frame(data, at)
        if frame is not None:
            yield frame
            at = frame.end
            continue
        following = _next_segment(data, at + 1)
        if damage is not None:
            damage.bytes += following - at
        at = following


def _frame(data: bytes | mmap.mmap, at: int) -> Frame | None:
    if len(data) - at < HEAD.size:
        return None
    kind, length, check = HEAD.unpack_from(data, at)
    start = at + HEAD.size
    if kind not in {SEGMENT, ROW} or length > MOST_BODY or length > len(data) - start:
        return None
    body = bytes(data[start : start + length])
    return Frame(kind, body, at, start + length) if zlib.crc32(body) == check else None


def _next_segment(data: bytes | mmap.mmap, at: int) -> int:
    """Return where the next whole segment frame starts, the end where there is none."""
    while (at := data.find(SEGMENT, at)) >= 0:
        if _frame(data, at) is not None:
            return at
        at += 1
    return len(data)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _labels(value: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((_text(name), _text(each)) for name, each in value.items()))
