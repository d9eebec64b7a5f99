from __future__ import annotations

from analyzers.checks.gouvernance.owners_named import CHECK
from analyzers.rubric import published
from tests import builders as b

CATALOGUE = b.context(
    services=(
        b.service("nginx", owner="a.martin", deputy="b.leroy"),
        b.service("base-clients", owner="a.martin"),
        b.service("erp"),
    )
)
WEB1 = b.host("web1", listeners=(b.listener(), b.listener("redis", 6379)))


def test_services_with_an_owner_and_a_deputy_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, WEB1, context=CATALOGUE)
    assert str(found.message) == "1 of 4 services are known to have an owner and a deputy who is somebody else."
    assert found.subjects == ("erp", "redis", "base-clients")


def test_statements_are_discounted_and_shadows_measured() -> None:
    finding = b.finding(CHECK, WEB1, context=CATALOGUE)
    declared, whole = b.Fraction(7, 10) * b.Fraction(3, 2), 4
    rule = published().checks[CHECK.id]
    scale = rule.full_at - rule.zero_at
    assert finding.interval.low == (declared / whole - rule.zero_at) / scale
    assert finding.interval.high == (b.Fraction(3, 2) / whole - rule.zero_at) / scale
    assert finding.coverage == b.Fraction(1, 4)


def test_without_a_catalogue_nobody_said_anything() -> None:
    assert (b.finding(CHECK, WEB1).outcome, b.finding(CHECK, WEB1).reason) == ("unknown", "not_declared")
