"""What history says of an estate: measured where it was read, unknown elsewhere, never more than it is."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures import past
from analyzers.model.history import Backtest, History, HostHistory, JudgedDetector, SeriesHistory
from tests import builders as b


def history(**fields):
    given = {"source": b.PROMETHEUS, "collected_at": b.NOW, "start": b.days_ago(28), "end": b.NOW, "matchers": ("{a}",)}
    return History(**(given | fields))


def calm(host="web1", per_week=0.5, days=21.0):
    return HostHistory(host=host, series=9, judged_days=days, episodes=1, per_week=per_week)


def series(mase, host="web1", **fields):
    return SeriesHistory(name="m", host=host, first=b.days_ago(28), last=b.NOW, mase=mase, **fields)


def estate(read, *hosts):
    return b.estate(*(hosts or (b.host("web1"),)), monitoring=b.monitoring(), history=read)


ALL = [past.of_stability, past.of_predictability, past.of_backtest]


@pytest.mark.parametrize("measure", ALL)
def test_without_a_server_nothing_is_known(measure):
    population = measure(b.estate(b.host("web1")))
    assert population.members == ()
    assert population.missing == "no_monitoring_source"


@pytest.mark.parametrize("measure", ALL)
def test_a_history_that_was_not_read_says_why(measure):
    assert measure(estate(None)).missing == "no_source"
    assert measure(estate(history(reason="timed_out"))).missing == "timed_out"


@pytest.mark.parametrize(("rate", "value"), [(0, 1), (1, 1), (5.5, Fraction(1, 2)), (10, 0), (40, 0)])
def test_stability_is_linear_from_one_to_ten(rate, value):
    (member,) = past.of_stability(estate(history(hosts=(calm(per_week=rate),)))).members
    assert member.measured.low == member.measured.high == value
    assert member.evidence[0].provenance.window == "28d"


@given(st.lists(st.floats(0, 50), min_size=2, max_size=2))
def test_a_calmer_host_never_scores_lower(rates):
    low, high = sorted(rates)
    calmer, wilder = (
        past.of_stability(estate(history(hosts=(calm(per_week=each),)))).members[0].measured.low for each in (low, high)
    )
    assert calmer >= wilder


def test_a_host_without_history_is_unknown_and_one_too_young_too():
    read = history(hosts=(HostHistory(host="web1", series=3),))
    members = b.by_name(past.of_stability(estate(read, b.host("web1"), b.host("db1"))))
    assert (members["web1"].measured, members["web1"].reason) == (None, "too_few")
    assert (members["db1"].measured, members["db1"].reason) == (None, "no_source")


def test_a_host_that_only_history_knows_is_a_member():
    members = b.by_name(past.of_stability(estate(history(hosts=(calm(), calm("ghost", 20))))))
    assert members["ghost"].measured.high == 0
    assert members["ghost"].hosts == ("ghost",)


def test_predictability_is_the_share_of_series_that_are_told():
    read = history(series=(series(0.5), series(0.9), series(1.2), series(None, constant=True)))
    (member,) = past.of_predictability(estate(read)).members
    assert member.measured.low == member.measured.high == Fraction(2, 3)


def test_a_series_too_short_to_be_tried_may_be_either():
    (member,) = past.of_predictability(estate(history(series=(series(0.5), series(None))))).members
    assert (member.measured.low, member.measured.high) == (Fraction(1, 2), 1)
    assert member.reason == "too_few"
    (unknown,) = past.of_predictability(estate(history(series=(series(None),)))).members
    assert unknown.measured is None


def judged(found, incidents, rate=0.5, **others):
    simple = (JudgedDetector(name=name, found=each, false_per_host_week=0.1) for name, each in others.items())
    ours = JudgedDetector(name="pasencore", found=found, false_per_host_week=rate)
    return Backtest(hosts=1, host_weeks=3, incidents=incidents, detectors=(ours, *simple))


def interval(backtest):
    (member,) = past.of_backtest(estate(history(backtest=backtest))).members
    return member.measured


def test_the_best_at_the_budget_counts_with_its_doubt():
    found = interval(judged(4, 11, simple=3))
    assert (float(found.low), float(found.high)) == pytest.approx((0.1517, 0.6462), abs=1e-3)
    assert interval(judged(4, 11, simple=9)).low > found.low


def test_a_loud_detector_found_nothing():
    assert interval(judged(11, 11, rate=7)).low == 0


def test_ten_incidents_are_the_least():
    (member,) = past.of_backtest(estate(history(backtest=judged(9, 9)))).members
    assert (member.measured, member.reason) == (None, "too_few")
