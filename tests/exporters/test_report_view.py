from __future__ import annotations

import msgspec
import pytest

from exporters.reading import Reading
from exporters.sayings import Sayings
from exporters.view import FindingView, View
from tests.exporters import verdicts as v


@pytest.fixture
def view() -> View:
    return View(reading=Reading(document=v.pas_encore(), lang="en"))


@pytest.mark.parametrize(
    ("check", "state"),
    [
        ("headroom-now", "good"),
        ("flows-declared", "weak"),
        ("alerts-actionable", "bad"),
        ("jobs-mastered", "unknown"),
        ("ai-policy", "none"),
        ("patching", "waived"),
    ],
)
def test_states(check: str, state: str, view: View) -> None:
    assert view.findings[check].state == state


@pytest.mark.parametrize(
    ("low", "high", "fail_below", "state"),
    [(0.0, 0.0, 0.0, "bad"), (0.1, 0.34, 0.35, "bad"), (0.1, 0.35, 0.35, "weak"), (0.9999, 1.0, 0.35, "weak")],
)
def test_a_finding_fails_only_when_even_its_high_does(low: float, high: float, fail_below: float, state: str) -> None:
    found = v.oui()
    first = msgspec.structs.replace(found.findings[0], low=low, high=high, fail_below=fail_below)
    changed = msgspec.structs.replace(found, findings=(first,))
    view = View(reading=Reading(document=changed, lang="en"))
    assert view.findings[first.check].state == state


def test_findings_come_worst_first_then_unknown_then_reached(view: View) -> None:
    order = [[each.state for each in axis.findings] for axis in view.by_axis]
    assert order[0] == ["weak", "weak", "unknown"]
    assert order[2] == ["weak", "weak", "weak", "waived", "none", "none"]
    assert order[4] == ["bad", "weak", "unknown", "good"]
    lows = [each.low for each in view.by_axis[2].findings[:3]]
    assert lows == sorted(lows)


def test_every_finding_stands_under_one_axis(view: View) -> None:
    assert sorted(each.part.check for axis in view.by_axis for each in axis.findings) == sorted(v.SMALL)


def test_the_bar_of_a_check_is_shown_only_where_a_gate_asks_for_it(view: View) -> None:
    assert view.findings["flows-declared"].bar == 35
    assert view.findings["headroom-now"].bar is None


def test_conditions_are_summed_by_horizon(view: View) -> None:
    assert [(each.number, each.effort) for each in view.horizons] == [(1, "15.5 d"), (2, "5.5 d")]
    assert view.total_effort == "21 d"


def test_lenses_leave_out_what_the_rubric_does_not_ask(view: View) -> None:
    assert [name for name, _ in view.lenses] == ["Key people", "Managed services", "Steering debt", "AI stress test"]
    assert [each.part.check for each in view.lenses[1][1]] == ["contract-perimeter"]


def test_blind_spots_are_counted_by_reason(view: View) -> None:
    assert view.blind_spots == (("reading was not allowed", 2), ("no answer in time", 1))


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, "", "-"),
        (True, "", "oui"),
        (False, "", "non"),
        (12.5, "%", "12,5 %"),
        ("x", "", "x"),
        (0, "hosts", "0 hosts"),
    ],
)
def test_facts(value: object, unit: str, shown: str) -> None:
    french = View(reading=Reading(document=v.oui(), lang="fr"))
    part = msgspec.structs.replace(v.oui().findings[0].evidence[0], value=value, unit=unit)
    assert french.fact(part) == shown


def finding(view: View, check: str, **changes: object) -> FindingView:
    part = msgspec.structs.replace(view.findings[check].part, **changes)
    changed = msgspec.structs.replace(view.reading.document, findings=(part,))
    return View(reading=Reading(document=changed, lang="en")).findings[check]


@pytest.mark.parametrize(
    ("subjects", "total", "most", "named"),
    [
        (("a", "b"), 2, 5, "a, b"),
        (("a", "b", "c"), 3, 2, "a, b and others: 1"),
        (("a", "b"), 9, 5, "a, b and others: 7"),
    ],
)
def test_subjects_left_out_are_counted(subjects: tuple, total: int, most: int, named: str, view: View) -> None:
    part = finding(view, "patching", subjects=subjects, subjects_total=total).part
    assert Sayings(reading=view.reading).names(part, most) == named


def test_a_withdrawn_statement_is_said_once(view: View) -> None:
    said = Sayings(reading=view.reading).disproved()
    assert said == ["Restore proven, db1: declared 100, measured 0 of 100"]
    found = v.pas_encore()
    confrontation = msgspec.structs.replace(found.confrontation, contradictions=())
    later = Reading(document=msgspec.structs.replace(found, confrontation=confrontation), lang="en")
    assert Sayings(reading=later).disproved() == ["Restore proven, db1: disproved by an earlier scan, not proved since"]


def test_both_sides_of_a_contradiction_are_said_with_where_to_read_them(view: View) -> None:
    document = view.reading.document
    (found, *_) = document.confrontation.contradictions
    (seen, *_) = found.evidence
    told = msgspec.structs.replace(
        seen,
        kind="declared",
        provenance=msgspec.structs.replace(seen.provenance, source="pasencore.yaml (board)", query="restore_tests[0]"),
    )
    both = msgspec.structs.replace(found, evidence=(told, seen))
    confrontation = msgspec.structs.replace(document.confrontation, contradictions=(both,), withdrawn=())
    reading = Reading(document=msgspec.structs.replace(document, confrontation=confrontation), lang="en")
    assert Sayings(reading=reading).disproved() == [
        (
            "Restore proven, db1: declared 100 (pasencore.yaml (board), restore_tests[0]), measured 0 of 100 "
            "(host:web1, /proc/meminfo)"
        )
    ]
