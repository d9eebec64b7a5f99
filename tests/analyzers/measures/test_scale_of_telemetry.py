from __future__ import annotations

from typing import Any

import pytest

from analyzers.measures.telemetry_scale import of_server
from analyzers.model.evidence import Member
from tests import builders as b


def found(*queries: Any, **fields: Any) -> dict[str, Member]:
    return b.by_name(of_server(b.estate(monitoring=b.monitoring(*queries, **fields))))


@pytest.mark.parametrize(
    ("query_id", "name", "holds", "fails"),
    [
        ("scale.growth", "growth", 0.29, 0.30),
        ("scale.churn", "churn", 0.09, 0.10),
        ("scale.query_slots", "query slots", 0.79, 0.80),
    ],
)
def test_a_figure_holds_under_its_bar(query_id: str, name: str, holds: float, fails: float) -> None:
    assert found(b.query(query_id, ({}, holds)))[name].measured_only.low == 1
    assert found(b.query(query_id, ({}, fails)))[name].measured_only.high == 0


def test_a_label_over_ten_thousand_values_is_hot() -> None:
    assert found(values_by_label={"path": 10_000})["labels"].measured_only.low == 1
    member = found(values_by_label={"path": 10_001, "job": 3})["labels"]
    assert member.measured_only.high == 0
    assert "path" in member.evidence[0].key


def test_what_the_server_does_not_say_is_unknown_with_its_reason() -> None:
    told = found(
        b.query("scale.churn", reason="timed_out"), endpoints=(b.endpoint("/api/v1/status/tsdb", "backend_404"),)
    )
    assert {name: each.reason for name, each in told.items()} == {
        "growth": "no_source",
        "churn": "timed_out",
        "query slots": "no_source",
        "labels": "backend_404",
    }


def test_without_a_server_nothing_is_known() -> None:
    population = of_server(b.estate(b.host()))
    assert (population.members, population.missing) == ((), "no_monitoring_source")


def test_a_quarter_each() -> None:
    queries = [b.query(each, ({}, 0.0)) for each in ("scale.growth", "scale.churn")]
    population = of_server(b.estate(monitoring=b.monitoring(*queries, b.query("scale.query_slots", ({}, 1.0)))))
    assert (population.measured_only.low * 4, population.measured_only.high * 4) == (2, 3)
