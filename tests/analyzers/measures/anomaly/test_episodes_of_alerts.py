from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.anomaly.episodes import Episode, alerts_sent, episodes, explaining

STEP = 600


def at(*alerts, length=60, score=0.9):
    scores = np.zeros(length)
    scores[list(alerts)] = score
    return scores


@pytest.mark.parametrize(
    ("alerts", "spans"),
    [
        ((), []),
        ((3,), [(3, 3)]),
        ((3, 4, 5), [(3, 5)]),
        ((3, 9), [(3, 9)]),
        ((3, 10), [(3, 3), (10, 10)]),
        ((0, 30, 36, 59), [(0, 0), (30, 36), (59, 59)]),
    ],
)
def test_alerts_within_an_hour_are_one_episode(alerts, spans):
    assert [(each.start, each.end) for each in episodes(at(*alerts), 0.5, STEP)] == spans


def test_an_alert_is_above_the_threshold():
    assert episodes(at(3, score=0.5), 0.5, STEP) == ()


def test_the_peak_is_the_highest_alert():
    scores = at(3, 4, 5)
    scores[4] = 0.95
    assert episodes(scores, 0.5, STEP) == (Episode(start=3, end=5, peak=4, score=0.95),)


def test_the_series_that_deviate_most_explain():
    of_series = np.zeros((5, 60))
    of_series[1, 3:6] = 0.2
    of_series[3, 4] = 0.3
    of_series[4, 30] = 1.0
    (found,) = episodes(at(3, 4, 5), 0.5, STEP, of_series)
    assert [each for each, _ in found.series] == [1, 3]
    assert [share for _, share in found.series] == pytest.approx([2 / 3, 1 / 3])


def test_nothing_explains_silence():
    assert explaining(np.zeros((3, 4))) == ()


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=8))
def test_explanations_are_shares_in_order(rows):
    found = explaining(np.array(rows))
    shares = [share for _, share in found]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1 + 1e-9
    assert len(found) <= 3


@given(alerts=st.sets(st.integers(0, 59)))
def test_episodes_hold_every_alert_and_stand_apart(alerts):
    found = episodes(at(*alerts), 0.5, STEP)
    assert all(any(each.start <= alert <= each.end for each in found) for alert in alerts)
    assert all((after.start - before.end) * STEP > 3600 for before, after in pairwise(found))


@pytest.mark.parametrize(("alerts", "sent"), [((), 0), ((3,), 1), ((3, 20), 2), (range(24), 1), (range(25), 2)])
def test_an_alert_that_lasts_is_sent_again(alerts, sent):
    assert alerts_sent(at(*alerts), 0.5, STEP) == sent
