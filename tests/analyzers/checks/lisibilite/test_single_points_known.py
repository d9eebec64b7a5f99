from __future__ import annotations

from analyzers.checks.lisibilite.single_points_known import CHECK
from tests import builders as b
from tests.analyzers.measures.graph.planted import catalogue, hosts

RUNNING = {"app1": ("boutique",), "app2": ("boutique",), "db1": ("postgresql",)}
CALLS = [("boutique", "postgresql")]
NEEDS = (("boutique", ("postgresql",)), ("postgresql", ()))


def test_single_points_that_nobody_accepted_are_named() -> None:
    found = b.answer(CHECK, *hosts(RUNNING, CALLS), context=catalogue(*NEEDS, risks=()))
    assert str(found.message).startswith("Of 1 single points of failure under critical services, 0 are known")
    assert found.subjects == ("postgresql",)


def test_the_evidence_shows_where_it_runs_and_who_needs_it() -> None:
    finding = b.finding(CHECK, *hosts(RUNNING, CALLS), context=catalogue(*NEEDS, risks=()))
    shown = {str(each.value) for each in finding.evidence}
    assert {"postgresql on db1", "app1/boutique -> db1/postgresql:5432/tcp"} <= shown


def test_an_estate_without_any_has_full_marks() -> None:
    doubled = RUNNING | {"db2": ("postgresql",)}
    finding = b.finding(CHECK, *hosts(doubled, CALLS), context=catalogue(*NEEDS))
    assert (finding.interval.low, finding.coverage) == (1, 1)
