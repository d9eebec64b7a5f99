"""The little of Protocol Buffers that remote read needs: a request out, fields in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5

_LITERAL = 60 << 2
_LONGEST_VARINT = 10


def varint(number: int) -> bytes:
    """Return a number from 0 to 2^64 - 1 as a varint."""
    found = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return a varint and where what follows it begins.

    Raises
    ------
    ValueError
        It does not end before `end`, or is too long.
    """
    if at < end and data[at] < 0x80:  # noqa: PLR2004 - the bit that says that more follows
        return data[at], at + 1
    found = 0
    for index, byte in enumerate(data[at : min(end, at + _LONGEST_VARINT)]):
        found |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004 - the same
            return found, at + index + 1
    message = "a number is cut"
    raise ValueError(message)


def fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the fields of a message: number, and where the value begins and ends.

    Raises
    ------
    ValueError
        The message is broken.
    """
    while at < end:
        tag, at = read_varint(data, at, end)
        kind = tag & 7
        if kind == VARINT:
            size = read_varint(data, at, end)[1] - at
        elif kind == BYTES:
            size, at = read_varint(data, at, end)
        else:
            size = {FIXED64: 8, FIXED32: 4}.get(kind, end)
        if size > end - at:
            message = "a field is cut"
            raise ValueError(message)
        yield tag >> 3, at, at + size
        at += size


def message_field(number: int, body: bytes) -> bytes:
    """Return a field that holds bytes or another message."""
    return varint(number << 3 | BYTES) + varint(len(body)) + body


def number_field(number: int, value: int) -> bytes:
    """Return a field that holds a number; negative ones as 64 bits in two's complement."""
    return varint(number << 3 | VARINT) + varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def snappy(body: bytes) -> bytes:
    """Return a body in the block format of Snappy, as literals: nothing is made smaller.

    Format: https://github.com/google/snappy/blob/main/format_description.txt
    """
    borders = [*range(0, len(body), 1 << 16), len(body)]
    return varint(len(body)) + b"".join(_literal(body[begin:end]) for begin, end in pairwise(borders))


def _literal(part: bytes) -> bytes:
    size = len(part) - 1
    return bytes([_LITERAL + 4]) + size.to_bytes(2, "little") + part


_OPERATORS = {"=": 0, "!=": 1, "=~": 2, "!~": 3}
STREAMED_XOR_CHUNKS = 1


def read_request(matchers: Iterable[tuple[str, str, str]], start: int, end: int) -> bytes:
    """Return a ``prometheus.ReadRequest`` that asks for streamed chunks, and for nothing else.

    Parameters
    ----------
    matchers
        Label, operator as in PromQL, value.
    start, end
        Milliseconds since the epoch; both ends belong to the window.
    """
    query = number_field(1, start) + number_field(2, end)
    for name, operator, value in matchers:
        matcher = number_field(1, _OPERATORS[operator])
        matcher += message_field(2, name.encode()) + message_field(3, value.encode())
        query += message_field(3, matcher)
    return message_field(1, query) + number_field(2, STREAMED_XOR_CHUNKS)
