"""The rule narrowed to a use of AI."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from analyzers.model.context import AiUseCase, Needs
from analyzers.model.interval import Interval
from analyzers.model.verdict import AXES, PREREQUISITES
from analyzers.scoring.use_cases import judge
from analyzers.scoring.verdict import decide
from analyzers.use_cases import declared, published
from tests.analyzers.scoring import worlds

RANK = {"non": 0, "pas encore": 1, "oui": 2}


def all_at(rubric, interval: Interval, coverage: Fraction):
    return tuple(
        replace(each, outcome="measured", interval=interval, measured_only=interval, coverage=coverage)
        for each in decide({}, rubric, worlds.policy()).findings
    )


def answers(findings, rubric) -> dict[str, str]:
    from analyzers.scoring import score

    scores = score.axes(findings, rubric), score.prerequisites(findings, rubric)
    return {case.name: judge(case, *scores, findings, rubric).answer for case in published()}


def test_every_published_case_needs_at_least_one_prerequisite_and_one_axis() -> None:
    cases = published()
    assert len(cases) == 7
    for case in cases:
        assert case.prerequisites
        assert case.axes
        assert case.prerequisites.keys() <= set(PREREQUISITES)
        assert case.axes.keys() <= set(AXES)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [(Interval.point(1), "oui"), (Interval.point(0), "non"), (Interval.between(0, 1), "pas encore")],
)
def test_all_full_all_empty_all_unknown(interval: Interval, expected: str) -> None:
    from analyzers.rubric import published as rubric

    found = all_at(rubric(), interval, 1 - interval.width)
    assert set(answers(found, rubric()).values()) == {expected}


@settings(max_examples=100, deadline=None)
@given(worlds.randoms)
def test_an_estate_that_may_start_may_start_what_needs_no_more_than_the_estate_s_bars(random) -> None:
    rubric, found = worlds.world(random, "kind")
    verdict = decide(worlds.measurements(found), rubric, worlds.policy())
    needs = Needs(
        prerequisites={gate: float(rubric.verdict.oui_prerequisite) for gate in PREREQUISITES},
        axes={axis: float(rubric.verdict.oui_axis) for axis in AXES},
    )
    case = declared([AiUseCase(name="everything", needs=needs)])[0]
    narrowed = judge(case, verdict.axes, verdict.prerequisites, verdict.findings, rubric)
    assert narrowed.answer == verdict.judgement.answer
    assert bool(narrowed.missing) == (narrowed.answer != "oui")


@settings(max_examples=100, deadline=None)
@given(worlds.randoms)
def test_needing_less_is_never_answered_worse(random) -> None:
    rubric, found = worlds.world(random)
    verdict = decide(worlds.measurements(found), rubric, worlds.policy())
    gates = random.sample(PREREQUISITES, 2)
    more, less = (
        declared(
            [AiUseCase(name="x", needs=Needs(prerequisites=dict.fromkeys(chosen, 50.0), axes={"lisibilite": 50.0}))]
        )[0]
        for chosen in (gates, gates[:1])
    )
    judged = [
        judge(each, verdict.axes, verdict.prerequisites, verdict.findings, rubric).answer for each in (more, less)
    ]
    assert RANK[judged[1]] >= RANK[judged[0]]


def test_one_fallen_axis_alone_is_no_refusal() -> None:
    from analyzers.rubric import published as rubric

    found = all_at(rubric(), Interval.point(1), Fraction(1))
    fallen = tuple(
        replace(each, interval=Interval.point(0), measured_only=Interval.point(0))
        if rubric().checks[each.check_id].axis == "scalabilite" and not rubric().checks[each.check_id].gates
        else each
        for each in found
    )
    judged = answers(fallen, rubric())
    assert judged["capacity forecasting"] == "pas encore"
    assert judged["root-cause assistance"] == "oui"
