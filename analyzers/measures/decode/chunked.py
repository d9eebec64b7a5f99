"""An answer of remote read in streamed chunks (``prometheus.ChunkedReadResponse`` frames): bytes to a block.

Frame: length as a varint, CRC-32C of the message (four bytes, the highest first), message. See
https://github.com/prometheus/prometheus/blob/main/storage/remote/chunked.go and prompb/remote.proto.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from analyzers.measures.decode import lockstep
from analyzers.measures.decode.block import Block, Labels, tidy
from analyzers.measures.decode.checksum import crc32c
from analyzers.measures.decode.matrix import UnreadableError
from analyzers.measures.decode.protobuf import fields, read_varint

XOR = 1
_SERIES, _LABEL, _CHUNK = 1, 1, 2
_KIND, _DATA = 3, 4
_SUM_BYTES = 4
_USUAL_CHUNK = re.compile(
    rb"\x12([\x80-\xff]*[\x00-\x7f])"
    rb"\x08[\x80-\xff]*[\x00-\x7f]\x10[\x80-\xff]*[\x00-\x7f]\x18\x01\x22([\x80-\xff]*[\x00-\x7f])",
    re.DOTALL,
)
"""Fields of a chunk of plain numbers in the order in which servers write them: much faster than field by field."""


@dataclass(slots=True)
class _Found:
    """Where chunks stand in the bytes; `labels` of each series, and the index of its `first` chunk."""

    starts: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    labels: list[Labels] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    histograms: set[tuple[tuple[str, str], ...]] = field(default_factory=set)


def block_of_chunks(body: bytes, window: tuple[int, int], external: Mapping[str, str] | None = None) -> Block:
    """Return the series of a whole answer.

    Parameters
    ----------
    body
        All frames.
    window
        Whole chunks are sent: samples outside are taken out.
    external
        Labels that the server adds to all its series: taken out where they have that very value.

    Raises
    ------
    UnreadableError
        A frame is cut, or not what its checksum says, or holds what makes no sense.
    """
    found = _Found()
    hidden = dict(external or {})
    data = np.frombuffer(body + bytes(lockstep.PADDING), np.uint8)
    try:
        for start, end in _frames(body, data):
            _message(body, start, end, hidden, found)
        timestamps, values, counts = lockstep.chunks(
            data, np.array(found.starts, np.int64), np.array(found.sizes, np.int64)
        )
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    each = np.add.reduceat(counts, found.first) if found.first else counts
    block = tidy(found.labels, each, timestamps, values.view(np.float64), window, markers=True)
    return replace(block, histograms=len(found.histograms))


def _frames(body: bytes, data: lockstep.Bytes) -> list[tuple[int, int]]:
    """Return where messages are, once their checksums are found right."""
    spans, at = [], 0
    while at < len(body):
        size, at = read_varint(body, at, len(body))
        at += _SUM_BYTES
        if size > len(body) - at:
            message = "the last frame is cut"
            raise ValueError(message)
        spans.append((at, at + size))
        at += size
    starts = np.array([start for start, _ in spans], np.int64)
    sums = crc32c(data[: len(body)], starts, np.array([end - start for start, end in spans], np.int64))
    told = [int.from_bytes(body[start - _SUM_BYTES : start], "big") for start, _ in spans]
    if sums.tolist() != told:
        message = "a frame is not what its checksum says"
        raise ValueError(message)
    return spans


@lru_cache(maxsize=1 << 14)
def _number(text: bytes) -> int:
    return read_varint(text, 0, len(text))[0]


def _message(body: bytes, start: int, end: int, hidden: Mapping[str, str], found: _Found) -> None:
    for number, begin, stop in fields(body, start, end):
        if number == _SERIES:
            _series(body, begin, stop, hidden, found)


def _series(body: bytes, start: int, end: int, hidden: Mapping[str, str], found: _Found) -> None:
    labels: dict[str, str] = {}
    before, odd, at = len(found.starts), False, start
    while at < end:
        usual = _USUAL_CHUNK.match(body, at, end)
        if usual is not None:
            begin, size = usual.end(), _number(usual[2])
            if begin - usual.end(1) + size == _number(usual[1]) and size <= end - begin:
                found.starts.append(begin)
                found.sizes.append(size)
                at = begin + size
                continue
        number, begin, at = next(fields(body, at, end))
        if number == _CHUNK:
            odd |= not _chunk(body, begin, at, found)
        elif number == _LABEL:
            texts = {which: body[first:last].decode() for which, first, last in fields(body, begin, at)}
            name, value = texts.get(1, ""), texts.get(2, "")
            if hidden.get(name) != value:
                labels[name] = value
    if odd:
        found.histograms.add(tuple(sorted(labels.items())))
    if len(found.starts) > before:
        found.labels.append(labels)
        found.first.append(before)


def _chunk(body: bytes, start: int, end: int, found: _Found) -> bool:
    """Take a chunk in, and tell whether it is one of plain numbers."""
    kind, begin, stop = 0, start, start
    for number, first, last in fields(body, start, end):
        if number == _KIND:
            kind, _ = read_varint(body, first, last)
        elif number == _DATA:
            begin, stop = first, last
    if kind == XOR:
        found.starts.append(begin)
        found.sizes.append(stop - begin)
    return kind == XOR
