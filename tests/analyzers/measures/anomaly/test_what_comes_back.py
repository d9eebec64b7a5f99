"""A batch of every night is no anomaly; the like at another hour is one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.measures.anomaly.hosts import host_event, host_unusual
from analyzers.measures.anomaly.recurring import without_recurring

HOUR = 3600.0
DAY = 24


def said(days, *at, level=2.0):
    """Hourly log-deviations, `level` at the given hours since the beginning."""
    found = np.full((1, days * DAY), 0.1, dtype=np.float32)
    found[0, list(at)] = level
    return found


def test_what_came_back_twice_is_usual_from_the_third_time_on():
    nightly = [day * DAY + 6 for day in range(6)]
    found = without_recurring(said(6, *nightly), HOUR)[0]
    assert (found[nightly[:2]] == 2).all()
    assert not found[nightly[2:]].any()


def test_what_is_at_another_hour_or_larger_stays():
    nightly = [day * DAY + 6 for day in range(5)]
    found = without_recurring(said(6, *nightly, 5 * DAY + 15), HOUR)[0]
    assert found[5 * DAY + 15] == 2
    larger = said(6, *nightly)
    larger[0, 5 * DAY + 6] = 4
    assert without_recurring(larger, HOUR)[0, 5 * DAY + 6] == 4


def test_what_comes_on_mondays_is_usual_on_the_third_one():
    mondays = [week * 7 * DAY + 9 for week in range(4)]
    found = without_recurring(said(28, *mondays), HOUR)[0]
    assert found[mondays].tolist() == [2, 2, 0, 0]


def test_one_incident_never_makes_its_like_usual():
    found = without_recurring(said(5, DAY + 8, 2 * DAY + 8), HOUR)[0]
    assert found[2 * DAY + 8] == 2


@pytest.mark.parametrize("length", [0, 1, 40, 49])
def test_a_history_of_two_days_or_less_stays_as_it_is(length):
    deviations = np.ones((2, length), dtype=np.float32)
    found = without_recurring(deviations, HOUR)
    np.testing.assert_array_equal(found[:, : 2 * DAY], deviations[:, : 2 * DAY])


@given(seed=st.integers(0, 99), at=st.integers(1, 20 * DAY - 1))
@settings(max_examples=30, deadline=None)
def test_what_comes_later_changes_nothing(seed, at):
    values = np.random.default_rng(seed).exponential(size=(2, 20 * DAY)).astype(np.float32)
    later = values.copy()
    later[:, at:] = 9
    np.testing.assert_array_equal(without_recurring(values, HOUR)[:, :at], without_recurring(later, HOUR)[:, :at])


@pytest.mark.parametrize("seed", range(4))
def test_a_host_with_a_batch_is_loud_only_when_it_breaks(seed):
    rng = np.random.default_rng(seed)
    days, minutes = 10, 5
    day = 24 * 60 // minutes
    values = rng.normal(10, 1, (6, days * day))
    for each in range(days):
        values[:, each * day + 72 : each * day + 76] += 40
    broken = 8 * day + 180
    values[:, broken : broken + 4] += 40
    plain, unusual = (score(values, minutes * 60, 3 * day) for score in (host_event, host_unusual))
    batches = [slice(each * day + 71, each * day + 78) for each in range(3, days)]
    loud = unusual[broken : broken + 4].max()
    assert all(plain[each].max() > 0.6 * loud for each in batches)
    assert max(unusual[each].max() for each in batches) < 0.6 * loud
