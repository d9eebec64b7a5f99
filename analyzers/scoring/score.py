"""Findings to scores of axes and prerequisites, as weighted means of exact intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzers.model.finding import Finding
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from analyzers.model.verdict import AXES, PREREQUISITES, AxisScore
from analyzers.rubric import CheckRule, Rubric


def axes(findings: Sequence[Finding], rubric: Rubric) -> tuple[AxisScore, ...]:
    """Return the score of each axis, in the order of the grid."""
    return tuple(_score(axis, _of_axis(axis, findings, rubric)) for axis in AXES)


def prerequisites(findings: Sequence[Finding], rubric: Rubric) -> tuple[AxisScore, ...]:
    """Return the score of each prerequisite, in the order of the grid."""
    return tuple(_score(gate, _of_gate(gate, findings, rubric)) for gate in PREREQUISITES)


def _of_axis(axis: str, findings: Iterable[Finding], rubric: Rubric) -> list[tuple[CheckRule, Finding]]:
    pairs = [(rubric.checks[each.check_id], each) for each in findings]
    return [(rule, each) for rule, each in pairs if rule.axis == axis]


def _of_gate(gate: str, findings: Iterable[Finding], rubric: Rubric) -> list[tuple[CheckRule, Finding]]:
    pairs = [(rubric.checks[each.check_id], each) for each in findings]
    return [(rule, each) for rule, each in pairs if gate in rule.gates]


def _score(name: str, parts: list[tuple[CheckRule, Finding]]) -> AxisScore:
    known = [(rule, each.interval) for rule, each in parts if each.applicable]
    measured = [(rule, each.measured_only) for rule, each in parts if each.applicable_when_measured]
    whole = sum((rule.weight for rule, _ in parts), ZERO)
    covered = sum((rule.weight * each.coverage for rule, each in parts), ZERO)
    return AxisScore(
        axis=name,
        interval=_mean(known),
        measured_only=_mean(measured),
        coverage=covered / whole if whole else ZERO,
    )


def _mean(parts: list[tuple[CheckRule, Interval]]) -> Interval:
    total = sum((rule.weight for rule, _ in parts), ZERO)
    if not total:
        return UNKNOWN
    low = sum((rule.weight * each.low for rule, each in parts), ZERO)
    high = sum((rule.weight * each.high for rule, each in parts), ZERO)
    return Interval(min(ONE, low / total), min(ONE, high / total))
