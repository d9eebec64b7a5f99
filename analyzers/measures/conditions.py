"""The cheapest way to *oui*: an exact integer programme, one binary an action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from analyzers.model.finding import Finding
from analyzers.model.interval import ZERO
from analyzers.model.verdict import AXES, PREREQUISITES
from analyzers.rubric import Rubric

TOLERANCE = 1e-9
"""Slack of the solver's floats; the exact scorer judges the result again."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """One line of the programme: ``sum(gains of the actions taken) >= short``, scaled so that the largest gain is 1."""

    gains: tuple[Fraction, ...]
    short: Fraction


def cheapest(findings: Sequence[Finding], rubric: Rubric) -> tuple[str, ...] | None:
    """Return ids of the checks to put right, sorted: least total effort, ties to the smallest ids.

    An action raises its check to full marks, measured and not waived. Its price is the rubric's effort for the
    members that fail or were not seen. None when not even every action together gives *oui*: an axis or a
    prerequisite has no applicable check, or the rest of it is not applicable by declaration only.

    Parameters
    ----------
    findings
        One for each check of the rubric, under the discount in force.
    """
    todo = [each for each in findings if each.applicable and _improvable(each)]
    prices = [rubric.effort_days(each.check_id, each.failing) for each in todo]
    bars = _bars(findings, todo, rubric)
    forced = [_must(each, rubric) for each in todo]
    if not _reached(bars, [True] * len(todo)):
        return None
    if _reached(bars, forced):
        return tuple(sorted(each.check_id for each, must in zip(todo, forced, strict=True) if must))
    best = _solve(prices, bars, forced, [False] * len(todo))
    assert best is not None, "every action together reaches every bar"
    return _smallest_ids(todo, prices, bars, forced, _cost(prices, best))


def _improvable(finding: Finding) -> bool:
    return finding.interval.low < 1 or finding.coverage < 1 or finding.outcome == "waived"


def _must(finding: Finding, rubric: Rubric) -> bool:
    """Tell whether a gate check forbids *oui* whatever else is done."""
    rule = rubric.checks[finding.check_id]
    return bool(rule.gates) and (finding.outcome == "waived" or finding.interval.low < rule.fail_below)


def _bars(findings: Sequence[Finding], todo: Sequence[Finding], rubric: Rubric) -> list[_Bar]:
    rule = rubric.verdict
    bars = []
    for axis in AXES:
        inside = {each.check_id for each in findings if rubric.checks[each.check_id].axis == axis}
        bars.append(_low_bar(inside, findings, todo, rubric, rule.oui_axis / 100))
    for gate in PREREQUISITES:
        inside = {each.check_id for each in findings if gate in rubric.checks[each.check_id].gates}
        bars.append(_low_bar(inside, findings, todo, rubric, rule.oui_prerequisite / 100))
        bars.append(_measured_bar(inside, findings, todo, rubric))
    return bars


def _low_bar(
    inside: set[str], findings: Sequence[Finding], todo: Sequence[Finding], rubric: Rubric, bar: Fraction
) -> _Bar:
    counted = [each for each in findings if each.check_id in inside and each.applicable]
    weights = {each.check_id: rubric.checks[each.check_id].weight for each in counted}
    reached = sum((weights[each.check_id] * each.interval.low for each in counted), ZERO)
    gains = [weights.get(each.check_id, ZERO) * (1 - each.interval.low) for each in todo]
    if not counted:
        return _Bar(tuple(ZERO for _ in todo), bar)
    return _scaled(gains, bar * sum(weights.values(), ZERO) - reached)


def _measured_bar(inside: set[str], findings: Sequence[Finding], todo: Sequence[Finding], rubric: Rubric) -> _Bar:
    weights = {check_id: rubric.checks[check_id].weight for check_id in inside}
    reached = sum((weights[each.check_id] * each.coverage for each in findings if each.check_id in inside), ZERO)
    gains = [weights.get(each.check_id, ZERO) * (1 - each.coverage) for each in todo]
    return _scaled(gains, rubric.verdict.measured_share * sum(weights.values(), ZERO) - reached)


def _scaled(gains: Sequence[Fraction], short: Fraction) -> _Bar:
    largest = max((*gains, short, Fraction(0)))
    if not largest:
        return _Bar(tuple(gains), short)
    return _Bar(tuple(each / largest for each in gains), short / largest)


def _solve(
    prices: Sequence[Fraction],
    bars: Sequence[_Bar],
    forced: Sequence[bool],
    barred: Sequence[bool],
    most: Fraction | None = None,
) -> tuple[bool, ...] | None:
    """Return which actions to take, None when no choice reaches every bar (within `most` days)."""
    open_bars = [each for each in bars if each.short > 0]
    constraints = [
        LinearConstraint(np.array([[float(gain) for gain in each.gains]]), float(each.short) - TOLERANCE, np.inf)
        for each in open_bars
    ]
    days = np.array([float(price) for price in prices])
    if most is not None:
        constraints.append(LinearConstraint(days[np.newaxis, :], -np.inf, float(most) + TOLERANCE))
    bounds = Bounds(np.array(forced, dtype=float), 1.0 - np.array(barred, dtype=float))
    found = milp(
        days, constraints=constraints, integrality=np.ones(len(prices)), bounds=bounds, options={"mip_rel_gap": 0.0}
    )
    if found.x is None:
        return None
    return tuple(bool(round(value)) for value in found.x)


def _cost(prices: Sequence[Fraction], taken: Sequence[bool]) -> Fraction:
    return sum((price for price, chosen in zip(prices, taken, strict=True) if chosen), ZERO)


def _smallest_ids(
    todo: Sequence[Finding], prices: Sequence[Fraction], bars: Sequence[_Bar], forced: Sequence[bool], best: Fraction
) -> tuple[str, ...]:
    """Among the cheapest sets, return the one whose ids come first, and that holds no action it can do without."""
    taken, barred = list(forced), [False] * len(todo)
    for index in sorted(range(len(todo)), key=lambda each: todo[each].check_id):
        if taken[index]:
            continue
        with_it = [*taken[:index], True, *taken[index + 1 :]]
        if _cost(prices, with_it) <= best and not _reached(bars, taken) and _solve(prices, bars, with_it, barred, best):
            taken = with_it
        else:
            barred[index] = True
    return tuple(sorted(each.check_id for each, chosen in zip(todo, taken, strict=True) if chosen))


def _reached(bars: Sequence[_Bar], taken: Sequence[bool]) -> bool:
    """Tell exactly whether the actions taken reach every bar."""
    return all(
        sum((gain for gain, chosen in zip(each.gains, taken, strict=True) if chosen), ZERO) >= each.short
        for each in bars
    )
