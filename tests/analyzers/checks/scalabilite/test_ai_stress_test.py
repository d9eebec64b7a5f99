from __future__ import annotations

from analyzers.checks.scalabilite.ai_stress_test import CHECK
from analyzers.model.context import AiWorkload
from tests import builders as b
from tests.analyzers.measures.capacity.test_stress import use


def test_how_much_is_placed_is_said() -> None:
    context = b.context(ai_workloads=(AiWorkload(name="a", vcpu=3), AiWorkload(name="b", vcpu=3)))
    found = b.answer(CHECK, b.host("web1"), monitoring=b.monitoring(*use()), context=context)
    assert str(found.message) == ("1 of 2 declared AI workloads wholly fit on measured headroom; placed in all: 50 %.")
    assert len(found.subjects) == 1


def test_nothing_declared_is_unknown() -> None:
    finding = b.finding(CHECK, b.host())
    assert (finding.outcome, finding.reason) == ("unknown", "not_declared")


def test_none_declared_is_not_applicable() -> None:
    finding = b.finding(CHECK, b.host(), context=b.context(ai_workloads=()))
    assert (finding.outcome, finding.declared_empty) == ("not_applicable", "ai_workloads: []")
