from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from analyzers.measures.hygiene import of_series
from analyzers.model.evidence import Member
from analyzers.model.monitoring import MetricMetadata, Rule
from tests import builders as b

WELL = (
    b.query("hygiene.moving", ({"metric": "node_load1"}, 1.0)),
    b.query("hygiene.series", ({"metric": "node_load1"}, 4)),
    b.query("hygiene.hosts_scraped", ({"nodename": "web1"}, 1), ({"nodename": "web2"}, 1)),
)


def found(*queries: Any, **fields: Any) -> dict[str, Member]:
    return b.by_name(of_series(b.estate(monitoring=b.monitoring(*queries, **fields))))


def buckets(**counts: float) -> Any:
    bounds = {"low": "0.1", "high": "1", "all": "+Inf"}
    return b.query(
        "hygiene.buckets", *(({"__name__": "t_bucket", "le": bounds[name]}, count) for name, count in counts.items())
    )


def test_without_a_server_nothing_is_known() -> None:
    population = of_series(b.estate(b.host()))
    assert (population.members, population.missing) == ((), "no_monitoring_source")


def test_dead_series_weigh_as_many_as_they_are() -> None:
    moving = b.query("hygiene.moving", ({"metric": "node_load1"}, 0.5), ({"metric": "process_cpu_seconds_total"}, 1.0))
    counted = b.query("hygiene.series", ({"metric": "node_load1"}, 2), ({"metric": "process_cpu_seconds_total"}, 6))
    member = found(moving, counted)["dead series"]
    assert member.measured_only.low == Fraction(7, 8)
    assert member.evidence[0].key == "series of node_load1 that move", "the worst is shown first"


def test_metrics_that_do_not_exist_prove_nothing() -> None:
    member = found(b.query("hygiene.moving"), b.query("hygiene.series"))["dead series"]
    assert (member.measured, member.reason) == (None, "no_source")


def test_a_refused_query_says_why() -> None:
    member = found(b.query("hygiene.moving", reason="budget_exhausted"))["dead series"]
    assert member.reason == "budget_exhausted"


def test_a_host_that_two_targets_give_is_doubled() -> None:
    member = found(b.query("hygiene.hosts_scraped", ({"nodename": "web1"}, 2), ({"nodename": "web2"}, 1)))[
        "duplicated series"
    ]
    assert member.measured_only.low == Fraction(1, 2)
    assert "web1" in member.evidence[0].key


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ({"low": 500.0, "high": 1000.0, "all": 1000.0}, 1),
        ({"low": 500.0, "high": 949.0, "all": 1000.0}, 0),
        ({"low": 500.0, "high": 951.0, "all": 1000.0}, 1),
    ],
)
def test_a_last_bound_that_leaves_a_twentieth_out_is_useless(counts: dict[str, float], value: int) -> None:
    assert found(buckets(**counts))["useless buckets"].measured_only.low == value


def test_few_observations_say_nothing_of_bounds() -> None:
    member = found(buckets(low=1.0, high=2.0, all=99.0))["useless buckets"]
    assert (member.measured, member.reason) == (None, "too_few")


def test_without_histograms_there_is_no_such_fault() -> None:
    assert "useless buckets" not in found(b.query("hygiene.buckets"))
    assert found(b.query("hygiene.buckets", reason="timed_out"))["useless buckets"].reason == "timed_out"


def test_rules_that_read_a_counter_raw_are_named() -> None:
    rules = tuple(
        Rule(kind="alerting", name=each, query=each) for each in ("x_total > 1", "rate(x_total[5m]) > 1", "{{")
    )
    types = {"x_total": MetricMetadata(type="counter", documented=True)}
    member = found(rules=rules, metadata=types)["mistyped series"]
    assert member.measured_only.low == Fraction(1, 2)
    assert member.evidence[0].key == "x_total in a rule"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"rules": None}, "no_source"),
        ({"rules": (Rule(kind="alerting", name="a", query="up == 0"),), "metadata": None}, "no_source"),
        ({"rules": (Rule(kind="alerting", name="a", query="up == 0"),), "metadata": {}}, "too_few"),
    ],
)
def test_types_or_rules_that_nobody_tells_are_unknown(fields: dict[str, Any], reason: str) -> None:
    member = found(**fields)["mistyped series"]
    assert (member.measured, member.reason) == (None, reason)


def test_a_server_without_rules_reads_nothing_wrong() -> None:
    assert "mistyped series" not in found(rules=())


def test_a_clean_server_has_full_marks() -> None:
    types = {"x_total": MetricMetadata(type="counter", documented=True)}
    rules = (Rule(kind="alerting", name="a", query="rate(x_total[5m]) > 1"),)
    estate = b.estate(
        monitoring=b.monitoring(*WELL, buckets(low=9.0, high=1000.0, all=1000.0), rules=rules, metadata=types)
    )
    assert of_series(estate).measured_only.low == 1
