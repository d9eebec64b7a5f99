from __future__ import annotations

from analyzers.checks.lisibilite.minimal_documentation import CHECK
from analyzers.model.context import Document
from tests import builders as b


def document(kind: str, age: int = 10) -> Document:
    return Document(kind=kind, url=f"docs/{kind}.md", date=b.days_ago(age).date())


def test_fresh_documents_are_counted_and_missing_ones_named() -> None:
    found = b.answer(CHECK, context=b.context(documents=(document("network_map"), document("continuity", 500))))
    assert str(found.message).startswith("1 of 3 documents")
    assert found.subjects == ("application_list",)


def test_the_interval_tells_a_stale_document_from_a_missing_one() -> None:
    finding = b.finding(CHECK, context=b.context(documents=(document("network_map"), document("continuity", 500))))
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(7, 30), b.Fraction(2, 3))
    assert finding.coverage == 0


def test_without_a_context_the_question_has_no_answer() -> None:
    assert (b.finding(CHECK).outcome, b.finding(CHECK).reason) == ("unknown", "not_declared")
