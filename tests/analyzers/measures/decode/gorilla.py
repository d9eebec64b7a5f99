"""A plain encoder of chunks, bit by bit, and of what a server frames them in: what decoders are held against."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from analyzers.measures.decode.protobuf import message_field, number_field, varint

Samples = Sequence[tuple[int, int]]
"""Milliseconds, and the bits of the value."""

XOR, HISTOGRAM = 1, 2


class Bits:
    def __init__(self) -> None:
        self.written: list[str] = []

    def put(self, value: int, width: int) -> None:
        self.written.append(format(value & ((1 << width) - 1), f"0{width}b"))

    def varint(self, value: int) -> None:
        for byte in varint(value):
            self.put(byte, 8)

    def done(self) -> bytes:
        text = "".join(self.written)
        text += "0" * (-len(text) % 8)
        return int(text or "0", 2).to_bytes(len(text) // 8, "big")


def chunk(samples: Samples) -> bytes:
    """Return a chunk as Prometheus writes it."""
    bits = Bits()
    before = delta = value = 0
    window: tuple[int, int] | None = None
    for index, (moment, word) in enumerate(samples):
        if index == 0:
            bits.varint(((moment << 1) ^ (moment >> 63)) & (1 << 64) - 1)
            bits.put(word, 64)
        else:
            step = moment - before
            if index == 1:
                bits.varint(step)
            else:
                _put_delta(bits, step - delta)
            delta = step
            window = _put_value(bits, word ^ value, window)
        before, value = moment, word
    return struct.pack(">H", len(samples)) + bits.done()


def _put_delta(bits: Bits, change: int) -> None:
    if change == 0:
        bits.put(0, 1)
        return
    for prefix, length, width in ((0b10, 2, 14), (0b110, 3, 17), (0b1110, 4, 20)):
        if -(1 << (width - 1)) + 1 <= change <= 1 << (width - 1):
            bits.put(prefix, length)
            bits.put(change, width)
            return
    bits.put(0b1111, 4)
    bits.put(change, 64)


def _put_value(bits: Bits, difference: int, window: tuple[int, int] | None) -> tuple[int, int] | None:
    if difference == 0:
        bits.put(0, 1)
        return window
    bits.put(1, 1)
    leading = min(31, 64 - difference.bit_length())
    trailing = (difference & -difference).bit_length() - 1
    if window is not None and leading >= window[0] and trailing >= window[1]:
        bits.put(0, 1)
        bits.put(difference >> window[1], 64 - window[0] - window[1])
        return window
    width = 64 - leading - trailing
    bits.put(1, 1)
    bits.put(leading, 5)
    bits.put(width & 63, 6)
    bits.put(difference >> trailing, width)
    return leading, trailing


def crc32c(data: bytes) -> int:
    """Return the checksum, bit by bit."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def series(labels: Mapping[str, str], chunks: Sequence[bytes], kind: int = XOR) -> bytes:
    """Return a ``prometheus.ChunkedSeries``."""
    texts = (message_field(1, name.encode()) + message_field(2, value.encode()) for name, value in labels.items())
    body = b"".join(message_field(1, each) for each in texts)
    for each in chunks:
        body += message_field(
            2, number_field(1, 0) + number_field(2, 1) + number_field(3, kind) + message_field(4, each)
        )
    return body


def frame(*many: bytes) -> bytes:
    """Return a frame with series."""
    message = b"".join(message_field(1, each) for each in many) + number_field(2, 0)
    return varint(len(message)) + crc32c(message).to_bytes(4, "big") + message
