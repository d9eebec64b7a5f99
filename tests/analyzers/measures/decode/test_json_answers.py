"""JSON of queries and exports: the numbers that were written, or a refusal."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.decode.block import Block, Incomplete
from analyzers.measures.decode.export import block_of_lines
from analyzers.measures.decode.matrix import UnreadableError, block_of, matrix

EVER = (0, 1 << 50)
MOMENTS = st.lists(st.integers(0, 4_000_000_000_000), min_size=1, max_size=20, unique=True).map(sorted)
VALUES = st.floats(allow_nan=False)


def word(value: float) -> str:
    return "NaN" if math.isnan(value) else {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, repr(value))


def answer(rows: list[tuple[dict[str, str], list[tuple[int, float]]]], **more: object) -> bytes:
    result = [
        {"metric": labels, "values": [[moment / 1000, word(value)] for moment, value in samples]}
        for labels, samples in rows
    ]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}, **more}).encode()


def samples(found: Block) -> list[tuple[int, str]]:
    return [(int(moment), float(value).hex()) for moment, value in zip(found.timestamps, found.values, strict=True)]


@given(MOMENTS, st.data())
def test_a_matrix_is_what_was_written_bit_for_bit(moments: list[int], data: st.DataObject) -> None:
    pairs = [(each, data.draw(VALUES)) for each in moments]
    found = block_of([matrix(answer([({"__name__": "up"}, pairs)]))], EVER)
    assert samples(found) == [(moment, value.hex()) for moment, value in pairs]


@given(MOMENTS, st.data())
def test_an_export_is_what_was_written_bit_for_bit(moments: list[int], data: st.DataObject) -> None:
    pairs = [(each, data.draw(VALUES.filter(math.isfinite))) for each in moments]
    line = {"metric": {"__name__": "up"}, "values": [v for _, v in pairs], "timestamps": [m for m, _ in pairs]}
    found = block_of_lines(json.dumps(line).encode() + b"\n", EVER)
    assert samples(found) == [(moment, value.hex()) for moment, value in pairs]


def test_what_json_cannot_say_is_read_as_servers_say_it() -> None:
    pairs = [(1000, math.nan), (2000, math.inf), (3000, -math.inf), (4000, 1e-320)]
    found = block_of([matrix(answer([({"__name__": "up"}, pairs)]))], EVER)
    assert [word(each) for each in found.values.tolist()] == ["NaN", "+Inf", "-Inf", "1e-320"]
    line = b'{"metric":{},"values":[null,"Infinity","-Infinity",1],"timestamps":[1,2,3,4]}'
    assert [word(each) for each in block_of_lines(line, EVER).values.tolist()] == ["NaN", "+Inf", "-Inf", "1.0"]


def test_windows_of_one_series_become_one_series() -> None:
    labels = {"__name__": "up", "job": "node"}
    others = {"__name__": "up", "job": "other"}
    first = matrix(answer([(labels, [(1000, 1.0), (2000, 2.0)]), (others, [(1000, 9.0)])]))
    second = matrix(answer([(labels, [(2000, 2.0), (3000, 3.0)])]))
    found = block_of([first, second], EVER)
    assert found.labels == (labels, others)
    assert found[0].timestamps.tolist() == [1000, 2000, 3000]


def test_warnings_are_kept_unless_they_are_about_the_query() -> None:
    body = answer([], warnings=["store 10.0.0.1 is down", "PromQL info: metric might not be a counter"], isPartial=True)
    found = block_of([matrix(body)], EVER)
    partial = Incomplete(reason="partial", detail="the server says that its answer is partial")
    assert found.incomplete == (Incomplete(reason="partial", detail="store 10.0.0.1 is down"), partial)


def test_native_histograms_are_counted() -> None:
    row = {"metric": {"__name__": "h"}, "histograms": [[1, {"count": "1"}]]}
    body = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [row]}}).encode()
    found = block_of([matrix(body)], EVER)
    assert found.histograms == 1
    assert len(found) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"<html>",
        b'{"status":"error","error":"no"}',
        b'{"status":"success"}',
        b'{"status":"success","data":{"resultType":"vector","result":[]}}',
        b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}',
        b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}}',
        b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,',
        b"[" * 100_000,
    ],
)
def test_what_is_no_matrix_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        matrix(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"metric":{},"values":[1,2],"timestamps":[1]}',
        b'{"metric":{},"values":["x"],"timestamps":[1]}',
        b'{"metric":{},"values":[1],"timestamps":[1.5]}',
        b'{"metric":{},"values":[1],"timestamps":[99999999999999999999]}',
        b'{"metric":{},"values":[1,',
    ],
)
def test_what_is_no_export_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        block_of_lines(body, EVER)
