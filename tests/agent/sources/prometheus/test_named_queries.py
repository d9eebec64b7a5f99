"""The catalogue of queries: what each row promises, and the rows that the rules of a server add."""

from __future__ import annotations

import pytest
from promql_parser import parse

from agent.sources.prometheus.durations import duration
from agent.sources.prometheus.queries import QUERIES, Query
from agent.sources.prometheus.queries_dynamic import MOST_SELECTORS, alert_queries, past_queries
from analyzers.model.monitoring import QueryResult, Rule
from tests import builders as b

KINDS = ("prometheus", "victoria-metrics", "thanos", "unknown")


def alert(query: str, name: str = "Down") -> Rule:
    return Rule(kind="alerting", name=name, query=query)


def test_ids_are_unique() -> None:
    ids = [each.id for each in QUERIES]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("query", QUERIES, ids=lambda each: each.id)
def test_a_row_is_well_formed(query: Query) -> None:
    lengths = [duration(each) for each in query.windows]
    assert lengths == sorted(lengths, reverse=True), "longest first: the guard takes the first that it can afford"
    assert all(lengths)
    assert ("{window}" in query.promql) == bool(query.windows)
    assert query.gives
    assert query.cost in {"instant", "scrapes"} or query.cost.startswith("steps:")
    assert query.cost == "instant" or query.windows
    for window in query.windows or ("",):
        assert "{" + "window}" not in query.text(window)
        parse(query.text(window))


@pytest.mark.parametrize("kind", KINDS)
def test_only_victoria_metrics_gets_its_own_text(kind: str) -> None:
    query = Query(id="x", promql="changes(up[{window}])", victoria="changes_prometheus(up[{window}])", windows=("7d",))
    expected = "changes_prometheus(up[1d])" if kind == "victoria-metrics" else "changes(up[1d])"
    assert query.text("1d", kind) == expected


def test_the_longest_window_is_the_default() -> None:
    assert Query(id="x", promql="rate(up[{window}])", windows=("7d", "1d")).text() == "rate(up[7d])"
    assert Query(id="x", promql="up").text() == "up"


@pytest.mark.parametrize(
    ("cost", "windows", "window", "samples"),
    [
        ("instant", (), "", 1),
        ("scrapes", ("7d", "1d"), "1d", 5760),
        ("scrapes", ("7d",), "1s", 1),
        ("steps:2016", ("7d", "1d"), "7d", 2016),
        ("steps:2016", ("7d", "1d"), "1d", 288),
        ("steps:100", (), "", 100),
    ],
)
def test_what_a_query_makes_the_server_read(cost: str, windows: tuple[str, ...], window: str, samples: int) -> None:
    query = Query(id="x", promql="up", windows=windows, cost=cost)
    assert query.samples_per_series(window, 15.0) == samples


def test_each_selector_of_the_alerts_is_asked_for_once_most_needed_first() -> None:
    rules = [
        alert("up == 0"),
        alert("a > 1 and up == 1"),
        alert('b{x="1"} / up'),
        alert("range_median(c[5m])"),
        Rule(kind="recording", name="r", query="d"),
    ]
    assert [(each.id, each.text()) for each in alert_queries(rules)] == [
        ("alerts.series:up", "count(up)"),
        ("alerts.series:a", "count(a)"),
        ('alerts.series:b{x="1"}', 'count(b{x="1"})'),
    ]


def test_selectors_are_bounded() -> None:
    rules = [alert(f"m{number} > 0") for number in range(MOST_SELECTORS + 50)]
    assert len(alert_queries(rules)) == MOST_SELECTORS


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (b.query("alerts.series:up"), ["count(last_over_time(up[14d:5m]))"]),
        (b.query("alerts.series:up", ({}, 3.0)), []),
        (b.query("alerts.series:up", reason="timed_out"), []),
        (b.query("targets.up"), []),
    ],
)
def test_the_past_is_asked_for_only_where_nothing_is_there_now(answer: QueryResult, asked: list[str]) -> None:
    assert [each.text() for each in past_queries([answer])] == asked
