"""Requests of remote read, and the fields of messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.decode.protobuf import (
    fields,
    message_field,
    number_field,
    read_request,
    read_varint,
    snappy,
    varint,
)


@given(st.integers(0, (1 << 64) - 1))
def test_varints_come_back(number: int) -> None:
    text = varint(number)
    assert read_varint(text + b"rest", 0, len(text) + 4) == (number, len(text))


@given(st.integers(0, 1 << 20), st.binary(max_size=200))
def test_fields_come_back(number: int, body: bytes) -> None:
    text = number_field(1, number) + message_field(7, body) + b"\x19" + bytes(8) + b"\x25" + bytes(4)
    found = [(which, text[begin:end]) for which, begin, end in fields(text, 0, len(text))]
    assert found == [(1, varint(number)), (7, body), (3, bytes(8)), (4, bytes(4))]


@pytest.mark.parametrize("text", [b"\x08", b"\x08" + b"\xff" * 11, b"\x12\x05ab", b"\x0b", b"\x19\0"])
def test_broken_messages_are_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="cut"):
        list(fields(text, 0, len(text)))


def unsnappy(data: bytes) -> bytes:
    """Read literals as the format's description says."""
    size, at = read_varint(data, 0, len(data))
    found = b""
    while at < len(data):
        tag = data[at]
        assert tag & 3 == 0
        extra = (tag >> 2) - 59
        length = int.from_bytes(data[at + 1 : at + 1 + extra], "little") + 1
        at += 1 + extra
        found += data[at : at + length]
        at += length
    assert len(found) == size
    return found


@pytest.mark.parametrize("size", [0, 1, 59, 60, 61, 65_535, 65_536, 65_537, 200_000])
def test_literals_hold_the_body(size: int) -> None:
    body = bytes(each % 251 for each in range(size))
    assert unsnappy(snappy(body)) == body


def test_a_request_is_what_the_schema_says() -> None:
    """As ``protoc --encode=prometheus.ReadRequest`` writes it."""
    found = read_request([("job", "=~", "a|b")], -1, 5)
    query = b"\x08" + b"\xff" * 9 + b"\x01" + b"\x10\x05" + b"\x1a\x0c" + b"\x08\x02" + b"\x12\x03job" + b"\x1a\x03a|b"
    assert found == b"\x0a" + bytes([len(query)]) + query + b"\x10\x01"
