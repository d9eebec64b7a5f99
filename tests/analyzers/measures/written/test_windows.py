"""Hours that people agree on."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.written.windows import inside, read_window

MONDAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "within", "outside"),
    [
        ("Mon-Fri 08:00-19:00", [(0, 8), (4, 18)], [(0, 7), (0, 19), (5, 10)]),
        ("lun-ven 8h-19h", [(0, 8), (4, 18)], [(0, 19), (6, 10)]),
        ("lundi au vendredi 8h30 à 18h30", [(0, 8), (4, 18)], [(4, 19), (5, 9)]),
        ("Sat 22:00-04:00", [(5, 22), (6, 3)], [(5, 4), (6, 4), (5, 21)]),
        ("Sat-Mon 00:00-24:00", [(5, 0), (6, 12), (0, 23)], [(1, 0), (4, 23)]),
        ("24x7", [(day, hour) for day in range(7) for hour in range(24)], []),
        ("8x5", [(0, 8), (4, 15)], [(0, 16), (5, 10)]),
    ],
)
def test_windows_are_understood(text: str, within: list[tuple[int, int]], outside: list[tuple[int, int]]) -> None:
    window = read_window(text)
    assert window is not None
    assert all(window.holds(MONDAY + dt.timedelta(days=day), hour) for day, hour in within)
    assert not any(window.holds(MONDAY + dt.timedelta(days=day), hour) for day, hour in outside)


@pytest.mark.parametrize("text", ["", "office hours", "Foo-Bar 08:00-19:00", "Mon-Fri", "Mon-Fri 08:00-99:00", "☃"])
def test_what_is_not_understood_is_none(text: str) -> None:
    assert read_window(text) is None


@given(st.text(max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    read_window(text)


def test_every_hour_must_be_inside_some_window() -> None:
    office, night = read_window("Mon-Fri 08:00-19:00"), read_window("Mon 22:00-23:00")
    assert office is not None
    assert night is not None
    assert inside([office, night], MONDAY, (9, 22))
    assert not inside([office], MONDAY, (9, 22))
    assert inside([], MONDAY, ())
