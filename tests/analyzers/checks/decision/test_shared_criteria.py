from __future__ import annotations

from analyzers.checks.decision.shared_criteria import CHECK
from analyzers.model import context as ctx
from tests import builders as b


def test_decisions_that_weigh_all_four_are_counted() -> None:
    whole = ctx.Criteria(value=4, criticality=3, effort=2, risk=3)
    log = tuple(ctx.Decision(date=b.days_ago(9).date(), title="x", criteria=each) for each in (whole, None))
    found = b.answer(CHECK, context=b.context(decisions=log))
    assert str(found.message) == "1 of 2 decisions of the last year weigh value, criticality, effort and risk."
    assert found.subjects == ("decisions[1] of 2026-11-14",)


def test_an_empty_log_and_silence_differ() -> None:
    empty = b.finding(CHECK, context=b.context(decisions=()))
    assert str(empty.message) == "The decision log is declared to hold nothing."
    assert (empty.interval.high, b.finding(CHECK).outcome) == (0, "unknown")
