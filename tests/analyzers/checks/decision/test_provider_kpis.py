from __future__ import annotations

from analyzers.checks.decision.provider_kpis import CHECK
from analyzers.model import context as ctx
from tests import builders as b


def test_indicators_are_counted_and_those_that_nobody_follows_stay_open() -> None:
    contract = ctx.Contract(provider="InfoServ", kpis=ctx.Kpis(budget_deviation=0.08, satisfaction=0.5))
    found = b.answer(CHECK, context=b.context(contracts=(contract,)))
    assert str(found.message) == "1 of 5 indicators of contracts are on target; followed: 2."
    assert found.subjects == ("InfoServ: satisfaction",)
    finding = b.finding(CHECK, context=b.context(contracts=(contract,)))
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(7, 50), b.Fraction(4, 5))


def test_no_provider_is_not_applicable() -> None:
    assert b.finding(CHECK, context=b.context(providers=())).outcome == "not_applicable"
    assert b.finding(CHECK).outcome == "unknown"
