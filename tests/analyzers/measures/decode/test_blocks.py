"""Blocks: from rows in any order, with repetitions, to series whose timestamps rise."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.decode.block import STALE_BITS, Block, Incomplete, joined, tidy

STALE = float(np.array([STALE_BITS], np.int64).view(np.float64)[0])
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.lists(st.tuples(st.integers(0, 30), st.sampled_from([1.0, 2.0, math.inf, math.nan, STALE])), max_size=8),
    ),
    max_size=6,
)


def block(rows: list[tuple[str, list[tuple[int, float]]]], window: tuple[int, int], *, markers: bool = True) -> Block:
    flat = [sample for _, samples in rows for sample in samples]
    bits = np.array([moment for moment, _ in flat], np.int64), np.array([value for _, value in flat], np.float64)
    return tidy([{"n": name} for name, _ in rows], [len(each) for _, each in rows], *bits, window, markers=markers)


def is_stale(value: float) -> bool:
    return bool(np.array([value]).view(np.int64)[0] == STALE_BITS)


@given(ROWS, st.integers(0, 30), st.integers(0, 30))
def test_each_series_has_its_first_samples_inside_the_window(
    rows: list[tuple[str, list[tuple[int, float]]]], start: int, end: int
) -> None:
    first: dict[str, dict[int, float]] = {}
    for name, samples in rows:
        for moment, value in samples:
            if start <= moment <= end:
                first.setdefault(name, {}).setdefault(moment, value)
    found = {each.labels["n"]: each for each in block(rows, (start, end))}
    assert set(found) == set(first)
    for name, samples_of in first.items():
        kept = {moment: value for moment, value in sorted(samples_of.items()) if not is_stale(value)}
        assert found[name].timestamps.tolist() == list(kept)
        assert [str(each) for each in found[name].values] == [str(each) for each in kept.values()]
        ended = found[name].ended
        assert ended is not None
        assert ended.tolist() == sorted(moment for moment, value in samples_of.items() if is_stale(value))


@given(ROWS, st.integers(0, 30))
def test_two_windows_joined_are_the_whole(rows: list[tuple[str, list[tuple[int, float]]]], middle: int) -> None:
    whole = block(rows, (0, 30))
    parts = joined([block(rows, (0, middle)), block(rows, (middle + 1, 30))])
    by_name = {each.labels["n"]: each for each in parts}
    assert {each.labels["n"] for each in whole} == set(by_name)
    for each in whole:
        other = by_name[each.labels["n"]]
        assert each.timestamps.tolist() == other.timestamps.tolist()
        assert each.values.tobytes() == other.values.tobytes()
        assert each.ended is not None
        assert other.ended is not None
        assert each.ended.tolist() == other.ended.tolist()


def test_what_is_incomplete_in_one_window_is_in_the_whole() -> None:
    said = Incomplete(reason="partial", detail="a store is down")
    one, two = block([("a", [(1, 1.0)])], (0, 9)), block([("a", [(11, 1.0)])], (10, 19))
    whole = joined([Block(**{**fields(one), "incomplete": (said,)}), Block(**{**fields(two), "step": 5})])
    assert whole.incomplete == (said,)
    assert whole.step == 5
    assert (whole.start, whole.end) == (0, 19)


def fields(one: Block) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}


def test_back_ends_without_markers_say_that_they_cannot_tell() -> None:
    found = block([("a", [(1, 1.0)])], (0, 9), markers=False)
    assert found.ended is None
    assert found[0].ended is None


def test_all_nans_have_the_same_bits() -> None:
    odd = np.array([0x7FF8000000000001, 0x7FF8000000000000, -1], np.int64).view(np.float64)
    found = tidy([{"n": "a"}], [3], np.array([1, 2, 3]), odd, (0, 9), markers=False)
    assert len(set(found.values.view(np.int64).tolist())) == 1
