"""The price of ignorance."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings

from analyzers.model.interval import Interval
from analyzers.scoring.ignorance import prices
from analyzers.scoring.verdict import decide
from tests.analyzers.scoring import worlds


def findings_of(random):
    rubric, found = worlds.world(random)
    return rubric, decide(worlds.measurements(found), rubric, worlds.policy()).findings


@settings(max_examples=100, deadline=None)
@given(worlds.randoms)
def test_only_unknowns_have_a_price_and_the_dearest_comes_first(random) -> None:
    rubric, findings = findings_of(random)
    found = prices(findings, rubric)
    unknown = {each.check_id for each in findings if each.applicable and each.interval.width > 0}
    assert {each.check_id for each in found} <= unknown
    assert [each.gain for each in found] == sorted((each.gain for each in found), reverse=True)
    assert all(each.gain > 0 for each in found)


@settings(max_examples=50, deadline=None)
@given(worlds.randoms)
def test_what_is_all_known_costs_nothing(random) -> None:
    rubric, findings = findings_of(random)
    known = tuple(replace(each, interval=Interval.point(each.interval.low), coverage=Fraction(1)) for each in findings)
    assert prices(known, rubric) == ()
