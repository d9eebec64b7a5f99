"""The verdict rule, narrowed to what one use of AI needs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from analyzers.model.finding import Finding
from analyzers.model.message import N_, Message, message
from analyzers.model.verdict import Answer, AxisScore, UseCaseVerdict
from analyzers.rubric import Rubric
from analyzers.scoring.rule import AXIS_SHORT, GATE_UNPROVED, GATE_WAIVED, PREREQUISITE_SHORT, TOO_LITTLE_MEASURED
from analyzers.use_cases import UseCase

REDHIBITOIRE = N_("{check}: what was measured forbids every project.")


def judge(
    case: UseCase,
    axes: Sequence[AxisScore],
    prerequisites: Sequence[AxisScore],
    findings: Sequence[Finding],
    rubric: Rubric,
) -> UseCaseVerdict:
    """Return the answer for one use of AI and what it misses.

    *oui*: every needed low reaches its bar, every gate check of the needed prerequisites holds and is not waived, and
    the share of them that must be measured is. *non*: measured-only highs make a needed prerequisite fall under the
    bar of *non*, or two needed axes, or a redhibitoire check of a needed prerequisite.
    """
    needed = [each for each in prerequisites if each.axis in case.prerequisites]
    needed_axes = [each for each in axes if each.axis in case.axes]
    gates = [
        each
        for each in findings
        if each.applicable and set(rubric.checks[each.check_id].gates) & case.prerequisites.keys()
    ]
    missing = [
        *_short(needed, case.prerequisites, PREREQUISITE_SHORT, "prerequisite"),
        *_short(needed_axes, case.axes, AXIS_SHORT, "axis"),
        *_gates(gates, rubric),
        *_unmeasured(needed, rubric),
    ]
    forbidding = [message(REDHIBITOIRE, check=each.check_id) for each in gates if _forbids(each, rubric)]
    lost = bool(forbidding) or _lost(needed, needed_axes, rubric)
    answer: Answer = "non" if lost else "pas encore" if missing else "oui"
    return UseCaseVerdict(name=case.name, answer=answer, missing=(*forbidding, *missing))


def _short(scores: Sequence[AxisScore], bars: Mapping[str, Fraction], template: str, noun: str) -> list[Message]:
    return [
        message(
            template,
            **{noun: each.axis},
            low=math.floor(each.interval.low * 100),
            high=math.ceil(each.interval.high * 100),
            bar=math.ceil(bars[each.axis]),
        )
        for each in scores
        if each.interval.low * 100 < bars[each.axis]
    ]


def _gates(gates: Sequence[Finding], rubric: Rubric) -> list[Message]:
    return [
        message(GATE_WAIVED, check=each.check_id)
        if each.outcome == "waived"
        else message(
            GATE_UNPROVED,
            check=each.check_id,
            low=math.floor(each.interval.low * 100),
            high=math.ceil(each.interval.high * 100),
            bar=math.ceil(rubric.checks[each.check_id].fail_below * 100),
        )
        for each in gates
        if each.outcome == "waived" or each.interval.low < rubric.checks[each.check_id].fail_below
    ]


def _unmeasured(needed: Sequence[AxisScore], rubric: Rubric) -> list[Message]:
    bar = rubric.verdict.measured_share
    return [
        message(
            TOO_LITTLE_MEASURED,
            prerequisite=each.axis,
            share=math.floor(each.coverage * 100),
            bar=math.ceil(bar * 100),
        )
        for each in needed
        if each.coverage < bar
    ]


def _forbids(finding: Finding, rubric: Rubric) -> bool:
    rule = rubric.checks[finding.check_id]
    return rule.redhibitoire and finding.measured_only.high < rule.fail_below


def _lost(needed: Sequence[AxisScore], needed_axes: Sequence[AxisScore], rubric: Rubric) -> bool:
    rule = rubric.verdict
    fallen = sum(1 for each in needed_axes if each.measured_only.high * 100 < rule.non_axis)
    return (
        any(each.measured_only.high * 100 < rule.non_prerequisite for each in needed) or fallen >= 2  # noqa: PLR2004 - as the rule
    )
