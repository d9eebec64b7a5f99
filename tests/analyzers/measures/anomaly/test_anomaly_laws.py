"""What every score promises, whatever the series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analyzers.measures.anomaly import event, host, ranking
from analyzers.measures.anomaly.hosts import host_event, host_unusual

STEP = 60
BY_SERIES = [ranking, event]
ALL = [ranking, event, host, host_event, host_unusual]
CAUSAL = [event, host_event, host_unusual]

points = st.integers(0, 300)
arrays = hnp.arrays(np.float32, st.tuples(st.integers(1, 4), points), elements=st.integers(-50, 50).map(float))


def some(seed, series=3, length=700):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(series, length)).cumsum(axis=1).astype(np.float32)


@pytest.mark.parametrize("score", ALL)
@given(values=arrays)
@settings(max_examples=30, deadline=None)
def test_scores_are_in_0_1_and_finite(score, values):
    found = score(values, STEP, values.shape[1] // 2)
    assert np.isfinite(found).all()
    assert found.size == 0 or (found.min() >= 0 and found.max() < 1)


@pytest.mark.parametrize("score", ALL)
@given(value=st.floats(-1e6, 1e6, width=32), length=points)
@settings(max_examples=20, deadline=None)
def test_a_constant_series_has_no_anomaly(score, value, length):
    assert not score(np.full((2, length), value, dtype=np.float32), STEP, length // 2).any()


@pytest.mark.parametrize("score", ALL)
@given(seed=st.integers(0, 99), power=st.integers(-20, 20), shift=st.integers(-8, 8))
@settings(max_examples=15, deadline=None)
def test_units_change_nothing(score, seed, power, shift):
    values = some(seed)
    other = values.astype(np.float64) * 2.0**power + shift * 2.0**power
    np.testing.assert_allclose(score(other, STEP, 300), score(values, STEP, 300), atol=2e-3)


@pytest.mark.parametrize("score", CAUSAL)
@given(seed=st.integers(0, 99), at=st.integers(1, 699), change=st.floats(-1e6, 1e6, width=32))
@settings(max_examples=40, deadline=None)
def test_what_comes_later_changes_no_score(score, seed, at, change):
    values = some(seed)
    later = values.copy()
    later[:, at:] = later[:, at:] * -3 + change
    np.testing.assert_array_equal(score(values, STEP, 300)[..., :at], score(later, STEP, 300)[..., :at])


@pytest.mark.parametrize("score", CAUSAL)
@given(seed=st.integers(0, 99), at=st.integers(1, 699))
@settings(max_examples=20, deadline=None)
def test_a_shorter_history_scores_alike(score, seed, at):
    values = some(seed)
    np.testing.assert_allclose(score(values[:, :at], STEP, 0), score(values, STEP, 0)[..., :at], rtol=1e-5)


@pytest.mark.parametrize("score", [ranking, host])
def test_a_centred_score_is_not_causal(score):
    values = some(1)
    later = values.copy()
    later[:, 400:] += 50
    assert (score(values, STEP, 300)[..., :400] != score(later, STEP, 300)[..., :400]).any()


@pytest.mark.parametrize("score", [host, host_event])
@given(seed=st.integers(0, 99), value=st.floats(-1e6, 1e6, width=32), series=st.integers(1, 7), flat=st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_a_flat_series_adds_nothing_to_a_host(score, seed, value, series, flat):
    values = some(seed, series, 400)
    with_flat = np.concatenate([np.full((flat, 400), value, dtype=np.float32), values])
    np.testing.assert_array_equal(score(with_flat, STEP, 200), score(values, STEP, 200))


@pytest.mark.parametrize("score", [host, host_event])
@given(seed=st.integers(0, 99), order=st.permutations(range(6)))
@settings(max_examples=15, deadline=None)
def test_the_order_of_series_is_no_matter_to_a_host(score, seed, order):
    values = some(seed, 6, 400)
    np.testing.assert_allclose(score(values[order], STEP, 200), score(values, STEP, 200), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("score", BY_SERIES)
@given(seed=st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_series_do_not_know_each_other(score, seed):
    values = some(seed, 11)
    alone = np.concatenate([score(each[None], STEP, 300) for each in values])
    np.testing.assert_allclose(score(values, STEP, 300), alone, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("score", ALL)
def test_a_series_without_a_value_has_no_anomaly(score):
    assert not score(np.full((2, 200), np.nan, dtype=np.float32), STEP, 100).any()


def test_a_gap_scores_0_as_an_event():
    values = some(3)
    values[:, 400:410] = np.nan
    assert not event(values, STEP, 300)[:, 400:410].any()


@pytest.mark.parametrize("score", ALL)
@pytest.mark.parametrize(
    ("shape", "step", "train", "said"),
    [
        ((5,), 60, 0, "dimensions"),
        ((1, 5), 0, 0, "positive"),
        ((1, 5), -60, 0, "positive"),
        ((1, 5), float("nan"), 0, "positive"),
        ((1, 5), 60, 6, "0 to 5"),
        ((1, 5), 60, -1, "0 to 5"),
    ],
)
def test_what_is_impossible_is_refused(score, shape, step, train, said):
    with pytest.raises(ValueError, match=said):
        score(np.zeros(shape, dtype=np.float32), step, train)
