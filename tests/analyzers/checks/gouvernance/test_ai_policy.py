from __future__ import annotations

from analyzers.checks.gouvernance.ai_policy import CHECK
from analyzers.model import context as ctx
from tests import builders as b

HALF = b.context(ai_policy=ctx.AiPolicy(approver="board", kill_switch=True))


def test_the_rules_that_lack_are_named() -> None:
    found = b.answer(CHECK, context=HALF)
    assert str(found.message) == (
        "2 of four rules for AI are written: who approves, which data, kill switch, next review."
    )
    assert found.subjects == ("data_allowed", "review")


def test_a_rule_on_paper_is_discounted_and_never_measured() -> None:
    finding = b.finding(CHECK, context=HALF)
    assert (finding.interval.low, finding.interval.high, finding.coverage) == (b.Fraction(7, 20), b.Fraction(1, 2), 0)
    assert b.finding(CHECK).reason == "not_declared"
