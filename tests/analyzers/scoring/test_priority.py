"""Which action first."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings

from analyzers.model.check import Measurement
from analyzers.model.evidence import Evidence, Member, Population, Provenance
from analyzers.model.finding import Finding
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.model.message import message
from analyzers.rubric import published
from analyzers.scoring.priority import Stakes, priorities, stakes
from analyzers.scoring.verdict import decide
from tests import builders as b
from tests.analyzers.scoring import worlds

NOBODY = Stakes(value={}, criticality={})
DISCOUNT = Fraction(3, 10)


def finding(check_id: str, low: float, high: float = 1.0, failing: int = 1) -> Finding:
    return Finding(
        check_id=check_id,
        outcome="measured",
        interval=Interval(Fraction(str(low)), Fraction(str(high))),
        message=message("x"),
        failing=failing,
    )


def failing_on(*services: str) -> Measurement:
    seen = Evidence(key="k", value=0, kind="measured", provenance=Provenance(source="s", query="q", collected_at=b.NOW))
    members = tuple(
        Member(name=each, kind="service", measured=Interval.point(Fraction(0)), evidence=(seen,), services=(each,))
        for each in services
    )
    return Measurement(population=Population(key="k", members=members), message=message("x"), subjects=services)


def ranked(*findings: Finding, worth: Stakes = NOBODY, **measurements: Measurement) -> list[str]:
    named = {name.replace("_", "-"): each for name, each in measurements.items()}
    return [each.check_id for each in priorities(findings, named, worth, published(), DISCOUNT)]


def test_what_touches_the_dearer_service_comes_first() -> None:
    worth = Stakes(
        value={"shop": Fraction(1), "wiki": Fraction(1, 5)}, criticality={"shop": Fraction(1), "wiki": Fraction(1, 5)}
    )
    found = ranked(
        finding("patching", 0.5),
        finding("privileged-access", 0.5),
        worth=worth,
        patching=failing_on("wiki"),
        privileged_access=failing_on("wiki", "shop"),
    )
    assert found == ["privileged-access", "patching"]


def test_what_is_less_proved_comes_first() -> None:
    assert ranked(finding("patching", 0.9), finding("privileged-access", 0.1)) == ["privileged-access", "patching"]


def test_what_is_cheaper_comes_first() -> None:
    assert ranked(finding("configuration-managed", 0.5), finding("patching", 0.5))[0] == "patching"


def test_nothing_is_asked_where_full_marks_are_reached_or_nothing_applies() -> None:
    away = Finding(check_id="exposure", outcome="not_applicable", interval=UNKNOWN, message=message("x"))
    assert ranked(finding("patching", 1.0), away) == []


def test_a_question_without_members_weighs_as_the_dearest_service() -> None:
    worth = Stakes(value={"shop": Fraction(4, 5)}, criticality={"shop": Fraction(1)})
    (found,) = priorities([finding("decision-log", 0.0)], {}, worth, published(), DISCOUNT)
    assert (found.value, found.criticality) == (Fraction(4, 5), Fraction(1))


@pytest.mark.parametrize(("declared", "level"), [(5, Fraction(1)), (1, Fraction(1, 5)), (None, Fraction(3, 5))])
def test_worth_is_what_was_declared_and_the_middle_otherwise(declared: int | None, level: Fraction) -> None:
    estate = b.estate(context=b.context(services=[b.service("shop", business_value=declared, criticality=declared)]))
    worth = stakes(estate.services)
    assert worth.value["shop"] == worth.criticality["shop"] == level


@settings(max_examples=100, deadline=None)
@given(worlds.randoms)
def test_every_criterion_is_a_share_and_the_score_their_weighted_mean(random) -> None:
    rubric, found = worlds.world(random)
    measurements = worlds.measurements(found)
    verdict = decide(measurements, rubric, worlds.policy())
    weights = rubric.verdict.priority
    listed = priorities(verdict.findings, measurements, NOBODY, rubric, verdict.confrontation.discount)
    assert [each.score for each in listed] == sorted((each.score for each in listed), reverse=True)
    assert {each.check_id for each in listed} == {
        each.check_id for each in verdict.findings if each.applicable and each.interval.low < 1
    }
    for each in listed:
        criteria = (each.value, each.criticality, each.risk, each.effort)
        assert all(0 <= one <= 1 for one in criteria)
        total = weights.value + weights.criticality + weights.risk + weights.effort
        mean = (
            weights.value * each.value
            + weights.criticality * each.criticality
            + weights.risk * each.risk
            + weights.effort * each.effort
        ) / total
        assert each.score == mean
