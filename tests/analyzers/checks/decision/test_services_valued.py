from __future__ import annotations

from analyzers.checks.decision.services_valued import CHECK
from tests import builders as b

CATALOGUE = b.context(services=(b.service("erp", business_value=5, criticality=3), b.service("boutique")))
WEB1 = b.host("web1", listeners=(b.listener("redis", 6379),))


def test_services_that_are_valued_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, WEB1, context=CATALOGUE)
    assert str(found.message) == "1 of 3 services are known to have a business value and a criticality."
    assert found.subjects == ("boutique", "redis")


def test_a_shadow_is_measured_and_the_rest_declared() -> None:
    finding = b.finding(CHECK, WEB1, context=CATALOGUE)
    assert finding.coverage == b.Fraction(1, 3)
    assert {piece.kind for piece in finding.evidence} == {"declared", "measured", "reconciled"}


def test_without_a_catalogue_nobody_said_anything() -> None:
    assert (b.finding(CHECK, WEB1).outcome, b.finding(CHECK, WEB1).reason) == ("unknown", "not_declared")
