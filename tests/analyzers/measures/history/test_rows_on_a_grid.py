"""Samples on a grid: gauges, rates of counters with their resets, and what is missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.history.grid import Grid, gauge_row, grid_of, is_counter, rate_row, resets_of
from analyzers.measures.history.quality import wholeness

MINUTE = 60_000
GRID = Grid(0, MINUTE, 10)


def at(*minutes):
    return np.array([round(each * MINUTE) for each in minutes], np.int64)


def values(*given):
    return np.array(given, np.float64)


def test_a_gauge_keeps_the_last_sample_of_each_step():
    row = gauge_row(at(0, 0.5, 3), values(1, 2, 5), GRID)
    assert row[0] == 2
    assert row[3] == 5
    assert np.isnan(row).sum() == 8


def test_a_counter_becomes_a_rate_a_second():
    row = rate_row(at(0, 1, 2), values(0, 60, 180), GRID)
    assert row[1:3].tolist() == [1, 2]
    assert np.isnan(row[0])


def test_a_counter_that_falls_began_again_from_zero():
    row = rate_row(at(0, 1, 2), values(600, 30, 90), GRID)
    assert row[1:3].tolist() == [0.5, 1]
    assert resets_of(values(600, 30, 90, 10)) == 2


def test_a_rate_over_a_long_silence_is_not_known():
    row = rate_row(at(0, 1, 9), values(0, 60, 120), GRID)
    assert row[1] == 1
    assert np.isnan(row[9])


def test_what_is_no_number_is_no_reset():
    assert resets_of(values(1, np.nan, 2)) == 0
    assert rate_row(at(0, 1, 2), values(0, np.nan, 120), GRID)[2] == 1


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=10))
def test_no_rate_is_negative(grown):
    row = rate_row(at(*range(len(grown))), values(*grown), GRID)
    assert (row[np.isfinite(row)] >= 0).all()


@pytest.mark.parametrize("name", ["http_requests_total", "x_seconds_count", "x_seconds_sum", "x_bucket"])
def test_counters_are_known_by_their_name(name):
    assert is_counter(name)
    assert not is_counter("node_load1")


@pytest.mark.parametrize(("interval", "step"), [(None, 60_000), (15, 60_000), (60, 60_000), (300, 300_000)])
def test_the_grid_is_in_whole_minutes(interval, step):
    grid = grid_of(90_000, 10 * MINUTE, interval)
    assert grid.step == step
    assert grid.start % step == 0
    assert grid.start <= 90_000
    assert grid.start + grid.points * grid.step > 10 * MINUTE


def test_gaps_are_counted_and_late_scrapes_are_none():
    found = wholeness(at(0, 1, 2.2, 3, 4, 14, 15, 16), values(*range(8)))
    assert found.interval == 60
    assert found.gaps == 1
    assert found.longest == 600
    assert found.missing == pytest.approx(9 / 17)
    assert not found.constant


def test_one_sample_has_no_interval():
    found = wholeness(at(3), values(5))
    assert found.interval is None
    assert found.constant
