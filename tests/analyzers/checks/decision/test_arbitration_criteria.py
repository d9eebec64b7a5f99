from __future__ import annotations

from analyzers.checks.decision.arbitration_criteria import CHECK
from analyzers.model import context as ctx
from tests import builders as b


def test_tensions_with_a_position_are_counted() -> None:
    context = b.context(tensions=ctx.Tensions(speed_robustness="Robust first.", performance_cost="Cheap first."))
    found = b.answer(CHECK, context=context)
    assert str(found.message) == "2 of four tensions have a written position."
    assert found.subjects == ("innovation_security", "standard_flexibility")


def test_silence_is_unknown() -> None:
    assert (b.finding(CHECK).outcome, b.finding(CHECK).reason) == ("unknown", "not_declared")
