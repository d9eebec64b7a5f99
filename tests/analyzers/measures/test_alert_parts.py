from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from analyzers.measures.alerts import missing_parts, of_rules
from analyzers.model import context as ctx
from analyzers.model.monitoring import Rule
from tests import builders as b

LIVE = b.query("alerts.series:up", ({}, 3.0), window="now")
QUARTER = Fraction(1, 4)


def alert(name="Down", query="up == 0", **fields) -> Rule:
    given = {
        "kind": "alerting",
        "labels": {"severity": "page", "team": "infra"},
        "annotations": {"runbook_url": "https://wiki.dupont.example/down"},
    }
    return Rule(**({"name": name, "query": query} | given | fields))


def population(*rules, queries=(LIVE,), context=None, **server):
    return of_rules(b.estate(monitoring=b.monitoring(*queries, **({"rules": rules} | server)), context=context))


def member(rule, **how):
    found = population(rule, **how)
    (only,) = found.members
    return only, list(missing_parts(found))


@pytest.mark.parametrize(
    ("fields", "ends", "missing"),
    [
        ({}, (1, 1), []),
        ({"labels": {"severity": "page", "owner": "infra"}}, (1, 1), []),
        ({"annotations": {"runbook": "rb/down.md"}}, (1, 1), []),
        ({"labels": {"team": "infra"}}, (3 * QUARTER, 3 * QUARTER), ["severity"]),
        ({"labels": {"severity": "page"}}, (3 * QUARTER, 1), ["owner"]),
        ({"labels": {"severity": "", "team": ""}}, (2 * QUARTER, 3 * QUARTER), ["severity", "owner"]),
        ({"annotations": {}}, (3 * QUARTER, 1), ["runbook"]),
        ({"annotations": {"runbook_url": ""}}, (3 * QUARTER, 1), ["runbook"]),
        ({"labels": {}, "annotations": {}}, (QUARTER, 3 * QUARTER), ["severity", "owner", "runbook"]),
    ],
)
def test_each_part_is_a_quarter_and_open_where_the_context_file_could_give_it(fields, ends, missing) -> None:
    found, said = member(alert(**fields))
    assert b.ends(found) == ends
    assert (found.reason == "not_declared") == (ends[0] < ends[1])
    assert said == missing
    assert found.declared is None


PAST = b.query("alerts.series_14d:up", ({}, 3.0), window="14d")
NOT_NOW, NEVER = b.query("alerts.series:up"), b.query("alerts.series_14d:up", window="14d")


@pytest.mark.parametrize(
    ("query", "queries", "ends", "reason"),
    [
        ("up == 0", (LIVE,), (1, 1), None),
        ("up == 0", (NOT_NOW, PAST), (1, 1), None),
        ("up == 0", (NOT_NOW, NEVER), (3 * QUARTER, 3 * QUARTER), None),
        ("up == 0", (NOT_NOW,), (3 * QUARTER, 1), "budget_exhausted"),
        ("up == 0", (), (3 * QUARTER, 1), "budget_exhausted"),
        ("up == 0", (b.query("alerts.series:up", reason="timed_out"),), (3 * QUARTER, 1), "timed_out"),
        ("up == 0", (NOT_NOW, b.query("alerts.series_14d:up", reason="timed_out")), (3 * QUARTER, 1), "timed_out"),
        ("range_median(up[5m]) > 1", (), (3 * QUARTER, 1), "unreadable"),
        ("vector(1)", (), (1, 1), None),
        ("absent(up)", (NOT_NOW, NEVER), (1, 1), None),
        ("dead or up", (LIVE, b.query("alerts.series:dead"), b.query("alerts.series_14d:dead")), (1, 1), None),
        (
            "up / dead",
            (LIVE, b.query("alerts.series:dead"), b.query("alerts.series_14d:dead")),
            (3 * QUARTER,) * 2,
            None,
        ),
        ("up / unasked", (LIVE,), (3 * QUARTER, 1), "budget_exhausted"),
        ("unasked / up", (NOT_NOW, NEVER), (3 * QUARTER,) * 2, None),
    ],
    ids=[
        "live",
        "lately",
        "dead",
        "past not asked",
        "not asked",
        "timed out",
        "past timed out",
        "not promql",
        "needs nothing",
        "absent",
        "one branch lives",
        "one side is dead",
        "one side unknown",
        "dead whatever the other",
    ],
)
def test_series_of_an_alert_live_or_not(query, queries, ends, reason) -> None:
    found, _ = member(alert(query=query), queries=queries)
    assert b.ends(found) == ends
    assert found.reason == reason


