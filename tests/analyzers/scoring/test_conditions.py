"""The cheapest way to oui: sufficient, minimal, cheapest."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from hypothesis import assume, given, settings

from analyzers.measures.conditions import cheapest
from analyzers.model.interval import Interval
from analyzers.scoring import rule, score
from analyzers.scoring.verdict import decide
from tests.analyzers.scoring import worlds

FULL = Interval(Fraction(1), Fraction(1))


def findings_of(random):
    rubric, found = worlds.world(random, "mixed" if random.random() < 0.7 else "kind")
    return rubric, decide(worlds.measurements(found), rubric, worlds.policy()).findings


def answer(findings, rubric) -> str:
    scores = score.axes(findings, rubric), score.prerequisites(findings, rubric)
    return rule.judge(*scores, findings, rubric).answer


def put_right(findings, chosen):
    return tuple(
        replace(each, outcome="measured", interval=FULL, measured_only=FULL, coverage=Fraction(1))
        if each.check_id in chosen
        else each
        for each in findings
    )


def effort(findings, rubric, chosen) -> Fraction:
    return sum(
        (rubric.effort_days(each.check_id, each.failing) for each in findings if each.check_id in chosen), Fraction(0)
    )


@settings(max_examples=150, deadline=None)
@given(worlds.randoms)
def test_conditions_are_sufficient_and_minimal(random) -> None:
    rubric, findings = findings_of(random)
    assume(answer(findings, rubric) != "oui")
    found = cheapest(findings, rubric)
    if found is None:
        assert answer(put_right(findings, {each.check_id for each in findings if each.applicable}), rubric) != "oui"
        return
    chosen = set(found)
    assert answer(put_right(findings, chosen), rubric) == "oui"
    priced = {each for each in chosen if effort(findings, rubric, {each}) > 0}
    for each in priced:
        assert answer(put_right(findings, chosen - {each}), rubric) != "oui"


@settings(max_examples=40, deadline=None)
@given(worlds.randoms)
def test_conditions_are_the_cheapest_by_brute_force(random) -> None:
    rubric, findings = findings_of(random)
    candidates = [each.check_id for each in findings if each.applicable]
    assume(len(candidates) <= 8)
    found = cheapest(findings, rubric)
    assume(found is not None)
    best = min(
        effort(findings, rubric, subset)
        for size in range(len(candidates) + 1)
        for subset in combinations(candidates, size)
        if answer(put_right(findings, subset), rubric) == "oui"
    )
    assert effort(findings, rubric, found) == best


@given(worlds.randoms)
def test_an_estate_that_may_start_has_no_condition_of_any_price(random) -> None:
    rubric, found = worlds.world(random, "kind")
    findings = decide(worlds.measurements(found), rubric, worlds.policy()).findings
    if answer(findings, rubric) == "oui":
        assert effort(findings, rubric, cheapest(findings, rubric)) == 0
