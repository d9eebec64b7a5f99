from __future__ import annotations

from analyzers.checks.decision.decision_log import CHECK
from analyzers.model.context import Criteria, Decision
from tests import builders as b


def decision(**fields) -> Decision:
    given = {
        "date": b.days_ago(30).date(),
        "title": "Move e-mail to SaaS",
        "options": 3,
        "criteria": Criteria(value=4, criticality=3, effort=2, risk=3),
        "hypotheses": ("volume doubles",),
        "decider": "board",
    }
    return Decision(**(given | fields))


LOG = b.context(decisions=(decision(), decision(options=1)))


def test_framed_decisions_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, context=LOG)
    assert str(found.message) == "1 of 2 decisions of the last year have options, criteria, hypotheses and a decider."
    assert found.subjects == ("decisions[1] of 2026-10-24",)


def test_a_statement_is_discounted() -> None:
    finding = b.finding(CHECK, context=LOG)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(7, 20), b.Fraction(1, 2))


def test_an_empty_log_counts_nought_and_is_not_worse_than_silence_where_only_measurement_counts() -> None:
    finding = b.finding(CHECK, context=b.context(decisions=()))
    assert str(finding.message) == "The decision log is declared to hold nothing."
    assert (finding.interval.high, finding.measured_only.high) == (0, 1)


def test_silence_is_unknown() -> None:
    assert (b.finding(CHECK).outcome, b.finding(CHECK).reason) == ("unknown", "not_declared")
