from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.alert_noise import figures, noisy, of_alerts
from analyzers.model.monitoring import Rule
from tests import builders as b

HALF = Fraction(1, 2)
WEEK = 604_800.0
RULES = tuple(Rule(kind="alerting", name=f"A{number}", query="up") for number in range(10))


def observed(seconds=WEEK):
    return b.query("alerts.observed_seconds", ({}, float(seconds)))


def counts(window="7d", severity="warning", **by_name):
    rows = (({"alertname": name, "severity": severity}, float(count)) for name, count in by_name.items())
    return b.query("alerts.activations", *rows, window=window)


def firing(**by_name):
    rows = (({"alertname": name, "severity": "warning"}, share) for name, share in by_name.items())
    return b.query("alerts.firing_share", *rows)


def population(*queries, **server):
    return of_alerts(b.estate(monitoring=b.monitoring(*queries, **({"rules": RULES} | server))))


def quiet(*queries, **server) -> dict[str, Fraction]:
    found = b.by_name(population(*queries, **server))
    assert all(each.measured is None or each.measured.width == 0 for each in found.values())
    return {name: each.measured.low for name, each in found.items() if each.measured is not None}


SILENT = {"flapping": 1, "permanent": 1, "concentration": 1, "pages": 1}


def test_rules_that_never_fired_make_no_noise() -> None:
    """The trap: ALERTS is absent when nothing ever fired, and no noise is then true."""
    assert quiet(counts(), firing(), observed()) == SILENT


@pytest.mark.parametrize(("count", "value"), [(10, 1), (11, Fraction(9, 10)), (400, Fraction(9, 10))])
def test_a_rule_that_fires_over_ten_times_a_week_flaps(count, value) -> None:
    assert quiet(counts(A0=count), firing(), observed())["flapping"] == value


@pytest.mark.parametrize(
    ("name", "share", "value"),
    [
        ("A0", 0.9, 1),
        ("A0", 0.91, Fraction(9, 10)),
        ("Watchdog", 1.0, 1),
        ("InfoInhibitor", 1.0, 1),
        ("DeadMansSwitch", 1.0, 1),
    ],
)
def test_an_alert_that_never_ends_is_ignored_unless_it_is_meant_to(name, share, value) -> None:
    assert quiet(counts(), firing(**{name: share}), observed())["permanent"] == value


EVENLY = {f"A{number}": 2 for number in range(10)}


@pytest.mark.parametrize(
    ("by_name", "rules", "value"),
    [
        (EVENLY, RULES, 1),
        ({"A0": 10, "A1": 5, "A2": 1, "A3": 1, "A4": 1, "A5": 2}, RULES, Fraction(1, 10)),
        ({"A0": 9}, RULES, 1),
        ({"A0": 10}, RULES, 0),
        ({"A0": 10}, RULES[:5], 1),
    ],
    ids=["even", "95 % in five", "too few activations", "all in one", "too few rules"],
)
def test_five_rules_should_not_hold_more_than_half(by_name, rules, value) -> None:
    assert quiet(counts(**by_name), firing(), observed(), rules=rules)["concentration"] == value


@pytest.mark.parametrize(
    ("severity", "a_week", "value"),
    [
        ("page", 28, 1),
        ("page", 56, HALF),
        ("critical", 56, HALF),
        ("Critical", 56, HALF),
        ("warning", 56, 1),
        ("pager-later", 56, 1),
    ],
)
def test_two_pages_a_shift_are_bearable(severity, a_week, value) -> None:
    assert quiet(counts(severity=severity, A0=a_week), firing(), observed())["pages"] == value


@pytest.mark.parametrize(
    ("seconds", "window", "ends"),
    [
        (WEEK, "7d", (1, 1)),
        (WEEK * 0.98, "7d", (1, 1)),
        (WEEK / 2, "7d", (0, 1)),
        (WEEK, "1d", (0, 1)),
    ],
    ids=["whole", "a restart", "half a week", "the guard granted a day"],
)
def test_the_part_of_the_week_that_nobody_observed_stays_open(seconds, window, ends) -> None:
    found = b.by_name(population(counts(window), firing(), observed(seconds)))["flapping"]
    assert b.ends(found) == ends
    assert found.reason == ("too_few" if ends[0] < 1 else None)