def test_a_dead_series_is_shown_with_the_query_that_found_nothing() -> None:
    found, said = member(alert(), queries=(NOT_NOW, NEVER))
    (piece,) = found.evidence
    assert (piece.key, piece.value, said) == ("missing_series", "Down: up", ["series"])
    assert (piece.provenance.query, piece.provenance.window) == ("promql of alerts.series_14d:up", "14d")


def test_the_owner_of_the_service_that_a_label_names_is_a_statement() -> None:
    rule = alert(labels={"severity": "page", "service": "boutique"})
    owned = b.context(services=(b.service("boutique", owner="a.martin", criticality=5),))
    found, _ = member(rule, context=owned)
    assert (found.measured.low, found.measured.high, found.declared) == (3 * QUARTER, 1, 1)
    assert (found.reason, found.weight, found.services) == ("partial", 5, ("boutique",))
    assert "declared" in {each.kind for each in found.evidence}
    nobody = b.context(services=(b.service("boutique"),))
    found, said = member(rule, context=nobody)
    assert (b.ends(found), found.reason, said) == ((3 * QUARTER, 1), "not_declared", ["owner"])
    old = b.context(services=(b.service("boutique", owner="a.martin", date=b.TODAY - dt.timedelta(days=400)),))
    found, _ = member(rule, context=old)
    assert (b.ends(found), found.reason) == ((3 * QUARTER, 1), "stale")


def runbook(days_old=10, alerts=("Down",)) -> ctx.Runbook:
    return ctx.Runbook(name="rb/down.md", alerts=alerts, date=b.TODAY - dt.timedelta(days=days_old))


def test_a_declared_runbook_is_a_statement_not_a_measurement() -> None:
    rule = alert(annotations={}, labels={"team": "infra"})
    found, _ = member(rule, context=b.context(runbooks=(runbook(),)))
    assert (found.measured.low, found.measured.high) == (2 * QUARTER, 3 * QUARTER)
    assert found.declared == 3 * QUARTER
    assert b.ends(found) == (Fraction(21, 40), 3 * QUARTER)
    assert "declared" in {each.kind for each in found.evidence}


@pytest.mark.parametrize(
    ("runbooks", "ends"),
    [
        ((runbook(days_old=200),), (3 * QUARTER, 1)),
        ((runbook(days_old=200), runbook()), (3 * QUARTER, 1)),
        ((runbook(alerts=("Other",)),), (3 * QUARTER, 1)),
        ((), (3 * QUARTER, 1)),
    ],
    ids=["stale", "one fresh", "of another alert", "none"],
)
def test_runbooks_of_the_context_file(runbooks, ends) -> None:
    found, _ = member(alert(annotations={}), context=b.context(runbooks=runbooks))
    assert b.ends(found) == ends


def test_a_statement_says_nothing_of_what_else_is_unknown() -> None:
    found, _ = member(alert(annotations={}), queries=(), context=b.context(runbooks=(runbook(),)))
    assert found.declared is None
    assert b.ends(found) == (2 * QUARTER, 1)


def test_recording_rules_are_no_alerts() -> None:
    found = population(alert(), Rule(kind="recording", name="job:up", query="up"))
    assert [each.name for each in found.members] == ["Down"]


def test_alerts_of_one_name_are_told_apart_by_severity() -> None:
    warning = {"severity": "warning", "team": "infra"}
    found = population(alert(), alert(labels=warning), alert(labels=warning), alert("Disk"))
    assert sorted(each.name for each in found.members) == [
        "Disk",
        "Down [page]",
        "Down [warning]",
        "Down [warning] (2)",
    ]


@pytest.mark.parametrize(
    ("server", "missing"),
    [
        (None, "no_monitoring_source"),
        (b.monitoring(endpoints=(b.endpoint("/api/v1/rules", "backend_404"),)), "backend_404"),
        (b.monitoring(rules=(), kind="victoria-metrics", endpoints=(b.endpoint("/api/v1/rules"),)), "partial"),
    ],
)
def test_without_rules_to_read_nothing_is_known(server, missing) -> None:
    found = of_rules(b.estate(monitoring=server))
    assert (found.members, found.missing, found.complete) == ((), missing, False)


@pytest.mark.parametrize("rules", [(), (Rule(kind="recording", name="job:up", query="up"),)])
def test_a_server_without_alerts_lacks_them(rules) -> None:
    found = b.by_name(population(*rules))["estate"]
    assert b.ends(found) == (0, 0)
    assert (found.evidence[0].key, found.evidence[0].value) == ("alerting_rules", 0)
