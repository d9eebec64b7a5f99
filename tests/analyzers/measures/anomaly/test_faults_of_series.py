from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.anomaly.faults import missing, resets, runs, stuck

NAN = float("nan")
STEP = 60


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ([], []),
        ([0, 0], []),
        ([1], [(0, 0)]),
        ([0, 1, 1, 0, 1], [(1, 2), (4, 4)]),
        ([1, 1, 1], [(0, 2)]),
    ],
)
def test_runs(where, found):
    assert runs(np.array(where, dtype=bool)) == found


@given(st.lists(st.booleans(), max_size=60))
def test_runs_rebuild_what_they_were_read_from(where):
    rebuilt = np.zeros(len(where), dtype=bool)
    for first, last in runs(np.array(where, dtype=bool)):
        rebuilt[first : last + 1] = True
    assert rebuilt.tolist() == where


def test_missing_is_what_is_not_finite():
    assert missing(np.array([1.0, NAN, float("inf"), 0.0])).tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("counter", "found"),
    [
        ([], []),
        ([5, 5, 6], []),
        ([5, 6, 0, 1], [2]),
        ([5, NAN, 2, 3], [2]),
        ([NAN, 3, NAN, NAN, 2.5], [4]),
        ([3, 2, 1], [1, 2]),
        ([NAN, NAN], []),
    ],
)
def test_a_counter_that_falls_started_again(counter, found):
    assert np.flatnonzero(resets(np.array(counter, dtype=float))).tolist() == found


@given(st.lists(st.integers(0, 100), max_size=50))
def test_a_counter_that_only_grows_never_starts_again(steps):
    assert not resets(np.cumsum(np.array(steps, dtype=float))).any()


def lively(length=2000):
    return np.random.default_rng(0).normal(size=length)


def test_a_series_that_froze_is_stuck_after_an_hour():
    values = lively()
    values[1500:1700] = values[1500]
    assert runs(stuck(values, STEP, 1000)) == [(1560, 1699)]


def test_a_series_that_often_stands_still_needs_to_stand_longer():
    values = lively()
    values[300:400] = 7.0
    values[1500:1900] = 7.0
    assert not stuck(values, STEP, 1000).any()
    values[1500:1950] = 7.0
    assert runs(stuck(values, STEP, 1000)) == [(1900, 1949)]


@pytest.mark.parametrize("train", [0, 1, 1000])
def test_what_was_always_constant_is_not_stuck(train):
    assert not stuck(np.full(2000, 3.0), STEP, train).any()


def test_a_constant_with_gaps_is_not_stuck():
    values = np.full(2000, 3.0)
    values[100::200] = NAN
    assert not stuck(values, STEP, 80).any()


def test_a_gap_is_missing_not_stuck():
    values = lively()
    values[1500:1700] = NAN
    assert not stuck(values, STEP, 1000).any()


@given(at=st.integers(1001, 1999))
def test_stuck_knows_the_past_only(at):
    values = lively()
    values[1200:1800] = 1.0
    later = values.copy()
    later[at:] = 9.0
    assert (stuck(values, STEP, 1000)[:at] == stuck(later, STEP, 1000)[:at]).all()
