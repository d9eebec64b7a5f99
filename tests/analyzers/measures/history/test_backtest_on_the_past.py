"""What a detector would have seen: found, by chance, false, and in one sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.history.answer import said_of
from analyzers.measures.history.backtest import HostAlerts, Incident, backtest, best_of
from analyzers.measures.history.detectors import BASELINES, OURS
from analyzers.measures.history.wilson import wilson
from analyzers.model.history import JudgedDetector

HOUR = 3_600_000
WEEK = 7 * 24 * HOUR


def judged(host="web1", weeks=2, **alerts):
    named = {name.replace("_", " "): tuple(each) for name, each in alerts.items()}
    return HostAlerts(host=host, start=0, end=weeks * WEEK, alerts=named)


def incidents(*hours, hosts=None):
    return [Incident(start=each * HOUR, end=(each + 1) * HOUR, hosts=hosts) for each in hours]


def alert(hour, lasts=0.5):
    return (round(hour * HOUR), round((hour + lasts) * HOUR))


def by_name(found):
    return {each.name: each for each in found.detectors}


def test_an_alert_before_the_incident_leads():
    found = backtest([judged(pasencore=[alert(9.5)])], incidents(10), 1)
    ours = by_name(found)[OURS]
    assert (ours.found, ours.lead_minutes, ours.false_per_host_week) == (1, 30, 0)


def test_a_late_alert_is_found_and_lags():
    assert by_name(backtest([judged(pasencore=[alert(10.25)])], incidents(10), 1))[OURS].lead_minutes == -15


def test_an_alert_hours_before_is_false():
    ours = by_name(backtest([judged(pasencore=[alert(5)])], incidents(10), 1))[OURS]
    assert (ours.found, ours.lead_minutes, ours.false_per_host_week) == (0, None, 0.5)


def test_an_alert_that_lasts_is_sent_again():
    ours = by_name(backtest([judged(pasencore=[alert(50, 9)])], incidents(10), 1))[OURS]
    assert ours.false_per_host_week == 1.5


def test_an_alert_on_another_host_finds_nothing():
    hosts = [judged("a", pasencore=[alert(10)]), judged("b")]
    here = backtest(hosts, incidents(10, hosts=frozenset({"a"})), 1)
    there = backtest(hosts, incidents(10, hosts=frozenset({"b"})), 1)
    assert (by_name(here)[OURS].found, by_name(there)[OURS].found) == (1, 0)


def test_what_falls_outside_is_not_judged():
    found = backtest([judged()], [*incidents(10, 9999), *incidents(10, hosts=frozenset({"gone"}))], 1)
    assert (found.incidents, found.unjudged) == (1, 2)


def test_on_many_hosts_an_incident_without_a_place_says_nothing():
    found = backtest([judged(f"h{each}") for each in range(30)], incidents(10), 1)
    assert (found.incidents, found.unjudged) == (0, 1)


def test_shuffled_times_bring_the_gain_to_zero():
    hours = [20 * each + 5 for each in range(12)]
    found = backtest([judged(pasencore=[alert(each) for each in hours])], incidents(*hours), 1)
    assert found.gain == 1
    assert found.shuffles == 200
    assert 0 <= found.gain_by_chance < 0.2
    equal = [alert(each) for each in hours]
    same = backtest([judged(pasencore=equal, first_difference=equal)], incidents(*hours), 1)
    assert same.gain == 0
    assert same.gain_by_chance == 0


def test_always_alerting_is_found_by_chance_and_loud():
    ours = by_name(backtest([judged(pasencore=[(0, 2 * WEEK)])], incidents(*range(10, 200, 16)), 1))[OURS]
    assert ours.by_chance == 1
    late = by_name(backtest([judged(pasencore=[alert(100, 236)])], incidents(10), 1))[OURS]
    assert late.false_per_host_week > 20


def test_chance_is_the_same_each_time():
    hosts, known = [judged(pasencore=[alert(each) for each in range(0, 300, 7)])], incidents(*range(5, 300, 29))
    assert backtest(hosts, known, 1) == backtest(hosts, known, 1)


def test_no_judged_host_is_no_answer():
    found = backtest([], incidents(1), 1)
    assert found.reason == "too_few"
    assert str(said_of(found).message).startswith("History is too short")


@given(found=st.integers(0, 50), more=st.integers(0, 50))
def test_wilson_holds_the_share(found, more):
    total = found + more
    low, high = wilson(found, total)
    assert 0 <= low <= high <= 1
    if total:
        assert low <= found / total <= high


def test_wilson_is_the_published_one():
    assert wilson(4, 11) == pytest.approx((0.1517, 0.6462), abs=1e-3)
    assert wilson(0, 0) == (0, 1)


def test_the_best_keeps_the_budget_when_one_does():
    loud = JudgedDetector(name="loud", found=9, false_per_host_week=30)
    calm = JudgedDetector(name="calm", found=3, false_per_host_week=1)
    assert best_of([loud, calm]).name == "calm"
    assert best_of([loud]).name == "loud"


def sentence(ours, simple, count=11, rate=0.5):
    hours = [28 * each + 5 for each in range(count)]
    alerts = {
        OURS: [alert(each - 0.2) for each in hours[:ours]] + [alert(each * 3 + 1.5) for each in range(int(rate * 2))],
        "fixed_threshold": [alert(each + 0.2) for each in hours[:simple]],
    }
    return said_of(backtest([judged(**alerts)], incidents(*hours), 1)).english


@pytest.mark.parametrize(
    ("ours", "simple", "said"),
    [
        (
            4,
            3,
            "seen 4 of your 11 incidents, 12 minutes before, against 3 for a fixed threshold: not yet worth buying.",
        ),
        (11, 3, "seen 11 of your 11 incidents, 12 minutes before, against 3 for a fixed threshold: worth a trial."),
        (0, 3, "seen none of your 11 incidents, against 3 for a fixed threshold: not yet worth buying."),
    ],
)
def test_the_answer_is_one_sentence(ours, simple, said):
    assert sentence(ours, simple) == f"On these metrics, at one alert per host and week, a detector would have {said}"


def test_few_incidents_say_so():
    assert sentence(2, 1, count=3).startswith("Only 3 known incidents")


def test_a_loud_detector_is_said_to_be_loud():
    said = sentence(4, 3, rate=60)
    assert said.startswith("On these metrics, a detector asked for one alert per host and week sends ")
    assert said.endswith("not yet worth buying.")


def test_the_baselines_are_four():
    assert len(BASELINES) == 4
