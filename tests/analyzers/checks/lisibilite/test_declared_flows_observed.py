from __future__ import annotations

from analyzers.checks.lisibilite.declared_flows_observed import CHECK
from analyzers.measures.flow_catalogue import documented
from tests import builders as b
from tests.flow_worlds import world

SEEN, GHOST = ("boutique", "postgres"), ("boutique", "nginx")


def test_ghosts_are_named_and_contradict_what_is_written() -> None:
    estate = world({SEEN}, {SEEN, GHOST})
    found = CHECK.measure(CHECK.evidence(estate))
    expected = "1 of 2 declared dependencies were seen on the network; ghosts, never seen: 1."
    assert (str(found.message), found.subjects) == (expected, ("boutique -> nginx",))
    members = b.by_name(found.population)
    assert members["boutique -> nginx"].contradicted(b.Fraction(3, 10))
    assert not members["boutique -> postgres"].contradicted(b.Fraction(3, 10))


def test_what_nobody_could_look_for_is_unknown_and_says_why() -> None:
    members = b.by_name(documented(world(set(), {SEEN, GHOST}, dark={"nginx"})))
    assert {(each.measured, each.declared, each.reason) for each in members.values()} == {(None, None, "no_permission")}


def test_without_a_word_on_dependencies_there_is_nothing_to_look_for() -> None:
    silent = b.context(services=(b.service("nginx"),))
    clean = b.context(services=(b.service("nginx", depends_on=()),))
    assert b.finding(CHECK, context=silent).reason == "not_declared"
    assert b.finding(CHECK, context=clean).outcome == "not_applicable"
