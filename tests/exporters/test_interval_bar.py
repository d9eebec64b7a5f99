from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.screen.bar import BEYOND, MARK, POSSIBLE, PROVED, drawn


@pytest.mark.parametrize(
    ("low", "high", "bar", "shown"),
    [
        (0, 100, 60, "[░░░░░░│░░░░]"),
        (100, 100, 60, "[██████│████]"),
        (42, 79, 60, "[████░░│░░··]"),
        (60, 60, 60, "[██████│····]"),
        (59.99, 59.99, 60, "[█████░│····]"),
        (0, 0, 70, "[·······│···]"),
        (30, 50, None, "[███░░·····] "),
        (30, 50, 0, "[│███░░·····]"),
        (30, 50, 100, "[███░░·····│]"),
    ],
)
def test_bars(low: float, high: float, bar: float | None, shown: str) -> None:
    assert drawn(low, high, bar, 10).plain == shown


SCORE = st.floats(min_value=0, max_value=100)


@given(SCORE, SCORE, SCORE, st.integers(min_value=1, max_value=60))
def test_a_bar_never_boasts_and_keeps_its_width(one: float, other: float, bar: float, cells: int) -> None:
    low, high = sorted((one, other))
    shown = drawn(low, high, bar, cells).plain
    assert len(shown) == cells + 3
    proved, possible = shown.count(PROVED), shown.count(POSSIBLE)
    assert proved + possible + shown.count(BEYOND) == cells
    assert shown.count(MARK) == 1
    assert proved * 100 <= low * cells + 1e-6
    assert (proved + possible) * 100 >= high * cells - 1e-6
