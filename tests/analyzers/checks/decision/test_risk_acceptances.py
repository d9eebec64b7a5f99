from __future__ import annotations

from analyzers.checks.decision.risk_acceptances import CHECK
from analyzers.model.context import Risk, WaiverEntry
from tests import builders as b

VALID = Risk(title="single ERP server", owner="b.leroy", accepted=b.days_ago(90).date(), expires=b.days_ago(-90).date())
EXPIRED = WaiverEntry(
    check="patching", scope="host legacy1", owner="a.martin", reason="vendor end", expires=b.days_ago(1).date()
)


def test_valid_acceptances_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, context=b.context(waivers=(EXPIRED,), risks=(VALID,)))
    assert str(found.message) == "1 of 2 accepted risks are owned, dated and still valid."
    assert found.subjects == ("waivers[0]",)


def test_a_statement_is_discounted() -> None:
    finding = b.finding(CHECK, context=b.context(waivers=(EXPIRED,), risks=(VALID,)))
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(7, 20), b.Fraction(1, 2))


def test_an_estate_that_accepts_nothing_says_so() -> None:
    finding = b.finding(CHECK, context=b.context(waivers=(), risks=()))
    assert (finding.outcome, finding.declared_empty) == ("not_applicable", "waivers: [], risks: []")


def test_silence_is_unknown() -> None:
    finding = b.finding(CHECK, context=b.context(waivers=()))
    assert (finding.outcome, finding.reason) == ("unknown", "not_declared")
