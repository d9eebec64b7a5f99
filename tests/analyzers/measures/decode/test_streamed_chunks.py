"""Chunks: decoders equal a plain encoder on any series, and bytes that are not right never become numbers."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.decode import lockstep
from analyzers.measures.decode.block import STALE_BITS
from analyzers.measures.decode.checksum import SEGMENT, crc32c
from analyzers.measures.decode.chunked import block_of_chunks
from analyzers.measures.decode.matrix import UnreadableError
from analyzers.measures.decode.protobuf import message_field, number_field
from tests.analyzers.measures.decode import gorilla

NAN_BITS = 0x7FF8000000000001
EVER = (-(1 << 62), 1 << 62)


def bits_of(value: float) -> int:
    return int(struct.unpack(">Q", struct.pack(">d", value))[0])


VALUES = st.one_of(
    st.floats(width=64).map(bits_of),
    st.integers(0, 100).map(float).map(bits_of),
    st.sampled_from([0, 1, 1 << 63, (1 << 64) - 1, NAN_BITS, STALE_BITS, bits_of(math.inf)]),
)
STEPS = st.one_of(
    st.sampled_from([60_000, 60_001, 59_999, 1, 15_000]),
    st.integers(1, 1 << 21),
    st.integers(1, 1 << 40),
)


@st.composite
def chunks(draw: st.DrawFn) -> list[tuple[int, int]]:
    steps = draw(st.lists(STEPS, max_size=40))
    moment = draw(st.one_of(st.integers(-(1 << 50), 1 << 50), st.just(1_700_000_000_000)))
    moments = [moment]
    for step in steps:
        moments.append(moments[-1] + step)
    return [(each, draw(VALUES)) for each in moments]


def placed(parts: list[bytes]) -> tuple[lockstep.Bytes, lockstep.Ints, lockstep.Ints]:
    sizes = np.array([len(each) for each in parts], np.int64)
    data = np.frombuffer(b"".join(parts) + bytes(lockstep.PADDING), np.uint8)
    return data, np.cumsum(sizes) - sizes, sizes


@given(st.lists(chunks(), max_size=6))
def test_chunks_are_what_was_encoded(many: list[list[tuple[int, int]]]) -> None:
    timestamps, values, counts = lockstep.chunks(*placed([gorilla.chunk(each) for each in many]))
    assert counts.tolist() == [len(each) for each in many]
    assert timestamps.tolist() == [moment for each in many for moment, _ in each]
    assert values.tolist() == [word for each in many for _, word in each]


def test_an_empty_chunk_holds_nothing() -> None:
    timestamps, _, counts = lockstep.chunks(*placed([b"\0\0", gorilla.chunk([(5, 7)])]))
    assert counts.tolist() == [0, 1]
    assert timestamps.tolist() == [5]


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5))
def test_garbage_ends_in_an_error_or_in_as_many_samples_as_it_claims(many: list[bytes]) -> None:
    try:
        timestamps, values, counts = lockstep.chunks(*placed(many))
    except ValueError:
        return
    assert len(timestamps) == len(values) == counts.sum()
    assert counts.tolist() == [int.from_bytes(each[:2], "big") for each in many]


@given(chunks().filter(lambda each: len(each) > 3), st.data())
def test_a_chunk_that_is_cut_is_refused(samples: list[tuple[int, int]], data: st.DataObject) -> None:
    whole = gorilla.chunk(samples)
    cut = whole[: data.draw(st.integers(0, len(whole) - 2))]
    with pytest.raises(ValueError, match="broken"):
        lockstep.chunks(*placed([cut]))


@given(st.lists(st.binary(max_size=3 * SEGMENT), max_size=5), st.binary(max_size=3))
def test_checksums_are_those_of_castagnoli(many: list[bytes], between: bytes) -> None:
    data, starts, sizes = b"", [], []
    for each in many:
        data += between + b"\xff\x00\xaa\x55"
        starts.append(len(data))
        sizes.append(len(each))
        data += each
    found = crc32c(np.frombuffer(data, np.uint8), np.array(starts, np.int64), np.array(sizes, np.int64))
    assert found.tolist() == [gorilla.crc32c(each) for each in many]


def test_the_checksum_of_the_standard() -> None:
    """The check value of CRC-32C in RFC 3720's catalogue."""
    found = crc32c(np.frombuffer(b"....123456789", np.uint8), np.array([4]), np.array([9]))
    assert found.tolist() == [0xE3069283]


def minutes(first: int, count: int, value: float = 1.5) -> list[tuple[int, int]]:
    return [(60_000 * (first + each), bits_of(value + each)) for each in range(count)]


