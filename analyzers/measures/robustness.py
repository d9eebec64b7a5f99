"""Whether the answer would hold if the weights were a little different."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from analyzers.model.finding import Finding
from analyzers.model.verdict import AXES, PREREQUISITES, Answer, Steadiness
from analyzers.rubric import Rubric

SEED = 20261
DECIMALS = 9
"""Scores are compared after rounding to 1e-9, so that floats cannot tip a score that stands on its bar."""

Scores = NDArray[np.float64]


def steadiness(findings: Sequence[Finding], answer: Answer, rubric: Rubric, seed: int = SEED) -> Steadiness:
    """Return how often the answer holds under random weights.

    Weights are drawn once over all checks from a Dirichlet law of parameters
    ``concentration * w_i / mean(w)``, then renormalised inside each axis and prerequisite.
    """
    rule = rubric.verdict
    own = np.array([float(rubric.checks[each.check_id].weight) for each in findings])
    generator = np.random.default_rng(seed)
    weights = generator.dirichlet(float(rule.robustness.concentration) * own / own.mean(), size=rule.robustness.draws)
    answers = _answers(weights, findings, rubric)
    held = Fraction(int((answers == answer).sum()), rule.robustness.draws)
    return Steadiness(draws=rule.robustness.draws, share=held)


def _answers(weights: Scores, findings: Sequence[Finding], rubric: Rubric) -> NDArray[np.str_]:
    rule = rubric.verdict
    in_axis = [np.array([rubric.checks[each.check_id].axis == axis for each in findings]) for axis in AXES]
    in_gate = [np.array([gate in rubric.checks[each.check_id].gates for each in findings]) for gate in PREREQUISITES]
    counted = np.array([each.applicable for each in findings])
    judged = np.array([each.applicable_when_measured for each in findings])
    low = np.array([float(each.interval.low) for each in findings])
    best = np.array([float(each.measured_only.high) for each in findings])
    covered = np.array([float(each.coverage) for each in findings])

    reached = np.full(len(weights), _gates_hold(findings, rubric))
    for inside in in_axis:
        reached &= _mean(weights, low, inside & counted, empty=0.0) >= _bar(rule.oui_axis)
    for inside in in_gate:
        reached &= _mean(weights, low, inside & counted, empty=0.0) >= _bar(rule.oui_prerequisite)
        reached &= _mean(weights, covered, inside, empty=0.0) >= np.round(float(rule.measured_share), DECIMALS)

    lost = np.full(len(weights), _redhibitoire(findings, rubric))
    fallen = np.zeros(len(weights), dtype=int)
    for inside in in_axis:
        fallen += _mean(weights, best, inside & judged, empty=1.0) < _bar(rule.non_axis)
    for inside in in_gate:
        lost |= _mean(weights, best, inside & judged, empty=1.0) < _bar(rule.non_prerequisite)
    lost |= fallen >= 2  # noqa: PLR2004 - "two axes", the rule itself
    return np.where(lost, "non", np.where(reached, "oui", "pas encore"))


def _mean(weights: Scores, values: Scores, inside: NDArray[np.bool_], empty: float) -> Scores:
    if not inside.any():
        return np.full(len(weights), empty)
    part = weights[:, inside]
    means: Scores = np.round(part @ values[inside] / part.sum(axis=1), DECIMALS)
    return means


def _bar(bar: Fraction) -> float:
    return round(float(bar / 100), DECIMALS)


def _gates_hold(findings: Sequence[Finding], rubric: Rubric) -> bool:
    return all(
        each.outcome != "waived" and each.interval.low >= rubric.checks[each.check_id].fail_below
        for each in findings
        if each.applicable and rubric.checks[each.check_id].gates
    )


def _redhibitoire(findings: Sequence[Finding], rubric: Rubric) -> bool:
    rules = rubric.checks
    return any(
        rules[each.check_id].redhibitoire
        and bool(rules[each.check_id].gates)
        and each.applicable
        and each.measured_only.high < rules[each.check_id].fail_below
        for each in findings
    )
