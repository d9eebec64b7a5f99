"""An answer of remote read in streamed chunks (``prometheus.ChunkedReadResponse`` frames): bytes to a block.

Frame: length as a varint, CRC-32C of the message (four bytes, the highest first), message. See
https://github.com/prometheus/prometheus/blob/main/storage/remote/chunked.go and prompb/remote.proto.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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


@dataclass(slots=True)
class _Found:
    """Chunks as they stand in the bytes."""

    starts: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    labels: list[Labels] = field(default_factory=list)
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
    block = tidy(found.labels, counts, timestamps, values.view(np.float64), window, markers=True)
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


def _message(body: bytes, start: int, end: int, hidden: Mapping[str, str], found: _Found) -> None:
    for number, begin, stop in fields(body, start, end):
        if number == _SERIES and stop >= 0:
            _series(body, begin, stop, hidden, found)


def _series(body: bytes, start: int, end: int, hidden: Mapping[str, str], found: _Found) -> None:
    labels: dict[str, str] = {}
    for number, begin, stop in fields(body, start, end):
        if number == _LABEL and stop >= 0:
            texts = {which: body[first:last].decode() for which, first, last in fields(body, begin, stop) if last >= 0}
            name, value = texts.get(1, ""), texts.get(2, "")
            if hidden.get(name) != value:
                labels[name] = value
        elif number == _CHUNK and stop >= 0:
            _chunk(body, begin, stop, labels, found)


def _chunk(body: bytes, start: int, end: int, labels: Labels, found: _Found) -> None:
    kind, begin, stop = 0, start, start
    for number, first, last in fields(body, start, end):
        if number == _KIND and last < 0:
            kind = first
        elif number == _DATA and last >= 0:
            begin, stop = first, last
    if kind == XOR:
        found.starts.append(begin)
        found.sizes.append(stop - begin)
        found.labels.append(labels)
    else:
        found.histograms.add(tuple(sorted(labels.items())))
