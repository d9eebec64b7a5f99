from __future__ import annotations

from analyzers.checks.lisibilite.knowledge_shared import CHECK
from analyzers.model.context import Identities, Person
from tests import builders as b

CATALOGUE = b.context(
    services=(
        b.service("boutique", criticality=5, owner="a", deputy="b"),
        b.service("facturation", criticality=4, owner="z"),
    ),
    people=(Person(id="z", identities=Identities(git=("z@dupont.example",))),),
)
CODE = b.history(boutique={"ab": 3}, facturation={"a": 3})


def test_services_known_by_one_person_are_named() -> None:
    found = b.answer(CHECK, context=CATALOGUE, git=[CODE])
    assert str(found.message) == (
        "1 of 2 critical services are known to survive the departure of one person. Best known by somebody else than "
        "their declared owner and deputy: 1."
    )
    assert found.subjects == ("facturation",)


def test_it_is_measured_and_weighted_by_criticality() -> None:
    finding = b.finding(CHECK, context=CATALOGUE, git=[CODE])
    assert (finding.outcome, finding.interval.low, finding.interval.high) == (
        "measured",
        b.Fraction(5, 9),
        b.Fraction(5, 9),
    )
    assert not any("dupont" in f"{each.value}{each.provenance.query}" for each in finding.evidence)


def test_a_deputy_who_is_only_declared_is_a_statement() -> None:
    finding = b.finding(CHECK, context=CATALOGUE)
    assert finding.interval.low == b.Fraction(7, 10) * b.Fraction(5, 9)
    assert finding.interval.high == 1


def test_without_a_catalogue_nobody_says_what_is_critical() -> None:
    finding = b.finding(CHECK, git=[CODE])
    assert (finding.outcome, finding.reason) == ("unknown", "not_declared")


def test_a_deputy_whom_the_code_disproves_is_a_contradiction() -> None:
    alone = b.history(boutique={"a": 3}, facturation={"ab": 3})
    finding = b.finding(CHECK, context=CATALOGUE, git=[alone])
    assert finding.interval.high == b.Fraction(4, 9)
