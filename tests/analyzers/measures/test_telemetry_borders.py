"""Thresholds of the questions of telemetry: the last value on one side, the first on the other."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from analyzers.measures import alert_noise, alerts, continuity, delivery, history_depth
from analyzers.measures.alert_noise import of_alerts
from analyzers.measures.promql import MOST_ALTERNATIVES, MOST_CHARACTERS, needs
from analyzers.model import context as ctx
from analyzers.model.monitoring import Rule
from tests import builders as b

NODE = {"job": "node", "instance": "web1:9100"}
WEEK = 604_800.0


def rule(name="Down", **fields) -> Rule:
    return Rule(**({"kind": "alerting", "name": name, "query": "vector(1)"} | fields))


def collected(first: float, *, window: str = "7d", tried: float = 5040.0):
    """Return the interval of a target first seen so many seconds ago, with half a week of samples."""
    samples = b.query(
        "continuity.samples", (NODE | {"scrapes": "tried"}, tried), (NODE | {"scrapes": "succeeded"}, tried)
    )
    seen = b.query("continuity.first_seen", (NODE, first), window=window)
    server = b.monitoring(samples, seen, b.query("continuity.exporter"), targets=(b.target(),))
    (member,) = continuity.of_targets(b.estate(monitoring=server)).members
    return member


@pytest.mark.parametrize(
    ("first", "settled"),
    [(WEEK, True), (WEEK - continuity.YOUNG_BY, True), (WEEK - continuity.YOUNG_BY - 1, True)],
    ids=["old", "as good as old", "young"],
)
def test_a_target_that_came_within_a_step_of_the_window_is_not_young(first: float, settled: bool) -> None:
    old = first >= WEEK - continuity.YOUNG_BY
    expected = (WEEK if old else first) / 60
    value = Fraction(round((5041 / expected) * 10**6), 10**6)
    found = collected(first)
    assert (found.measured is not None) is settled
    assert b.ends(found) == (value, value)


@pytest.mark.parametrize(("first", "judged"), [(3599.0, False), (3600.0, True)])
def test_an_hour_of_scraping_is_enough_to_judge(first: float, judged: bool) -> None:
    assert (collected(first, tried=60.0).measured is not None) is judged


@pytest.mark.parametrize(
    ("days", "window", "certain"),
    [
        (7.5, "8d", False),
        (7.49, "8d", True),
        (27.6, "28d", False),
        (27.4, "28d", True),
        (28.0, "29d", True),
    ],
)
def test_ages_within_two_grains_of_a_short_window_are_lower_bounds(days: float, window: str, certain: bool) -> None:
    queries = [b.query(each, (NODE, days), window=window) for each in history_depth.OF_HOSTS]
    host = b.host("web1", addresses=("10.0.0.1",))
    server = b.monitoring(*queries, targets=(b.target(),))
    found = b.by_name(history_depth.of_key_series(b.estate(host, monitoring=server)))["web1"]
    assert (found.measured.width == 0) is certain


@pytest.mark.parametrize(("days", "stated"), [(180, True), (181, False)])
def test_a_runbook_statement_lives_for_180_days(days: int, stated: bool) -> None:
    declared = b.context(runbooks=(ctx.Runbook(name="rb", alerts=("Down",), date=b.TODAY - dt.timedelta(days=days)),))
    live = b.query("alerts.series:up", ({}, 1.0))
    server = b.monitoring(live, rules=(rule(labels={"team": "infra"}),))
    (found,) = alerts.of_rules(b.estate(monitoring=server, context=declared)).members
    assert (found.declared is not None) is stated


def noise(*activations, observed=WEEK, rules=20):
    server = b.monitoring(
        b.query("alerts.activations", *activations),
        b.query("alerts.firing_share"),
        b.query("alerts.observed_seconds", ({}, observed)),
        rules=tuple(rule(f"A{number}") for number in range(rules)),
    )
    return b.by_name(of_alerts(b.estate(monitoring=server)))


@pytest.mark.parametrize(("share", "certain"), [(0.97, True), (0.969, False)])
def test_a_week_observed_but_for_a_restart_is_whole(share: float, certain: bool) -> None:
    assert (noise(observed=WEEK * share)["flapping"].measured.width == 0) is certain


@pytest.mark.parametrize(("rules", "judged"), [(5, False), (6, True)])
def test_concentration_needs_more_than_five_rules(rules: int, judged: bool) -> None:
    found = noise(({"alertname": "A0", "severity": ""}, 10.0), rules=rules)["concentration"]
    assert b.ends(found) == ((0, 0) if judged else (1, 1))


@pytest.mark.parametrize(("others", "value"), [(5, 1), (4, Fraction(8, 9)), (0, 0)])
def test_the_five_noisiest_may_hold_half(others: int, value: Fraction) -> None:
    """Five rules fire 6 times each; as many again, or fewer, or none, fire as often."""
    rows = (({"alertname": f"A{number}", "severity": ""}, 6.0) for number in range(5 + others))
    assert float(b.ends(noise(*rows)["concentration"])[0]) == pytest.approx(float(value), abs=1e-5)


@pytest.mark.parametrize(("pages", "value"), [(28.0, 1), (28.1, Fraction(280, 281))])
def test_pages_over_two_a_shift_are_noise(pages: float, value: Fraction) -> None:
    found = noise(({"alertname": "A0", "severity": "page"}, pages))["pages"]
    assert float(b.ends(found)[0]) == pytest.approx(float(value))


def test_only_the_worst_are_named() -> None:
    rows = [({"alertname": f"A{number}", "severity": ""}, 11.0 + number) for number in range(15)]
    found = noise(*rows)["flapping"]
    named = [each.key for each in found.evidence if each.key.startswith("flapping A")]
    assert len(named) == alert_noise.MOST_NAMED
    assert named[0] == "flapping A14"
    assert found.evidence[0].value == "15 of 20"


@pytest.mark.parametrize(("failed", "value"), [(10.0, 1), (10.1, Fraction(9899, 10_000))])
def test_one_notification_in_a_hundred_may_fail(failed: float, value: Fraction) -> None:
    channel = {"integration": "email"}
    server = b.monitoring(
        b.query("notifications.alertmanagers", ({"instance": "127.0.0.1:9090"}, 1.0)),
        b.query("notifications.sent", (channel, 1000.0)),
        b.query("notifications.failed", (channel, failed)),
        alertmanagers=("http://mon1:9093",),
    )
    found = delivery.delivery(server).value
    assert (found.low, found.high) == (value, value)


@pytest.mark.parametrize(("length", "understood"), [(MOST_CHARACTERS, True), (MOST_CHARACTERS + 1, False)])
def test_longer_expressions_are_not_parsed(length: int, understood: bool) -> None:
    expression = "up" + " " * (length - 2)
    assert (needs(expression) is not None) is understood


@pytest.mark.parametrize(("branches", "understood"), [(6, True), (7, False)])
def test_combinations_beyond_reason_are_not_followed(branches: int, understood: bool) -> None:
    assert MOST_ALTERNATIVES == 2**6
    expression = " * ".join(f"(a{number} or b{number})" for number in range(branches))
    assert (needs(expression) is not None) is understood
