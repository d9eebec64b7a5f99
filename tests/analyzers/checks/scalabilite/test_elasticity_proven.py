from __future__ import annotations

import pytest

from analyzers.checks.scalabilite.elasticity_proven import CHECK
from analyzers.model.context import Capacity
from tests import builders as b

WEB1 = {"instance": "web1:9100"}
OLD = b.query("elasticity.history_days", (WEB1, 100.0), window="100d")
GREW = b.query("elasticity.cpu_changed", (WEB1, 1.0), window="100d")


def host(free: int):
    return b.host("web1", inventory=b.inventory(free_extents_bytes=free))


@pytest.mark.parametrize(
    ("free", "queries", "sentence", "subjects"),
    [
        (0, (OLD, GREW), "Capacity was adjusted or drilled: it can be.", ()),
        (b.GIB, (OLD,), "Means to adjust capacity exist; nobody was seen to use them.", ("capacity",)),
        (0, (OLD,), "Neither a change of capacity nor its absence is proved.", ()),
        (0, (), "Neither a change of capacity nor its absence is proved.", ()),
    ],
)
def test_what_is_said_of_capacity(free, queries, sentence, subjects) -> None:
    found = b.answer(CHECK, host(free), monitoring=b.monitoring(*queries))
    assert str(found.message) == sentence
    assert found.subjects == subjects


def test_a_drill_is_believed_with_a_discount() -> None:
    finding = b.finding(CHECK, context=b.context(capacity=Capacity(drilled=b.TODAY)))
    assert str(finding.message) == "Capacity was adjusted or drilled: it can be."
    assert (finding.interval.low, finding.interval.high, finding.coverage) == (b.Fraction(7, 10), 1, 0)


def test_without_history_nor_statement_the_question_has_no_answer() -> None:
    finding = b.finding(CHECK, host(0))
    assert (finding.outcome, finding.reason) == ("unknown", "no_monitoring_source")
    assert str(finding.message) == "Neither a change of capacity nor its absence is proved."
