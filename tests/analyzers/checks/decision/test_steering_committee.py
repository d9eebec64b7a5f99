from __future__ import annotations

from analyzers.checks.decision.steering_committee import CHECK
from analyzers.model.context import Ritual
from tests import builders as b


def ritual(kind: str, age: int, cadence: int) -> Ritual:
    return Ritual(kind=kind, cadence_days=cadence, held=(b.days_ago(age).date(),))


CALENDAR = b.context(rituals=(ritual("steering_committee", 69, 90), ritual("technical_audit", 1200, 730)))


def test_rituals_on_time_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, context=CALENDAR)
    assert str(found.message) == "1 of 2 rituals were held within one and a half times their period."
    assert found.subjects == ("rituals[1] technical_audit",)


def test_a_statement_is_discounted() -> None:
    finding = b.finding(CHECK, context=CALENDAR)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(7, 20), b.Fraction(1, 2))


def test_saying_that_nobody_meets_counts_nought() -> None:
    finding = b.finding(CHECK, context=b.context(rituals=()))
    assert str(finding.message) == "No ritual is declared to be held."
    assert (finding.interval.high, finding.measured_only.high) == (0, 1)


def test_silence_is_unknown() -> None:
    assert (b.finding(CHECK).outcome, b.finding(CHECK).reason) == ("unknown", "not_declared")
