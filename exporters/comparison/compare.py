"""Verdicts in, what changed out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from exporters.comparison.parts import (
    Change,
    Comparison,
    Failing,
    Incomparable,
    ScoreChange,
    Side,
    Steps,
    WaiverEnd,
)
from exporters.parts import Document, FindingPart
from exporters.ranges import Range, Score

SCOPE_KINDS = frozenset({"host", "agent", "prometheus", "alertmanager"})
"""Origins that decide which part of the world was judged: another set of them is another scope."""

EXPIRES_SOON = timedelta(days=30)
"""A waiver that ends within a month is told: long enough to put things right, or to decide again."""


def compare(before: Document, after: Document) -> Comparison:
    """Return what changed from one verdict to another; the same twice gives an empty comparison.

    Under another rubric or over another scope nothing is better or worse. Otherwise a question is one of better,
    worse, clearer and vaguer by the ends of its interval; one whose applicability changed is incomparable alone.
    """
    forbidden = tuple(_forbidden(before, after))
    if forbidden:
        return Comparison(before=_side(before), after=_side(after), comparable=False, incomparable=forbidden)
    pairs = [(old, new) for old, new in _paired(before, after) if _applicable(old) and _applicable(new)]
    changes = [(_direction(old, new), _change(old, new)) for old, new in pairs]
    went = {name: tuple(each for way, each in changes if way == name) for name in _WAYS}
    return Comparison(
        before=_side(before),
        after=_side(after),
        comparable=True,
        incomparable=tuple(_changed_outcomes(before, after)),
        better=went["better"],
        worse=went["worse"],
        clearer=went["clearer"],
        vaguer=went["vaguer"],
        new=tuple(failing for old, new in pairs for failing in _only_second(old, new)),
        gone=tuple(failing for old, new in pairs for failing in _only_second(new, old)),
        axes=_scores(before.axes.items(), after.axes.items()),
        prerequisites=_scores(before.prerequisites.items(), after.prerequisites.items()),
        conditions=_steps(before, after),
        waivers_ending=tuple(_ending(after)),
    )


_WAYS = ("better", "worse", "clearer", "vaguer")


def _side(document: Document) -> Side:
    return Side(
        taken_at=document.taken_at,
        tool=document.tool,
        rubric=document.rubric.version,
        rubric_sha256=document.rubric.sha256,
        answer=document.verdict.answer,
    )


def _forbidden(before: Document, after: Document) -> Iterator[Incomparable]:
    if before.rubric.sha256 != after.rubric.sha256:
        versions = (before.rubric.version,), (after.rubric.version,)
        yield Incomparable(what="rubric", before=versions[0], after=versions[1])
    asked = _scope(before), _scope(after)
    if asked[0] != asked[1]:
        yield Incomparable(
            what="scope", before=tuple(sorted(asked[0] - asked[1])), after=tuple(sorted(asked[1] - asked[0]))
        )


def _scope(document: Document) -> set[str]:
    return {f"{each.kind} {each.where}" for each in document.origins if each.kind in SCOPE_KINDS}


def _paired(before: Document, after: Document) -> list[tuple[FindingPart, FindingPart]]:
    known = {each.check: each for each in before.findings}
    return [(known[each.check], each) for each in after.findings if each.check in known]


def _applicable(finding: FindingPart) -> bool:
    return finding.outcome != "not_applicable"


def _changed_outcomes(before: Document, after: Document) -> Iterator[Incomparable]:
    for old, new in _paired(before, after):
        if _applicable(old) != _applicable(new):
            yield Incomparable(what="check", check=old.check, before=(old.outcome,), after=(new.outcome,))


def _direction(old: FindingPart, new: FindingPart) -> str:
    """Return which of `_WAYS` leads from one interval to the other, empty when they are the same."""
    low, high = new.low - old.low, new.high - old.high
    if low == high == 0:
        return ""
    if low >= 0 and high >= 0:
        return "better"
    if low <= 0 and high <= 0:
        return "worse"
    return "clearer" if low > 0 else "vaguer"


def _change(old: FindingPart, new: FindingPart) -> Change:
    return Change(check=old.check, before=Range(low=old.low, high=old.high), after=Range(low=new.low, high=new.high))


def _only_second(first: FindingPart, second: FindingPart) -> Iterator[Failing]:
    """Yield members that fail in the second alone, when both lists are whole and the first saw as much.

    A member that the first did not see is no member that passed there.
    """
    whole = all(len(each.subjects) >= each.subjects_total for each in (first, second))
    if whole and first.outcome != "unknown" and first.coverage >= second.coverage:
        known = set(first.subjects)
        yield from (Failing(check=first.check, subject=each) for each in second.subjects if each not in known)


def _scores(before: Iterable[tuple[str, Score]], after: Iterable[tuple[str, Score]]) -> dict[str, ScoreChange]:
    later = dict(after)
    return {name: ScoreChange(before=each, after=later[name]) for name, each in before if each != later[name]}


def _steps(before: Document, after: Document) -> Steps:
    asked, asked_now = (
        {each.check: each.effort_days for each in document.verdict.conditions} for document in (before, after)
    )
    return Steps(
        met=tuple(each for each in asked if each not in asked_now),
        remaining=tuple(each for each in asked if each in asked_now),
        added=tuple(each for each in asked_now if each not in asked),
        days_before=round(sum(asked.values()), 2),
        days_after=round(sum(asked_now.values()), 2),
    )


def _ending(document: Document) -> Iterator[WaiverEnd]:
    limit = document.taken_at.date() + EXPIRES_SOON
    for finding in document.findings:
        for each in finding.waivers:
            if each.expires <= limit:
                yield WaiverEnd(check=finding.check, owner=each.owner, expires=each.expires)
