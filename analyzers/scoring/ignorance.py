"""The price of ignorance: which unknown, once answered well, brings *oui* nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from analyzers.model.finding import Finding
from analyzers.model.interval import ZERO, Interval
from analyzers.model.verdict import Ignorance
from analyzers.rubric import Rubric
from analyzers.scoring import score

MOST = 20
"""Unknowns named in a verdict: beyond, none moves it much."""


def prices(findings: Sequence[Finding], rubric: Rubric, most: int = MOST) -> tuple[Ignorance, ...]:
    """Return the unknowns whose answer would move the verdict, largest gain first.

    The gain is what remains to be reached before *oui* (in points of 100, summed over axes, prerequisites and gate
    checks), less what would remain if the check were measured at its own high.
    """
    before = _distance(findings, rubric)
    found = []
    for index, finding in enumerate(findings):
        if not finding.applicable or finding.interval.width == 0:
            continue
        answered = replace(finding, interval=Interval.point(finding.interval.high), coverage=Fraction(1))
        gain = before - _distance((*findings[:index], answered, *findings[index + 1 :]), rubric)
        if gain > 0:
            found.append(Ignorance(check_id=finding.check_id, gain=gain))
    return tuple(sorted(found, key=lambda each: (-each.gain, each.check_id))[:most])


def _distance(findings: Sequence[Finding], rubric: Rubric) -> Fraction:
    rule = rubric.verdict
    parts = [rule.oui_axis - each.interval.low * 100 for each in score.axes(findings, rubric)]
    for each in score.prerequisites(findings, rubric):
        parts += [rule.oui_prerequisite - each.interval.low * 100, (rule.measured_share - each.coverage) * 100]
    parts += [
        (rubric.checks[each.check_id].fail_below - each.interval.low) * 100
        for each in findings
        if each.applicable and rubric.checks[each.check_id].gates
    ]
    return sum((part for part in parts if part > 0), ZERO)
