from __future__ import annotations

from analyzers.checks.scalabilite.redundancy import CHECK
from tests import builders as b
from tests.analyzers.measures.graph.planted import catalogue, hosts

RUNNING = {"app1": ("boutique", "erp"), "app2": ("boutique",)}
SAID = catalogue(("boutique", ()), ("erp", ()), critical=("boutique", "erp"))


def test_critical_services_on_one_host_are_named() -> None:
    found = b.answer(CHECK, *hosts(RUNNING), context=SAID)
    assert str(found.message) == "1 of 2 critical services listen on two hosts or more."
    assert found.subjects == ("erp",)


def test_it_is_measured() -> None:
    finding = b.finding(CHECK, *hosts(RUNNING), context=SAID)
    assert (finding.outcome, finding.coverage) == ("measured", 1)
    assert finding.interval == finding.measured_only


def test_nothing_is_critical_when_the_catalogue_values_everything_low() -> None:
    finding = b.finding(CHECK, *hosts(RUNNING), context=catalogue(("boutique", ()), ("erp", ()), critical=()))
    assert finding.outcome == "not_applicable"
