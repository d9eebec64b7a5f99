from __future__ import annotations

from analyzers.checks.lisibilite.impact_foreseeable import CHECK
from tests import builders as b
from tests.analyzers.measures.graph.planted import catalogue, hosts

RUNNING = {"app1": ("boutique",), "db1": ("postgresql",), "erp1": ("erp",)}
CALLS = [("boutique", "postgresql"), ("erp", "postgresql")]
SAID = catalogue(("boutique", ("postgresql",)), ("postgresql", ()), ("erp", ()), critical=("boutique", "postgresql"))


def test_services_hit_by_surprise_are_named() -> None:
    found = b.answer(CHECK, *hosts(RUNNING, CALLS), context=SAID)
    assert str(found.message) == "What depends on them is written as it is seen for 1 of 2 critical services."
    assert found.subjects == ("postgresql",)


def test_the_mean_over_critical_services_is_measured() -> None:
    finding = b.finding(CHECK, *hosts(RUNNING, CALLS), context=SAID)
    assert (finding.interval.low, finding.interval.high, finding.coverage) == (b.Fraction(3, 4), b.Fraction(3, 4), 1)


def test_a_single_look_leaves_it_open() -> None:
    finding = b.finding(CHECK, *hosts(RUNNING, CALLS, flow_watch=None), context=SAID)
    assert (finding.outcome, finding.reason) == ("unknown", "too_few")
    assert "over a week" in str(finding.message)
