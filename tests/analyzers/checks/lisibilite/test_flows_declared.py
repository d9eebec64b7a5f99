from __future__ import annotations

from analyzers.checks.lisibilite.flows_declared import CHECK
from tests import builders as b
from tests.flow_worlds import world

SHADOW, KNOWN = ("nginx", "postgres"), ("boutique", "postgres")


def test_shadows_are_named_and_the_others_counted() -> None:
    found = CHECK.measure(CHECK.evidence(world({SHADOW, KNOWN}, {KNOWN})))
    assert str(found.message) == "1 of 2 dependencies seen between services are declared."
    assert found.subjects == ("nginx -> postgres",)


def test_without_a_catalogue_nobody_said_anything() -> None:
    host = b.host("web1", addresses=("10.0.0.1",), connections=(b.connection("203.0.113.9", 443),))
    finding = b.finding(CHECK, host)
    assert (finding.outcome, finding.reason) == ("unknown", "not_declared")
    assert str(finding.message) == "Dependencies seen between services, without any declared catalogue: 1."
    assert b.finding(CHECK, host, context=b.context(services=())).interval.high == 0
