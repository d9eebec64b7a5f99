from __future__ import annotations

from analyzers.checks.lisibilite.dependency_cycles import CHECK
from tests import builders as b
from tests.analyzers.measures.graph.planted import catalogue, hosts

RUNNING = {"app1": ("boutique",), "mail1": ("mailer",), "db1": ("postgresql",)}
CIRCLE = [("boutique", "mailer"), ("mailer", "boutique"), ("boutique", "postgresql")]


def test_services_in_a_circle_are_named() -> None:
    found = b.answer(CHECK, *hosts(RUNNING, CIRCLE))
    assert str(found.message) == "1 of 3 services are known to be in no circle of dependencies."
    assert found.subjects == ("boutique", "mailer")


def test_the_share_outside_is_measured() -> None:
    said = catalogue(("boutique", ("mailer", "postgresql")), ("mailer", ("boutique",)), ("postgresql", ()), critical=())
    finding = b.finding(CHECK, *hosts(RUNNING, CIRCLE), context=said)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(1, 3), b.Fraction(1, 3))
