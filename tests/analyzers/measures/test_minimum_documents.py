from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.documents import MINIMUM, minimum
from analyzers.model.context import Document
from tests import builders as b


def document(kind="network_map", age=10):
    return Document(kind=kind, url=f"docs/{kind}.md", date=b.TODAY - dt.timedelta(days=age))


@pytest.mark.parametrize("context", [None, b.context()])
def test_saying_nothing_is_unknown(context) -> None:
    population = minimum(b.estate(context=context))
    assert [(each.name, b.ends(each), each.reason) for each in population.members] == [
        (kind, (0, 1), "not_declared") for kind in MINIMUM
    ]


def test_declaring_none_counts_nothing() -> None:
    population = minimum(b.estate(context=b.context(documents=())))
    assert [each.declared for each in population.members] == [0, 0, 0]
    assert all(each.evidence for each in population.members)


@pytest.mark.parametrize(("age", "declared", "reason"), [(0, 1, None), (365, 1, None), (366, None, "stale")])
def test_a_document_is_fresh_for_a_year(age: int, declared: int | None, reason: str | None) -> None:
    member = b.by_name(minimum(b.estate(context=b.context(documents=(document(age=age),)))))["network_map"]
    assert (member.declared, member.reason) == (declared, reason)


def test_the_newest_document_of_a_kind_counts() -> None:
    context = b.context(documents=(document(age=800), document("continuity"), document(age=5), document(age=900)))
    member = b.by_name(minimum(b.estate(context=context)))["network_map"]
    assert member.declared == 1
    assert member.evidence[0].provenance.query == "documents[2]"
    assert member.evidence[0].provenance.collected_at.date() == b.TODAY - dt.timedelta(days=5)


def test_a_statement_alone_never_earns_a_full_point() -> None:
    context = b.context(documents=tuple(document(kind) for kind in MINIMUM))
    interval = minimum(b.estate(context=context)).interval(b.Fraction(3, 10))
    assert (float(interval.low), interval.high) == (0.7, 1)
