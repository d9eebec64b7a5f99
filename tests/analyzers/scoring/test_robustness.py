"""Robustness: the vectorised rule is the rule, and a certain verdict holds under every weighting."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given, settings

from analyzers.measures import robustness
from analyzers.model.interval import Interval
from analyzers.scoring.verdict import decide
from tests.analyzers.scoring import worlds

FULL = Interval.point(1)


def decided(random):
    rubric, found = worlds.world(random)
    return rubric, decide(worlds.measurements(found), rubric, worlds.policy())


@settings(max_examples=300, deadline=None)
@given(worlds.randoms)
def test_under_the_rubric_s_own_weights_the_answer_is_the_verdict_s(random) -> None:
    rubric, verdict = decided(random)
    own = np.array([[float(rubric.checks[each.check_id].weight) for each in verdict.findings]])
    assert robustness._answers(own, verdict.findings, rubric)[0] == verdict.judgement.answer


@settings(max_examples=30, deadline=None)
@given(worlds.randoms)
def test_a_certain_verdict_holds_under_every_weighting(random) -> None:
    rubric, verdict = decided(random)
    certain = tuple(
        replace(each, outcome="measured", interval=FULL, measured_only=FULL, coverage=Fraction(1))
        for each in verdict.findings
    )
    assert robustness.steadiness(certain, "oui", rubric).share == 1


def test_the_same_seed_gives_the_same_share() -> None:
    from random import Random

    rubric, verdict = decided(Random(7))
    shares = {robustness.steadiness(verdict.findings, verdict.judgement.answer, rubric) for _ in range(2)}
    assert len(shares) == 1
