from __future__ import annotations

from analyzers.checks.decision.steering_indicators import CHECK
from analyzers.model.monitoring import Rule
from tests import builders as b

CONTEXT = b.context(services=tuple(b.service(name, criticality=5) for name in ("boutique", "facturation")))


def test_critical_services_without_an_objective_are_named() -> None:
    rule = Rule(kind="recording", name="slo:errors:ratio", query="x", labels={"service": "boutique"})
    found = b.answer(CHECK, monitoring=b.monitoring(rules=(rule,)), context=CONTEXT)
    assert str(found.message) == (
        "1 of 2 critical services have an objective or an error budget recorded in Prometheus."
    )
    assert found.subjects == ("facturation",)


def test_without_a_server_it_is_unknown() -> None:
    assert b.finding(CHECK, context=CONTEXT).reason == "no_monitoring_source"
