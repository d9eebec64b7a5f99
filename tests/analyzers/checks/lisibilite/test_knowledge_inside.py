from __future__ import annotations

from analyzers.checks.lisibilite.knowledge_inside import CHECK
from analyzers.model.context import Person
from tests import builders as b

PEOPLE = b.context(people=(Person(id="a", employer="internal"), Person(id="b", employer="InfoServ")))
CODE = b.history(infra={"a": 1, "b": 3}, site={"a": 2}, vide={})


def test_the_share_of_employees_is_said_over_what_is_known() -> None:
    found = b.answer(CHECK, context=PEOPLE, git=[CODE])
    assert str(found.message) == (
        "Employees are known to hold 62 % of what is known of 2 services and repositories, out of 3."
    )
    assert found.subjects == ("infra",)


def test_what_nobody_knows_stays_open() -> None:
    finding = b.finding(CHECK, context=PEOPLE, git=[CODE])
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(5, 12), b.Fraction(9, 12))


def test_without_employers_nothing_is_known() -> None:
    finding = b.finding(CHECK, git=[b.history(infra={"a": 1})])
    assert (finding.outcome, finding.reason) == ("unknown", "not_declared")


def test_without_traces_nothing_is_known() -> None:
    finding = b.finding(CHECK, context=PEOPLE)
    assert (finding.outcome, finding.reason) == ("unknown", "no_source")
