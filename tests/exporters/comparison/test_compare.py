from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters import parts
from exporters.comparison.compare import compare
from exporters.comparison.parts import Comparison
from exporters.comparison.text import text
from exporters.parts import Document, FindingPart
from exporters.ranges import Score
from tests.conftest import Golden
from tests.exporters import verdicts as v

replace = msgspec.structs.replace


def with_findings(document: Document, changes: dict[str, dict[str, Any]]) -> Document:
    findings = tuple(replace(each, **changes.get(each.check, {})) for each in document.findings)
    return replace(document, findings=findings)


def later(document: Document, days: int = 7) -> Document:
    return replace(document, taken_at=document.taken_at + dt.timedelta(days=days))


EMPTY = ("incomparable", "better", "worse", "clearer", "vaguer", "new", "gone", "axes", "prerequisites")


@pytest.mark.parametrize("name", sorted(v.ALL))
def test_the_same_verdict_twice_changes_nothing(name: str) -> None:
    found = compare(v.ALL[name](), v.ALL[name]())
    assert found.comparable
    assert not any(getattr(found, each) for each in EMPTY)
    assert found.conditions.met == found.conditions.added == ()


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ((0.2, 0.4), (0.3, 0.4), "better"),
        ((0.2, 0.4), (0.2, 0.5), "better"),
        ((0.2, 0.4), (0.6, 0.9), "better"),
        ((0.2, 0.4), (0.1, 0.4), "worse"),
        ((0.2, 0.4), (0.0, 0.3), "worse"),
        ((0.0, 1.0), (0.3, 0.4), "clearer"),
        ((0.3, 0.4), (0.0, 1.0), "vaguer"),
    ],
)
def test_an_interval_moves_one_way(before: tuple[float, float], after: tuple[float, float], way: str) -> None:
    base = v.pas_encore()
    check = base.findings[0].check
    old = with_findings(base, {check: {"outcome": "measured", "low": before[0], "high": before[1]}})
    new = with_findings(base, {check: {"outcome": "measured", "low": after[0], "high": after[1]}})
    found = compare(old, new)
    assert [each.check for each in getattr(found, way)] == [check]
    assert sum(len(getattr(found, each)) for each in ("better", "worse", "clearer", "vaguer")) == 1


OPPOSITE = {
    "better": "worse",
    "worse": "better",
    "clearer": "vaguer",
    "vaguer": "clearer",
    "new": "gone",
    "gone": "new",
}

intervals = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(
    lambda ends: tuple(each / 20 for each in sorted(ends))
)


@st.composite
def moved(draw: st.DrawFn) -> Document:
    """Draw a verdict whose findings were moved, emptied, or given other failing members."""
    changes: dict[str, dict[str, Any]] = {}
    for each in v.pas_encore().findings:
        low, high = draw(intervals)
        subjects = tuple(draw(st.lists(st.sampled_from("abcd"), unique=True)))
        changes[each.check] = {
            "outcome": draw(st.sampled_from(["measured", "measured", "unknown", "not_applicable"])),
            "low": low,
            "high": high,
            "subjects": subjects,
            "subjects_total": len(subjects) + draw(st.sampled_from([0, 0, 0, 5])),
        }
    return with_findings(v.pas_encore(), changes)


@given(first=moved(), second=moved())
def test_comparing_backwards_says_the_opposite(first: Document, second: Document) -> None:
    forth, back = compare(first, second), compare(second, first)
    for name, other in OPPOSITE.items():
        assert {_named(each) for each in getattr(forth, name)} == {_named(each) for each in getattr(back, other)}
    assert {each.check for each in forth.incomparable} == {each.check for each in back.incomparable}


def _named(change: Any) -> tuple[str, str]:
    return change.check, getattr(change, "subject", "")


@given(first=moved(), second=moved())
def test_every_question_is_said_once_at_most(first: Document, second: Document) -> None:
    found = compare(first, second)
    said = [
        each.check for name in ("better", "worse", "clearer", "vaguer", "incomparable") for each in getattr(found, name)
    ]
    assert len(said) == len(set(said))


def test_another_rubric_is_incomparable_whatever_changed() -> None:
    old = v.pas_encore()
    other = replace(old.rubric, version="2027.1", sha256="ab" * 32)
    new = replace(v.oui(), rubric=other, origins=old.origins)
    found = compare(old, new)
    assert not found.comparable
    assert [(each.what, each.before, each.after) for each in found.incomparable] == [
        ("rubric", (old.rubric.version,), ("2027.1",))
    ]
    assert not any((found.better, found.worse, found.new, found.gone))


def test_another_scope_is_incomparable_and_named() -> None:
    base = v.pas_encore()
    asked = [parts.OriginPart(kind="host", where=each) for each in ("web1", "db1", "db2")]
    context = parts.OriginPart(kind="context", where="pasencore.yaml")
    old, new = replace(base, origins=(*asked[:2],)), replace(base, origins=(*asked[1:], context))
    (found,) = compare(old, new).incomparable
    assert (found.what, found.before, found.after) == ("scope", ("host web1",), ("host db2",))


def test_a_source_that_failed_this_time_is_the_same_scope() -> None:
    base = v.pas_encore()
    answered = parts.OriginPart(kind="prometheus", where="http://p:9090")
    old, new = replace(base, origins=(answered,)), replace(base, origins=(replace(answered, reason="timed_out"),))
    assert compare(old, new).comparable


