"""One finding of a verdict as a part of the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzers.model.check import Check
from analyzers.model.evidence import Evidence
from analyzers.model.finding import Finding
from analyzers.model.reasons import Reason
from analyzers.planned import QUESTIONS
from analyzers.rubric import Rubric
from exporters.parts import EvidencePart, FindingPart, ProvenancePart, WaiverPart
from exporters.rounding import days, down, range_of
from exporters.texts import Texts

MOST_SUBJECTS = 1000
"""Subjects kept in a finding, worst first: a file that is read each day stays readable."""

LARGEST_INTEGER = 2**63

ANSWERED_BY: Mapping[Reason, str] = {"not_declared": "context", "no_monitoring_source": "prometheus"}
"""The one source that settles a reason: the others were asked, or are not what is missing."""


def finding(found: Finding, rubric: Rubric, check: Check | None, texts: Texts) -> FindingPart:
    """Return a finding with the texts of its question; `check` None means that this version does not ask it."""
    rule = rubric.checks[found.check_id]
    shown = range_of(found.interval)
    return FindingPart(
        check=found.check_id,
        axis=rule.axis,
        gates=rule.gates,
        outcome=found.outcome,
        reason=found.reason,
        low=shown.low,
        high=shown.high,
        coverage=down(found.coverage),
        measured_only=range_of(found.measured_only),
        message=texts.say(found.message),
        subjects=found.subjects[:MOST_SUBJECTS],
        subjects_total=len(found.subjects),
        evidence=evidence(found.evidence),
        question=check.question if check else QUESTIONS.get(found.check_id, ""),
        why=check.why if check else "",
        how_measured=check.how_measured if check else "",
        remedy=check.remedy if check else "",
        command=check.command if check else "",
        risk=check.risk if check else "",
        needs=check.needs if check else (),
        would_answer=would_answer(found, check) if check else (),
        effort_days=_effort(found, rubric),
        horizon=rule.horizon,
        weight=float(rule.weight),
        fail_below=float(rule.fail_below),
        redhibitoire=rule.redhibitoire,
        waivers=tuple(
            WaiverPart(owner=each.owner, reason=each.reason, expires=each.expires, scope=each.scope)
            for each in found.waivers
        ),
        declared_empty=found.declared_empty,
    )


def evidence(found: Iterable[Evidence]) -> tuple[EvidencePart, ...]:
    """Return evidence with its provenance."""
    return tuple(
        EvidencePart(
            key=each.key,
            value=_jsonable(each.value),
            unit=each.unit,
            kind=each.kind,
            provenance=ProvenancePart(
                source=each.provenance.source,
                query=each.provenance.query,
                collected_at=each.provenance.collected_at,
                window=each.provenance.window,
            ),
        )
        for each in found
    )


def would_answer(found: Finding, check: Check) -> tuple[str, ...]:
    """Return the sources that would answer what is still open, the one that is missing alone where it is known."""
    if not found.applicable or found.reason is None:
        return ()
    missing = ANSWERED_BY.get(found.reason, "")
    return (missing,) if missing in check.needs else check.needs


def _effort(found: Finding, rubric: Rubric) -> float:
    """Return person-days to full marks: nothing where nothing is wrong or unknown."""
    if not found.applicable or (found.outcome != "waived" and found.interval.low == 1):
        return 0.0
    return days(rubric.effort_days(found.check_id, found.failing))


def _jsonable(value: str | float | bool | None) -> str | int | float | bool | None:  # noqa: FBT001 - a value, no flag
    """Integers that readers of JSON would truncate are written as text."""
    return str(value) if isinstance(value, int) and abs(value) >= LARGEST_INTEGER else value
