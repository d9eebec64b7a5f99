from __future__ import annotations

from analyzers.checks.gouvernance.skills_inside import CHECK
from analyzers.model.context import Person
from tests import builders as b

PEOPLE = b.context(
    people=(
        Person(id="a", employer="internal", skills=("it-business", "security")),
        Person(id="b", employer="InfoServ", skills=("provider-audit",)),
    )
)


def test_skills_that_nobody_inside_holds_are_named() -> None:
    found = b.answer(CHECK, context=PEOPLE)
    assert str(found.message) == "2 of 3 strategic skills are declared to be held by employees, by name."
    assert found.subjects == ("provider-audit",)


def test_a_declaration_is_discounted() -> None:
    finding = b.finding(CHECK, context=PEOPLE)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(14, 30), b.Fraction(2, 3))


def test_without_people_nobody_said_anything() -> None:
    for context in (None, b.context(), b.context(people=(Person(id="a", employer="internal"),))):
        finding = b.finding(CHECK, context=context)
        assert (finding.outcome, finding.reason) == ("unknown", "not_declared")
