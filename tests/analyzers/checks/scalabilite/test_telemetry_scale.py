from __future__ import annotations

from analyzers.checks.scalabilite.telemetry_scale import CHECK
from tests import builders as b


def test_what_does_not_hold_is_named() -> None:
    queries = [b.query("scale.growth", ({}, 0.9)), b.query("scale.churn", ({}, 0.0))]
    found = b.answer(CHECK, monitoring=b.monitoring(*queries))
    assert str(found.message) == (
        "1 of 2 known figures of the monitoring hold: growth, churn, labels, room for queries."
    )
    assert found.subjects == ("growth",)


def test_without_a_server_it_is_unknown() -> None:
    finding = b.finding(CHECK, b.host())
    assert (finding.outcome, finding.reason) == ("unknown", "no_monitoring_source")