def test_a_question_whose_applicability_changed_is_incomparable_alone() -> None:
    base = v.pas_encore()
    measured = next(each for each in base.findings if each.outcome == "measured")
    new = with_findings(base, {measured.check: {"outcome": "not_applicable", "low": 0.0, "high": 1.0}})
    found = compare(base, new)
    assert found.comparable
    assert [(each.check, each.before, each.after) for each in found.incomparable] == [
        (measured.check, ("measured",), ("not_applicable",))
    ]
    assert measured.check not in {each.check for each in (*found.better, *found.worse, *found.clearer, *found.vaguer)}


def test_a_list_that_was_cut_tells_no_member_gone() -> None:
    base = v.pas_encore()
    check = base.findings[0].check
    old = with_findings(base, {check: {"subjects": ("a", "b"), "subjects_total": 900, "outcome": "measured"}})
    new = with_findings(base, {check: {"subjects": ("b",), "subjects_total": 1, "outcome": "measured"}})
    assert compare(old, new).gone == ()


@pytest.mark.parametrize(
    "seen", [{"outcome": "unknown", "reason": "unreachable", "coverage": 0.0}, {"outcome": "measured", "coverage": 0.5}]
)
def test_a_member_that_is_not_seen_any_more_did_not_stop_failing(seen: dict[str, Any]) -> None:
    base = v.pas_encore()
    check = base.findings[0].check
    failing = {"subjects": ("a", "b"), "subjects_total": 2, "outcome": "measured", "coverage": 1.0}
    blind = {"subjects": (), "subjects_total": 0, **seen}
    whole, partly = (with_findings(base, {check: each}) for each in (failing, blind))
    assert compare(whole, partly).gone == ()
    assert compare(partly, whole).new == ()


def test_conditions_are_met_remain_or_come() -> None:
    base = v.pas_encore()
    one, two, three = (
        parts.ConditionPart(check=each, action="do", effort_days=days, horizon=1)
        for each, days in (("patching", 2.0), ("owners-named", 1.5), ("restore-proven", 4.0))
    )
    old = replace(base, verdict=replace(base.verdict, conditions=(one, two)))
    new = replace(base, verdict=replace(base.verdict, conditions=(two, three)))
    steps = compare(old, new).conditions
    assert (steps.met, steps.remaining, steps.added) == (("patching",), ("owners-named",), ("restore-proven",))
    assert (steps.days_before, steps.days_after) == (3.5, 5.5)


@pytest.mark.parametrize(("days", "told"), [(-1, True), (0, True), (30, True), (31, False)])
def test_a_waiver_is_told_a_month_before_it_ends(days: int, told: bool) -> None:
    base = v.pas_encore()
    ends = base.taken_at.date() + dt.timedelta(days=days)
    waiver = parts.WaiverPart(owner="a.martin", reason="vendor", expires=ends)
    found = compare(
        base,
        with_findings(
            base,
            {each.check: {"waivers": ()} for each in base.findings[1:]}
            | {base.findings[0].check: {"waivers": (waiver,)}},
        ),
    )
    assert [each.expires for each in found.waivers_ending] == ([ends] if told else [])


def changed() -> Comparison:
    """Return a comparison that has something to say everywhere."""
    old = v.pas_encore()
    measured = [each for each in old.findings if each.outcome == "measured"]
    moves: dict[str, dict[str, Any]] = {
        measured[0].check: {"low": 0.9, "high": 1.0, "subjects": ("erp1",), "subjects_total": 1},
        measured[1].check: {"low": 0.0, "high": 0.0},
        measured[2].check: {"outcome": "not_applicable"},
    }
    unknown: FindingPart = next(each for each in old.findings if each.outcome == "unknown")
    moves[unknown.check] = {"low": 0.5, "high": 0.75, "outcome": "measured"}
    new = with_findings(later(old), moves)
    axes = replace(new.axes, lisibilite=Score(low=61.0, high=80.0, coverage=0.5))
    return compare(old, replace(new, axes=axes))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_goldens(lang: str, golden: Golden) -> None:
    golden(f"exporters/comparison.{lang}.txt", text(changed(), lang=lang, width=80, colour=False))


def test_golden_of_what_cannot_be_compared(golden: Golden) -> None:
    base = v.pas_encore()
    other = replace(
        later(base),
        rubric=replace(base.rubric, version="2027.1", sha256="ab" * 32),
        origins=tuple(parts.OriginPart(kind="host", where=f"web{index}") for index in range(9)),
    )
    golden("exporters/comparison-incomparable.fr.txt", text(compare(base, other), lang="fr", width=80, colour=False))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_of_a_hostile_estate_reaches_the_terminal(lang: str) -> None:
    hostile = v.hostile()
    cleared = with_findings(
        later(hostile), {each.check: {"subjects": (), "subjects_total": 0} for each in hostile.findings}
    )
    for found in (compare(hostile, cleared), compare(cleared, hostile), compare(hostile, v.oui())):
        shown = text(found, lang=lang, width=80, colour=False)
        assert "\x1b" not in shown
        assert "\u202e" not in shown


@pytest.mark.parametrize("width", [44, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert all(len(each) <= width for each in text(changed(), lang="fr", width=width, colour=False).splitlines())
