from __future__ import annotations

from analyzers.checks.scalabilite.growth_absorbed import CHECK
from analyzers.model.context import Organisation
from tests import builders as b
from tests.analyzers.measures.capacity.days import calm


def test_hosts_that_growth_fills_are_named() -> None:
    context = b.context(organisation=Organisation(growth_percent_per_year=200))
    found = b.answer(CHECK, b.host("web1"), monitoring=b.monitoring(*calm()), context=context)
    assert str(found.message) == "0 of 1 hosts keep their headroom after twelve months of growth."
    assert found.subjects == ("web1",)


def test_without_days_it_is_unknown() -> None:
    finding = b.finding(CHECK, b.host())
    assert (finding.outcome, finding.reason) == ("unknown", "no_monitoring_source")
