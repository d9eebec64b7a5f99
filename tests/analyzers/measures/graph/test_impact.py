from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.graph.estate import estate_graph
from analyzers.measures.graph.impact import foreseeable, impact_on
from tests import builders as b
from tests.analyzers.measures.graph.planted import catalogue, hosts

RUNNING = {"app1": ("boutique",), "mail1": ("mailer",), "db1": ("postgresql",), "erp1": ("erp",)}
CALLS = [("boutique", "postgresql"), ("mailer", "boutique"), ("erp", "postgresql")]
TRUE = (("boutique", ("postgresql",)), ("mailer", ("boutique",)), ("erp", ("postgresql",)), ("postgresql", ()))


def agreed(*needs, calls=CALLS, extra=(), **blocks):
    estate = b.estate(*hosts(RUNNING, calls, **blocks), *extra, context=catalogue(*needs, critical=("postgresql",)))
    (member,) = foreseeable(estate).members
    return member.measured.low if member.measured is not None else member.reason


def test_a_catalogue_that_says_what_is_seen_foresees_everything() -> None:
    assert agreed(*TRUE) == 1


def test_what_only_one_side_knows_counts_against() -> None:
    assert agreed(*TRUE[:1], ("mailer", ()), ("erp", ()), ("postgresql", ())) == Fraction(1, 3)
    ghost = (*TRUE, ("redis", ("postgresql",)))
    assert agreed(*ghost) == "partial", "redis runs nowhere that was read: who knows"
    assert agreed(*TRUE, calls=CALLS[:2]) == Fraction(2, 3)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"extra": (b.refused("dark1"),)}, "no_permission"),
        ({"flow_watch": None}, "too_few"),
    ],
)
def test_it_is_unknown_until_the_whole_estate_was_watched(fields, reason) -> None:
    assert agreed(*TRUE, **fields) == reason


def test_a_catalogue_that_never_says_what_is_needed_says_nothing() -> None:
    services = tuple(b.service(name, criticality=5) for name, _ in TRUE)
    population = foreseeable(b.estate(*hosts(RUNNING, CALLS), context=b.context(services=services)))
    assert {each.reason for each in population.members} == {"not_declared"}


def test_what_nothing_depends_on_is_foreseen() -> None:
    estate = b.estate(*hosts(RUNNING, CALLS), context=catalogue(*TRUE, critical=("mailer",)))
    (member,) = foreseeable(estate).members
    assert member.measured.low == 1


def test_a_change_reaches_all_that_depends_on_it_and_on_its_host() -> None:
    graph = estate_graph(b.estate(*hosts(RUNNING, CALLS), context=catalogue(*TRUE, critical=("boutique", "erp"))))
    on_service, on_host = impact_on("postgresql", graph), impact_on("db1", graph)
    assert on_service.services == ("boutique", "erp", "mailer")
    assert on_service.critical == ("boutique", "erp")
    assert on_host.services == ("boutique", "erp", "mailer", "postgresql")
    assert impact_on("nobody", graph).services == ()


def test_flows_that_show_nothing_are_evidence_too() -> None:
    alone = hosts({"app1": ("boutique",)})
    (member,) = foreseeable(b.estate(*alone, context=catalogue(("boutique", ())))).members
    assert (member.measured.low, member.evidence[0].value) == (1, 0)


def test_a_catalogue_without_a_host_is_compared_with_nothing() -> None:
    (member,) = foreseeable(b.estate(context=catalogue(("boutique", ())))).members
    assert (member.measured, member.reason) == (None, "no_source")
