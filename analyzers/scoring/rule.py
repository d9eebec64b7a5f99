"""The verdict rule: oui, non or pas encore, and why. Its numbers are the rubric's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from analyzers.model.finding import Finding
from analyzers.model.message import N_, Message, message
from analyzers.model.verdict import AxisScore, Judgement, Lack
from analyzers.rubric import Rubric

ALL_REACHED = N_("Every axis reaches {axis_bar} and every prerequisite {prerequisite_bar}, on what was measured.")
PREREQUISITE_LOST = N_(
    "Prerequisite {prerequisite}: {high} at best, even if all that is unknown turned out well; "
    "under {bar}, nothing can start."
)
AXES_LOST = N_(
    "Axis {axis}: {high} at best, even if all that is unknown turned out well; two axes under {bar} make a non."
)
REDHIBITOIRE = N_("{check}: measured at {high} of 100 at best, under the {bar} below which no project may start.")
AXIS_SHORT = N_("Axis {axis}: between {low} and {high}, {bar} needed.")
PREREQUISITE_SHORT = N_("Prerequisite {prerequisite}: between {low} and {high}, {bar} needed.")
GATE_FAILS = N_("{check}: {high} of 100 at best, {bar} needed.")
GATE_UNPROVED = N_("{check}: between {low} and {high} of 100, {bar} needed.")
GATE_WAIVED = N_("{check}: waived, and a prerequisite cannot rest on a waiver.")
TOO_LITTLE_MEASURED = N_("Prerequisite {prerequisite}: {share} % of it is measured, {bar} % needed.")


def judge(
    axes: Sequence[AxisScore], prerequisites: Sequence[AxisScore], findings: Sequence[Finding], rubric: Rubric
) -> Judgement:
    """Return the answer, what is lacking, and the reasons, most decisive first."""
    foundations, evidence = _shortfalls(axes, prerequisites, findings, rubric)
    lack: tuple[Lack, ...] = (*(("foundations",) if foundations else ()), *(("evidence",) if evidence else ()))
    refusals = _refusals(axes, prerequisites, findings, rubric)
    if refusals:
        return Judgement(answer="non", lack=lack, reasons=tuple(refusals))
    if foundations or evidence:
        return Judgement(answer="pas encore", lack=lack, reasons=(*foundations, *evidence))
    rule = rubric.verdict
    reached = message(
        ALL_REACHED, axis_bar=math.floor(rule.oui_axis), prerequisite_bar=math.floor(rule.oui_prerequisite)
    )
    return Judgement(answer="oui", lack=(), reasons=(reached,))


def _refusals(
    axes: Sequence[AxisScore], prerequisites: Sequence[AxisScore], findings: Sequence[Finding], rubric: Rubric
) -> list[Message]:
    """Return what makes a *non*, with every declaration taken as unknown."""
    rule = rubric.verdict
    lost = [
        message(
            REDHIBITOIRE, check=each.check_id, high=_up(each.measured_only.high), bar=_up(_fail_below(each, rubric))
        )
        for each in findings
        if rubric.checks[each.check_id].redhibitoire
        and rubric.checks[each.check_id].gates
        and each.applicable
        and each.measured_only.high < _fail_below(each, rubric)
    ]
    lost += [
        message(
            PREREQUISITE_LOST,
            prerequisite=each.axis,
            high=_up(each.measured_only.high),
            bar=_shown(rule.non_prerequisite),
        )
        for each in prerequisites
        if each.measured_only.high * 100 < rule.non_prerequisite
    ]
    fallen = [each for each in axes if each.measured_only.high * 100 < rule.non_axis]
    if len(fallen) >= 2:  # noqa: PLR2004 - "two axes", the rule itself
        lost += [
            message(AXES_LOST, axis=each.axis, high=_up(each.measured_only.high), bar=_shown(rule.non_axis))
            for each in fallen
        ]
    return lost


def _shortfalls(
    axes: Sequence[AxisScore], prerequisites: Sequence[AxisScore], findings: Sequence[Finding], rubric: Rubric
) -> tuple[list[Message], list[Message]]:
    """Return what keeps from *oui*: for lack of foundations, and for lack of evidence."""
    rule = rubric.verdict
    foundations: list[Message] = []
    evidence: list[Message] = []
    for each in prerequisites:
        _short(each, rule.oui_prerequisite, PREREQUISITE_SHORT, "prerequisite", foundations, evidence)
    for each in axes:
        _short(each, rule.oui_axis, AXIS_SHORT, "axis", foundations, evidence)
    for finding in findings:
        if rubric.checks[finding.check_id].gates and finding.applicable:
            _gate(finding, _fail_below(finding, rubric), foundations, evidence)
    evidence += [
        message(
            TOO_LITTLE_MEASURED,
            prerequisite=each.axis,
            share=math.floor(each.coverage * 100),
            bar=math.ceil(rule.measured_share * 100),
        )
        for each in prerequisites
        if each.coverage < rule.measured_share
    ]
    return foundations, evidence


def _short(
    score: AxisScore, bar: Fraction, template: str, noun: str, foundations: list[Message], evidence: list[Message]
) -> None:
    if score.interval.low * 100 >= bar:
        return
    text = message(
        template, **{noun: score.axis}, low=_down(score.interval.low), high=_up(score.interval.high), bar=_shown(bar)
    )
    (foundations if score.interval.high * 100 < bar else evidence).append(text)


def _gate(finding: Finding, bar: Fraction, foundations: list[Message], evidence: list[Message]) -> None:
    low, high = _down(finding.interval.low), _up(finding.interval.high)
    lacking = foundations if finding.interval.high < bar else evidence
    if finding.outcome == "waived":
        lacking.append(message(GATE_WAIVED, check=finding.check_id))
    elif finding.interval.high < bar:
        lacking.append(message(GATE_FAILS, check=finding.check_id, high=high, bar=_up(bar)))
    elif finding.interval.low < bar:
        lacking.append(message(GATE_UNPROVED, check=finding.check_id, low=low, high=high, bar=_up(bar)))


def _fail_below(finding: Finding, rubric: Rubric) -> Fraction:
    return rubric.checks[finding.check_id].fail_below


def _down(share: Fraction) -> int:
    return math.floor(share * 100)


def _up(share: Fraction) -> int:
    return math.ceil(share * 100)


def _shown(bar: Fraction) -> int:
    return math.ceil(bar)