def test_noise_in_half_a_week_leaves_the_other_half_open() -> None:
    found = b.by_name(population(counts(A0=20), firing(), observed(WEEK / 2)))["flapping"]
    assert b.ends(found) == (0, Fraction(9, 10))


@pytest.mark.parametrize(
    ("part", "seconds", "queries", "high"),
    [
        ("pages", WEEK / 2, (counts(severity="page", A0=28), firing()), 1),
        ("pages", WEEK / 2, (counts(severity="page", A0=56), firing()), HALF),
        ("permanent", WEEK / 2, (counts(), firing(A0=1.0)), 1),
        ("permanent", WEEK * 0.95, (counts(), firing(A0=1.0)), Fraction(9, 10)),
        ("concentration", WEEK / 2, (counts(A0=100), firing()), 1),
    ],
)
def test_in_part_of_a_week_only_what_cannot_be_undone_is_known(part, seconds, queries, high) -> None:
    assert b.ends(b.by_name(population(*queries, observed(seconds)))[part]) == (0, high)


@pytest.mark.parametrize(
    ("queries", "reason"),
    [
        ((firing(),), "partial"),
        ((firing(), counts()), "partial"),
        ((firing(), observed(), b.query("alerts.activations", reason="budget_exhausted")), "budget_exhausted"),
        ((firing(), counts(), b.query("alerts.observed_seconds", reason="timed_out")), "timed_out"),
        ((firing(), counts(), b.query("alerts.observed_seconds")), "too_few"),
        ((firing(), counts("now"), observed()), "too_few"),
    ],
    ids=["not asked", "time not asked", "too dear", "time timed out", "nothing collected", "no window"],
)
def test_what_was_not_answered_is_unknown(queries, reason) -> None:
    found = b.by_name(population(*queries))["flapping"]
    assert (found.measured, found.reason) == (None, reason)


def test_where_rules_are_not_listed_those_that_fired_are_judged() -> None:
    """vmalert writes the series; VictoriaMetrics lists no rule: the quiet ones are not counted."""
    found = b.by_name(population(counts(A0=20, A1=1), firing(A0=0.1), observed(), rules=None))
    assert b.ends(found["flapping"]) == (HALF, 1)
    assert found["flapping"].reason == "partial"
    assert b.ends(found["pages"]) == (1, 1)


@pytest.mark.parametrize(
    ("server", "missing"),
    [
        (None, "no_monitoring_source"),
        (b.monitoring(rules=()), "too_few"),
        (b.monitoring(rules=(Rule(kind="recording", name="r", query="up"),)), "too_few"),
        (b.monitoring(counts(), firing(), endpoints=(b.endpoint("/api/v1/rules", "backend_404"),)), "backend_404"),
        (b.monitoring(counts(), firing(), rules=(), kind="victoria-metrics"), "no_source"),
    ],
)
def test_without_alerts_to_judge_nothing_is_known(server, missing) -> None:
    found = of_alerts(b.estate(monitoring=server))
    assert (found.members, found.missing, found.complete) == ((), missing, False)


def test_noisy_alerts_are_named_worst_first() -> None:
    found = population(counts(A0=20, A1=30, A2=1), firing(A3=0.95), observed())
    assert noisy(found) == ("A1 [warning]", "A0 [warning]", "A3 [warning]")
    assert figures(found) == {"flapping": 2, "permanent": 1, "top": 100, "pages": 0}


def test_evidence_shows_the_query_and_its_window() -> None:
    found = b.by_name(population(counts(A0=20), firing(), observed()))["flapping"]
    assert [(each.key, each.value) for each in found.evidence] == [
        ("flapping_rules", "1 of 10"),
        ("flapping A0 [warning]", 20),
    ]
    assert {(each.provenance.query, each.provenance.window) for each in found.evidence} == {
        ("promql of alerts.activations", "7d")
    }
