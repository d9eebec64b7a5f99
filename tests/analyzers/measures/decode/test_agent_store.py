from __future__ import annotations

import math
import zlib
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agent.daemon.history_store import ROWS_IN_A_SEGMENT, HistoryStore
from analyzers.measures.decode.agent_frames import (
    MAGIC,
    MOST_BODY,
    ROW,
    SEGMENT,
    Damage,
    Segment,
    Series,
    framed,
    frames,
    segment_body,
    segment_of,
)
from analyzers.measures.decode.agent_store import blocks, read_series

LOAD = Series("node_load1")
IDLE = Series("node_cpu_seconds_total", (("cpu", "all"), ("mode", "idle")))
MINUTE = 60_000
names = st.builds(
    Series,
    st.text("abc_", min_size=1, max_size=8),
    st.dictionaries(st.text("de", min_size=1, max_size=3), st.text(max_size=5), max_size=2).map(
        lambda labels: tuple(sorted(labels.items()))
    ),
)
finite = st.floats(allow_nan=False, allow_infinity=False)


def written(folder: Path, rows: list[tuple[int, dict[Series, float]]]) -> bytes:
    store = HistoryStore(folder, kept=1 << 60)
    for moment, values in rows:
        assert store.append(moment, values)
    store.close()
    return store.path.read_bytes()


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 1 << 50), st.dictionaries(names, finite, min_size=1, max_size=6)), min_size=1
    )
)
def test_what_is_written_is_read_bit_for_bit(tmp_path_factory, rows: list[tuple[int, dict[Series, float]]]) -> None:
    damage = Damage()
    found = [
        (int(time), {series: float(value) for series, value in zip(block.series, row, strict=True)})
        for block in blocks(written(tmp_path_factory.mktemp("store"), rows), damage)
        for time, row in zip(block.times, block.values, strict=True)
    ]
    assert found == rows
    assert damage.bytes == 0


def steady(count: int, start: int = 0) -> list[tuple[int, dict[Series, float]]]:
    return [((start + at) * MINUTE, {LOAD: at / 7, IDLE: 1000.0 + at * 55}) for at in range(count)]


def test_series_are_whole_across_segments(tmp_path: Path) -> None:
    data = written(tmp_path, steady(ROWS_IN_A_SEGMENT * 2 + 5))
    found = read_series(data)
    times, values = found[LOAD]
    assert list(times) == [at * MINUTE for at in range(ROWS_IN_A_SEGMENT * 2 + 5)]
    assert list(values) == [at / 7 for at in range(ROWS_IN_A_SEGMENT * 2 + 5)]
    assert set(found) == {LOAD, IDLE}


def test_only_what_is_wanted_between_two_times(tmp_path: Path) -> None:
    found = read_series(written(tmp_path, steady(10)), lambda each: each.name == "node_load1", 3 * MINUTE, 5 * MINUTE)
    assert {series: list(times) for series, (times, _) in found.items()} == {LOAD: [3 * MINUTE, 4 * MINUTE]}


def test_a_row_that_was_not_measured_is_left_out(tmp_path: Path) -> None:
    data = written(
        tmp_path, [(0, {LOAD: 1.0, IDLE: 2.0}), (1, {LOAD: math.nan, IDLE: math.inf}), (2, {LOAD: 3.0, IDLE: 4.0})]
    )
    found = read_series(data)
    assert list(found[LOAD][1]) == [1.0, 3.0]
    assert list(found[IDLE][0]) == [0, 2]


def test_a_clock_that_is_set_back_writes_over_what_it_said(tmp_path: Path) -> None:
    data = written(tmp_path, [(5, {LOAD: 1.0}), (9, {LOAD: 2.0}), (5, {LOAD: 3.0}), (6, {LOAD: 4.0})])
    times, values = read_series(data)[LOAD]
    assert (list(times), list(values)) == ([5, 6, 9], [3.0, 4.0, 2.0])


@given(cut=st.integers(0, 3000))
def test_a_cut_end_costs_the_last_row_alone(tmp_path_factory, cut: int) -> None:
    data = written(tmp_path_factory.mktemp("store"), steady(30))
    ends = [frame.end for frame in frames(data) if frame.kind == ROW]
    cut = min(cut, len(data))
    whole = sum(end <= cut for end in ends)
    assert sum(len(block.times) for block in blocks(data[:cut])) == whole


@given(at=st.integers(len(MAGIC), 1 << 20), value=st.integers(1, 255))
def test_a_bad_byte_costs_no_other_segment(tmp_path_factory, at: int, value: int) -> None:
    rows = steady(ROWS_IN_A_SEGMENT * 3)
    data = bytearray(written(tmp_path_factory.mktemp("store"), rows))
    at = len(MAGIC) + at % (len(data) - len(MAGIC))
    data[at] ^= value
    damage = Damage()
    found = [time for block in blocks(bytes(data), damage) for time in block.times]
    assert set(found) <= {moment for moment, _ in rows}
    assert len(found) >= ROWS_IN_A_SEGMENT * 2
    assert damage.bytes > 0


@given(noise=st.binary(max_size=400))
def test_nonsense_is_damage_and_no_crash(noise: bytes) -> None:
    damage = Damage()
    assert list(blocks(MAGIC + noise, damage)) == []
    assert damage.bytes == len(noise)


@given(body=st.binary(max_size=200), kind=st.sampled_from([SEGMENT, ROW]))
def test_whole_frames_of_nonsense_give_no_row(body: bytes, kind: bytes) -> None:
    start = framed(SEGMENT, segment_body(Segment(0, (LOAD,))))
    for block in blocks(MAGIC + start + framed(kind, body) + framed(ROW, body)):
        assert block.values.shape[1] == len(block.series)


def test_a_bomb_does_not_unfold() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = bomb.compress(bytes(50 << 20)) + bomb.flush(zlib.Z_SYNC_FLUSH)
    data = MAGIC + framed(SEGMENT, segment_body(Segment(0, (LOAD,)))) + framed(ROW, piece)
    assert list(blocks(data)) == []
    assert segment_of(zlib.compress(b"[" * (10 << 20))) is None
    assert segment_of(zlib.compress(b'{"start": 0, "series": [["a", {"b": 1}]]}')) is None


def test_a_frame_says_no_length_beyond_the_bound() -> None:
    assert list(frames(MAGIC + b"pR" + (MOST_BODY + 1).to_bytes(4, "little") + bytes(4))) == []


def test_what_two_runs_wrote_is_one_history(tmp_path: Path) -> None:
    written(tmp_path, steady(10))
    data = written(tmp_path, steady(10, start=10))
    assert len(read_series(data)[LOAD][0]) == 20


def test_shapes_and_types(tmp_path: Path) -> None:
    (block,) = blocks(written(tmp_path, steady(4)))
    assert (block.times.dtype, block.values.dtype) == (np.int64, np.float64)
    assert block.values.shape == (4, 2)
    assert block.series == (IDLE, LOAD)
