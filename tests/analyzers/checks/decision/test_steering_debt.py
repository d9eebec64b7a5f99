from __future__ import annotations

import datetime as dt

import pytest

from analyzers.checks.decision.steering_debt import CHECK
from analyzers.measures.written.debt import comparable
from analyzers.model import context as ctx
from tests import builders as b


def scans(*days: float, **highs: float) -> list:
    return [b.past_verdict(each, **(highs or {"patching": 0.4, "exposure": 1.0})) for each in days]


def test_a_finding_that_stays_open_without_a_decision_is_a_debt() -> None:
    found = b.answer(CHECK, past=scans(3, 2, 1), context=b.context(decisions=()))
    assert str(found.message) == "1 of 1 open findings have stayed open for three scans without a decision."
    assert found.subjects == ("patching",)
    finding = b.finding(CHECK, past=scans(3, 2, 1), context=b.context(decisions=()))
    assert (finding.interval.high, finding.measured_only.high) == (0, 1)


TOMORROW = b.TODAY + dt.timedelta(days=1)
BEFORE = b.TODAY - dt.timedelta(days=9)


@pytest.mark.parametrize(
    ("blocks", "high"),
    [
        ({"waivers": (ctx.WaiverEntry(check="patching", owner="a", reason="r", expires=TOMORROW),)}, 1),
        ({"waivers": (ctx.WaiverEntry(check="patching", owner="a", reason="r", expires=BEFORE),)}, 0),
        ({"decisions": (ctx.Decision(date=BEFORE, title="Live with patching until spring"),)}, 1),
        ({"risks": (ctx.Risk(title="patching of legacy1", owner="b.leroy", expires=TOMORROW),)}, 1),
        ({"risks": (ctx.Risk(title="patching of legacy1"),)}, 0),
    ],
)
def test_a_decision_names_the_question_and_is_in_force(blocks: dict, high: int) -> None:
    finding = b.finding(CHECK, past=scans(3, 2, 1), context=b.context(**blocks))
    assert finding.interval.high == high
    assert finding.measured_only.high == 1


def test_a_young_finding_is_no_debt_and_none_at_all_is_full_marks() -> None:
    young = [b.past_verdict(3, patching=1.0), *scans(2, 1)]
    assert b.finding(CHECK, past=young).interval.low == 1
    assert b.finding(CHECK, past=scans(3, 2, 1, patching=1.0)).interval.low == 1


def test_scans_of_one_day_count_once_and_another_rubric_starts_again() -> None:
    assert b.finding(CHECK, past=scans(1.2, 1.1, 1)).reason == "too_few"
    mixed = [b.past_verdict(5, "old", patching=0.4), *scans(3, 2, 1)]
    assert len(comparable(tuple(mixed))) == 3
    assert b.finding(CHECK, past=mixed[:3]).reason == "too_few"


def test_without_a_folder_it_is_unknown() -> None:
    assert b.finding(CHECK).reason == "no_source"
    assert b.finding(CHECK, past=scans(3, 2, 1)).reason == "not_declared"
