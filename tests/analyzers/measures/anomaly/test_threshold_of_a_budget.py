from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.measures.anomaly import event, ranking, threshold
from analyzers.measures.anomaly.budget import SPENT, WEEK_SECONDS, levels
from analyzers.measures.anomaly.episodes import alerts_sent, episodes

STEP = 300
WEEK = int(WEEK_SECONDS / STEP)
DAY = WEEK // 7


def noise(seed, weeks=2):
    return np.random.default_rng(seed).beta(1, 30, size=weeks * WEEK)


def seasonal(seed, weeks=4):
    rng = np.random.default_rng(seed)
    day = 10 * np.sin(2 * np.pi * np.arange(weeks * WEEK) / DAY)
    return (day + rng.normal(size=weeks * WEEK)).astype(np.float32)[None]


@given(seed=st.integers(0, 99), budgets=st.lists(st.floats(0.01, 100), min_size=2, max_size=5))
@settings(max_examples=25, deadline=None)
def test_a_larger_budget_never_raises_the_threshold(seed, budgets):
    found = [threshold(noise(seed), STEP, budget) for budget in sorted(budgets)]
    assert found == sorted(found, reverse=True)


@given(seed=st.integers(0, 99), budget=st.floats(0.01, 20))
@settings(max_examples=25, deadline=None)
def test_the_history_itself_keeps_to_what_it_may_spend(seed, budget):
    scores = noise(seed)
    assert alerts_sent(scores, threshold(scores, STEP, budget), STEP) <= max(1, SPENT * budget * 2)


@given(seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_a_threshold_is_a_score(seed):
    scores = noise(seed)
    assert scores.min() <= threshold(scores, STEP, 1) <= scores.max()


@pytest.mark.parametrize("budget", [1, 3, 10])
def test_unseen_noise_sends_about_what_was_asked(budget):
    sent = []
    for seed in range(12):
        scores = noise(seed, weeks=6)
        sent.append(alerts_sent(scores[2 * WEEK :], threshold(scores[: 2 * WEEK], STEP, budget), STEP) / 4)
    assert 0.5 * budget <= np.median(sent) <= 3 * budget


def test_a_flat_history_never_alerts():
    assert alerts_sent(np.zeros(WEEK), threshold(np.zeros(WEEK), STEP, 1), STEP) == 0


def test_levels_go_down_from_the_maximum():
    scores = noise(1)
    found = levels(scores)
    assert found[0] == scores.max()
    assert (np.diff(found) < 0).all()


@pytest.mark.parametrize(
    ("scores", "step", "budget", "said"),
    [
        (np.zeros(0), 60, 1, "finite scores"),
        (np.zeros((2, 5)), 60, 1, "finite scores"),
        (np.array([0.1, np.nan]), 60, 1, "finite scores"),
        (np.zeros(5), 0, 1, "positive"),
        (np.zeros(5), 60, 0, "positive"),
        (np.zeros(5), 60, -1, "positive"),
    ],
)
def test_what_is_impossible_is_refused(scores, step, budget, said):
    with pytest.raises(ValueError, match=said):
        threshold(scores, step, budget)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("length", "size"), [(1, 15), (1, -15), (DAY, 25), (12, -20)], ids=["spike", "dip", "step", "hole"]
)
def test_what_was_planted_is_found_at_the_budget(seed, length, size):
    values = seasonal(seed)
    train, at = 2 * WEEK, 3 * WEEK + 100
    values[:, at : at + length] += size
    scores = event(values, STEP, train)[0]
    limit = threshold(scores[:train], STEP, 1)
    assert any(each.start <= at + 2 and each.end >= at for each in episodes(scores, limit, STEP))
    assert alerts_sent(scores[train : 3 * WEEK], limit, STEP) <= 6


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("length", "size"), [(1, 15), (6, -15), (DAY // 2, 25)], ids=["spike", "hole", "step"])
def test_what_was_planted_ranks_highest(seed, length, size):
    values = seasonal(seed)
    at = 3 * WEEK + 100
    values[:, at : at + length] += size
    assert abs(int(ranking(values, STEP, 0)[0].argmax()) - at) <= length + 15


def test_the_profile_of_the_day_is_no_anomaly_and_its_absence_is_one():
    values = seasonal(0)
    at = 3 * WEEK
    values[:, at + 60 : at + 84] = -values[:, at + 60 : at + 84]
    scores = ranking(values, STEP, 0)[0]
    assert at + 40 <= scores.argmax() <= at + 104
