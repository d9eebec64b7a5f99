"""The parts against what they say, written out slowly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.measures.anomaly.rank import unit
from analyzers.measures.anomaly.reconstruction import unexplained
from analyzers.measures.anomaly.residual import AROUND, departure, hole, jump
from analyzers.measures.anomaly.scale import standard, standard_so_far
from analyzers.measures.anomaly.season import without_day
from analyzers.measures.anomaly.smooth import spread
from analyzers.measures.anomaly.windows import Sums, counts

HOUR = 3600


def noise(seed, length=300):
    return np.random.default_rng(seed).normal(size=(2, length))


@given(seed=st.integers(0, 99), first=st.integers(-20, 20), width=st.integers(0, 20))
@settings(deadline=None)
def test_means_are_those_of_the_points_that_exist(seed, first, width):
    values = noise(seed, 50)
    last = first + width
    inside = [[t + k for k in range(first, last + 1) if 0 <= t + k < 50] for t in range(50)]
    slow = [[row[each].mean() if each else 0 for each in inside] for row in values]
    np.testing.assert_allclose(Sums(values, 40).mean(first, last), slow, atol=1e-12)
    assert counts(50, first, last).tolist() == [len(each) for each in inside]


@pytest.mark.parametrize("width", [1, 3, 4])
def test_a_hole_is_the_inside_against_both_sides(width):
    values = noise(1)
    t = 150
    before, after, reach = width // 2, (width - 1) // 2, AROUND * width
    inside = values[:, t - before : t + after + 1]
    around = np.concatenate(
        [values[:, t - before - reach : t - before], values[:, t + after + 1 : t + after + 1 + reach]], axis=1
    )
    found = hole(Sums(values, (AROUND + 1) * width), width)[:, t]
    np.testing.assert_allclose(found, np.abs(inside.mean(axis=1) - around.mean(axis=1)), rtol=1e-5)


@pytest.mark.parametrize("width", [1, 3])
def test_a_departure_is_the_last_against_what_came_before(width):
    values = noise(2)
    t = 150
    now, before = values[:, t - width + 1 : t + 1], values[:, t - width * (1 + AROUND) + 1 : t - width + 1]
    found = departure(Sums(values, (AROUND + 1) * width), width)
    np.testing.assert_allclose(found[:, t], np.abs(now.mean(axis=1) - before.mean(axis=1)))
    assert not found[:, :width].any()


def test_a_jump_is_the_first_difference():
    assert jump(np.array([[3.0, 5.0, 1.0]])).tolist() == [[0, 2, 4]]


def test_standard_counts_in_usual_sizes():
    deviation = np.ones((1, 1000))
    assert standard(deviation)[0, 0] == pytest.approx(1 / (1.4826 + 0.05))
    assert not standard(np.zeros((1, 10))).any()


@given(seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_a_lonely_deviation_stays_under_its_bound(seed):
    deviation = np.zeros((1, 2000))
    deviation[0, 40 + seed * 10] = 3.0
    found = standard_so_far(deviation)
    assert 0 < found.max() <= np.sqrt(2000) / 0.05
    assert np.count_nonzero(found) == 1


def test_a_series_that_became_noisier_is_judged_by_its_new_noise():
    deviation = np.abs(np.random.default_rng(0).normal(size=(1, 8000)))
    deviation[:, 4000:] *= 10
    found = standard_so_far(deviation)[0]
    assert np.median(found[5500:]) < 2 * np.median(found[1000:4000])
    assert np.median(found[4000:4032]) > 5 * np.median(found[1000:4000])


def test_a_daily_profile_is_taken_away():
    day = np.sin(2 * np.pi * np.arange(24 * 10) / 24)
    values = np.stack([day, np.random.default_rng(0).normal(size=240)])
    found = without_day(values, HOUR)
    assert found is not None
    assert np.abs(found[0]).max() < 1e-9


def test_a_profile_that_explains_nothing_is_not_used():
    walk = np.random.default_rng(0).normal(size=(1, 2400)).cumsum(axis=1)
    walk -= np.median(walk)
    np.testing.assert_array_equal(without_day(walk, HOUR), walk)


@pytest.mark.parametrize(("points", "step"), [(71, HOUR), (0, HOUR), (1000, 86400), (1000, 86400 * 10)])
def test_under_three_days_there_is_no_profile(points, step):
    assert without_day(np.zeros((1, points)), step) is None


def test_components_redraw_a_wave_and_not_a_spike():
    values = np.sin(2 * np.pi * np.arange(2000) / 200)[None].astype(np.float32)
    values[0, 1000] += 3
    found = unexplained(values)[0]
    assert np.median(found) < 0.1
    assert 980 <= found.argmax() <= 1020
    assert found.max() > 1


def test_a_series_shorter_than_its_windows_is_not_redrawn():
    assert not unexplained(noise(0, 100)).any()


def test_what_is_spread_keeps_its_peak_and_its_mass():
    scores = np.zeros((1, 5000))
    scores[0, 2500] = 1
    found = spread(scores)
    assert found.argmax() == 2500
    assert found.sum() == pytest.approx(4)


@given(seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_units_have_median_0_and_size_1(seed):
    found = unit(noise(seed, 999) * 7 + 3)
    assert np.abs(np.median(found, axis=1)).max() < 0.01
    low, high = np.quantile(found, (0.05, 0.95), axis=1)
    np.testing.assert_allclose(high - low, 1, atol=0.05)