def test_one_series_over_several_frames_is_one_series() -> None:
    labels = {"__name__": "up", "job": "node"}
    body = gorilla.frame(gorilla.series(labels, [gorilla.chunk(minutes(0, 5))]))
    body += gorilla.frame(gorilla.series(labels, [gorilla.chunk(minutes(5, 5))]))
    block = block_of_chunks(body, EVER)
    assert block.labels == (labels,)
    assert block.timestamps.tolist() == [60_000 * each for each in range(10)]


def test_chunks_that_overlap_give_each_sample_once() -> None:
    parts = [gorilla.chunk(minutes(0, 6, 10.0)), gorilla.chunk(minutes(4, 6, 20.0))]
    block = block_of_chunks(gorilla.frame(gorilla.series({"__name__": "up"}, parts)), EVER)
    assert block.timestamps.tolist() == [60_000 * each for each in range(10)]
    assert block.values.tolist() == [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 22.0, 23.0, 24.0, 25.0]


def test_samples_outside_the_window_are_trimmed_and_both_ends_belong_to_it() -> None:
    body = gorilla.frame(
        gorilla.series({"__name__": "a"}, [gorilla.chunk(minutes(0, 10))]),
        gorilla.series({"__name__": "b"}, [gorilla.chunk(minutes(20, 10))]),
    )
    block = block_of_chunks(body, (120_000, 300_000))
    assert block.labels == ({"__name__": "a"},)
    assert block.timestamps.tolist() == [120_000, 180_000, 240_000, 300_000]


def test_stale_markers_say_that_a_series_ended_and_are_no_samples() -> None:
    samples = [(0, bits_of(1.0)), (60_000, STALE_BITS), (120_000, NAN_BITS), (180_000, bits_of(math.inf))]
    body = gorilla.frame(gorilla.series({"__name__": "up"}, [gorilla.chunk(samples)]))
    (found,) = block_of_chunks(body, EVER)
    assert found.timestamps.tolist() == [0, 120_000, 180_000]
    assert found.values[0] == 1.0
    assert math.isnan(found.values[1])
    assert math.isinf(found.values[2])
    assert found.ended is not None
    assert found.ended.tolist() == [60_000]


def test_external_labels_are_taken_out_only_where_they_are_the_servers() -> None:
    chunk = [gorilla.chunk(minutes(0, 1))]
    body = gorilla.frame(
        gorilla.series({"__name__": "up", "cluster": "bench"}, chunk),
        gorilla.series({"__name__": "up", "cluster": "other"}, chunk),
    )
    block = block_of_chunks(body, EVER, {"cluster": "bench"})
    assert block.labels == ({"__name__": "up"}, {"__name__": "up", "cluster": "other"})


def test_native_histograms_are_left_out_and_counted() -> None:
    chunk = gorilla.chunk(minutes(0, 2))
    body = gorilla.frame(gorilla.series({"__name__": "h"}, [chunk, chunk], gorilla.HISTOGRAM))
    body += gorilla.frame(gorilla.series({"__name__": "up"}, [chunk]))
    block = block_of_chunks(body, EVER)
    assert block.histograms == 1
    assert block.labels == ({"__name__": "up"},)


def test_an_answer_without_frames_has_no_series() -> None:
    assert len(block_of_chunks(b"", EVER)) == 0


BODY = gorilla.frame(gorilla.series({"__name__": "up", "job": "node"}, [gorilla.chunk(minutes(0, 30))]))


@given(st.integers(1, len(BODY) - 1))
def test_half_a_frame_is_refused(length: int) -> None:
    with pytest.raises(UnreadableError):
        block_of_chunks(BODY[:length], EVER)


@given(st.integers(0, 8 * len(BODY) - 1))
def test_a_flipped_bit_is_refused(position: int) -> None:
    flipped = bytearray(BODY)
    flipped[position // 8] ^= 1 << position % 8
    with pytest.raises(UnreadableError):
        block_of_chunks(bytes(flipped), EVER)


@given(st.binary(max_size=80))
def test_messages_that_make_no_sense_are_refused_or_empty(message: bytes) -> None:
    """With a right checksum: a server that is broken, not a cable."""
    body = gorilla.varint(len(message)) + gorilla.crc32c(message).to_bytes(4, "big") + message
    try:
        block = block_of_chunks(body, EVER)
    except UnreadableError:
        return
    assert block.samples <= 8 * len(message)


def test_fields_in_another_order_or_unknown_change_nothing() -> None:
    chunk = gorilla.chunk(minutes(0, 3))
    turned = message_field(4, chunk) + number_field(9, 300) + number_field(3, gorilla.XOR)
    labels = gorilla.series({"__name__": "up"}, [])
    body = gorilla.frame(number_field(7, 1) + message_field(2, turned) + b"\x2d" + bytes(4) + labels)
    (found,) = block_of_chunks(body, EVER)
    assert found.labels == {"__name__": "up"}
    assert found.timestamps.tolist() == [0, 60_000, 120_000]
