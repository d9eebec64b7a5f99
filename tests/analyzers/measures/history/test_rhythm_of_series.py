"""Days and weeks found where they are, and nowhere else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.measures.history.grid import Grid
from analyzers.measures.history.rhythm import hourly, rhythms

DAYS = 28
HOURS = np.arange(DAYS * 24)


def noise(seed=0, size=1.0):
    return np.random.default_rng(seed).normal(0, size, len(HOURS))


def of(series):
    return rhythms(np.asarray(series, float)[None])[0]


def test_a_day_is_strong_and_told():
    found = of(10 * np.sin(HOURS / 24 * 2 * np.pi) + noise())
    assert found.day > 0.9
    assert found.week < 0.2
    assert found.mase < 1


def test_a_week_is_strong_where_sundays_differ():
    sunday = (HOURS // 24 % 7 == 6) * -8.0
    found = of(10 + sunday + noise())
    assert found.day < 0.2
    assert found.week > 0.8


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_no_rhythm(seed):
    found = of(noise(seed))
    assert found.day < 0.1
    assert found.week < 0.25


def test_what_wanders_is_not_told():
    steps = np.random.default_rng(3).normal(size=(40, len(HOURS))).cumsum(axis=1)
    assert np.median([each.mase for each in rhythms(steps)]) > 0.6


def test_a_short_history_is_not_known():
    found = rhythms(noise()[None, :48])[0]
    assert (found.day, found.week, found.mase) == (None, None, None)
    assert rhythms(noise()[None, : 9 * 24])[0].week is None


def test_a_flat_series_has_no_rhythm_and_no_error():
    found = of(np.full(len(HOURS), 7.0))
    assert found.day == 0
    assert found.mase is None


@given(power=st.integers(-20, 20), shift=st.integers(-5, 5))
@settings(max_examples=20, deadline=None)
def test_units_change_nothing(power, shift):
    series = 3 * np.sin(HOURS / 24 * 2 * np.pi) + noise(1)
    one, other = of(series), of((series + shift) * 2.0**power)
    assert other.day == pytest.approx(one.day, abs=1e-3)
    assert other.mase == pytest.approx(one.mase, abs=1e-3)


def test_one_day_of_trouble_does_not_make_the_others_less_told():
    series = 3 * np.sin(HOURS / 24 * 2 * np.pi) + noise(1, 0.3)
    broken = series.copy()
    broken[-60:-50] += 100
    assert of(broken).mase < 1


def test_hours_begin_at_midnight_and_skip_what_is_missing():
    rows = np.array([[1, 3, np.nan, np.nan, 5, 7]], dtype=np.float32)
    found = hourly(rows, Grid(2 * 3_600_000, 1_800_000, 6))
    assert found.shape == (1, 24)
    assert found[0, 2] == 2
    assert np.isnan(found[0, 3])
    assert found[0, 4] == 6
    assert np.isnan(found[0, [0, 1, 5]]).all()


def test_threads_hear_no_warning_of_series_without_values():
    holes = np.full((30, len(HOURS)), np.nan)
    holes[::2, :300] = noise()[:300]
    alone = rhythms(holes)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(rhythms, [holes] * 40))
    assert together == [alone] * 40
