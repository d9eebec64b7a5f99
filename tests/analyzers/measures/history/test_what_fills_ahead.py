"""When free space is used up, from hourly means of what is left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.history.ahead import ahead

DISK = "node_filesystem_avail_bytes"
DAYS = 28


def falling(left: float, a_day: float, days: int = DAYS) -> np.ndarray:
    """Return hours that end with `left` on the mean of the last day."""
    day = np.repeat(np.arange(days)[::-1], 24)
    return left + a_day * day


@pytest.mark.parametrize("name", ["node_load1", "node_cpu_seconds_total", "node_filesystem_size_bytes"])
def test_only_what_is_free_empties(name):
    assert ahead(name, falling(1e9, 1e6)) is None


@given(left=st.floats(1e6, 1e12), days=st.floats(1, 300))
def test_a_straight_fall_ends_when_it_must(left, days):
    found = ahead(DISK, falling(left, left / days))
    assert found is not None
    assert found.days_until_empty == pytest.approx(days, rel=0.01, abs=0.1)
    assert found.slope == pytest.approx(-left / days, rel=1e-6, abs=1e-3)
    assert found.free == pytest.approx(left, rel=1e-6)
    assert found.days == DAYS


@pytest.mark.parametrize("a_day", [0.0, -1e6])
def test_what_does_not_fall_never_empties(a_day):
    found = ahead("node_memory_MemAvailable_bytes", falling(1e9, a_day))
    assert found is not None
    assert found.days_until_empty is None


def test_a_day_that_has_begun_is_left_out():
    hours = falling(1e9, 1e7)
    hours[-20:] = np.nan
    hours[-24:-20] = 1.0
    found = ahead(DISK, hours)
    assert found is not None
    assert found.days == DAYS - 1
    assert found.free == pytest.approx(1e9 + 1e7)


@pytest.mark.parametrize("days", [1, 13])
def test_under_two_weeks_nothing_is_told(days):
    assert ahead(DISK, falling(1e9, 1e6, days)) is None


def test_nothing_known_is_nothing_told():
    assert ahead(DISK, np.full(DAYS * 24, np.nan)) is None
