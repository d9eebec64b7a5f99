"""Findings: outcomes, reasons, waivers."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from analyzers.model.check import Measurement
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.model.message import message
from analyzers.rubric import published
from analyzers.scoring.confront import confront
from analyzers.scoring.findings import find
from tests.analyzers.scoring import worlds

RUBRIC = published()
CHECK = "backups-present"


def finding(population: Population, **policy):
    measurements = {CHECK: Measurement(population=population, message=message("found"))}
    confrontation = confront({CHECK: population}, (), RUBRIC)
    found = find(measurements, confrontation, RUBRIC, worlds.policy(**policy))
    return next(each for each in found if each.check_id == CHECK)


def host(name: str, measured: float | None = None, declared: float | None = None, reason=None) -> Member:
    return Member(
        name=name,
        kind="host",
        measured=None if measured is None else Interval.point(Fraction(str(measured))),
        declared=None if declared is None else Fraction(str(declared)),
        reason=reason,
        evidence=worlds.EVIDENCE,
        hosts=(name,),
    )


def test_a_question_without_a_check_is_unknown_and_says_so() -> None:
    found = find({}, confront({}, (), RUBRIC), RUBRIC, worlds.policy())
    assert len(found) == len(RUBRIC.checks)
    assert {(each.outcome, each.reason, each.interval) for each in found} == {("unknown", "not_implemented", UNKNOWN)}


def test_an_empty_population_is_not_applicable_only_when_it_was_wholly_read() -> None:
    assert finding(Population(key="x", complete=True)).outcome == "not_applicable"
    unread = finding(Population(key="x", missing="no_permission"))
    assert (unread.outcome, unread.reason) == ("unknown", "no_permission")


def test_declared_empty_is_not_applicable_but_counts_as_unknown_when_only_measurement_counts() -> None:
    found = finding(Population(key="x", declared_empty="providers: []"))
    assert found.outcome == "not_applicable"
    assert found.applicable_when_measured
    assert found.coverage == 0
    assert str(found.message) == "The context file declares that there is none (providers: [])."


def test_a_member_that_was_not_seen_counts_from_nothing_to_everything() -> None:
    found = finding(Population(key="x", members=(host("a", 1), host("b", reason="timed_out"))))
    assert found.interval == Interval(Fraction(1, 2), Fraction(1))
    assert (found.outcome, found.reason, found.coverage) == ("measured", "timed_out", Fraction(1, 2))


def test_the_reason_of_an_unknown_is_the_most_common_one() -> None:
    members = (host("a", reason="stale"), host("b", reason="timed_out"), host("c", reason="timed_out"))
    found = finding(Population(key="x", members=members))
    assert (found.outcome, found.reason) == ("unknown", "timed_out")


def test_a_declaration_alone_never_earns_a_full_point() -> None:
    found = finding(Population(key="x", members=(host("a", declared=1),)))
    assert found.interval == Interval(Fraction(7, 10), Fraction(1))
    assert found.measured_only == UNKNOWN


def test_a_worst_of_takes_the_worst_low_and_the_worst_high() -> None:
    members = (host("a", 0.9), host("b", declared=0.8))
    found = finding(Population(key="x", members=members, shape="worst"))
    assert found.interval == Interval(Fraction(56, 100), Fraction(8, 10))


def test_a_product_is_unknown_until_everything_is_seen() -> None:
    seen = (host("a", 1), host("b", 0))
    whole = Population(key="x", members=seen, shape="whole", whole_value=Fraction(1, 4))
    assert finding(whole).interval == Interval.point(Fraction(1, 4))
    partly = Population(key="x", members=(*seen, host("c", declared=1)), shape="whole", whole_value=Fraction(1, 4))
    assert finding(partly).interval == UNKNOWN


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("estate", Interval(Fraction(0), Fraction(1))),
        ("host a", Interval(Fraction(1, 2), Fraction(1))),
        ("a", Interval(Fraction(1, 2), Fraction(1))),
    ],
)
def test_a_waiver_gives_up_the_low_of_its_scope_and_keeps_the_high(scope: str, expected: Interval) -> None:
    population = Population(key="x", members=(host("a", 1), host("b", 1)))
    found = finding(population, waivers=(worlds.waiver(CHECK, scope=scope),))
    assert (found.outcome, found.interval) == ("waived", expected)


@pytest.mark.parametrize(
    "waiver",
    [
        worlds.waiver(CHECK, scope="host elsewhere"),
        worlds.waiver(CHECK, expires=worlds.TODAY - dt.timedelta(days=1)),
        worlds.waiver("patching"),
    ],
    ids=["another host", "expired yesterday", "another check"],
)
def test_what_no_waiver_covers_is_not_waived(waiver) -> None:
    assert finding(Population(key="x", members=(host("a", 1),)), waivers=(waiver,)).outcome == "measured"


def test_a_waived_check_still_fires_the_redhibitoire_rule() -> None:
    from analyzers.scoring.verdict import decide

    lost = Population(key="x", members=(host("a", 0),))
    measured = {CHECK: Measurement(population=lost, message=message("found"))}
    waived = worlds.policy(waivers=(worlds.waiver(CHECK),))
    assert decide(measured, RUBRIC, waived).judgement.answer == "non"


def test_evidence_of_what_fails_comes_first_and_is_bounded() -> None:
    members = tuple(host(f"h{index:03}", 1) for index in range(200))
    found = finding(Population(key="x", members=members))
    assert 0 < len(found.evidence) <= 60


def test_what_is_declared_is_not_unknown() -> None:
    assert finding(Population(key="x", members=(host("a", declared=1), host("b", 1)))).reason is None
    partly = finding(Population(key="x", members=(host("a", declared=1), host("b", reason="stale"))))
    assert partly.reason == "stale"


@pytest.mark.parametrize("policy", [{}, {"excluded": frozenset({CHECK})}])
def test_waivers_of_what_is_not_asked_are_listed(policy) -> None:
    found = find({}, confront({}, (), RUBRIC), RUBRIC, worlds.policy(waivers=(worlds.waiver(CHECK),), **policy))
    waived = next(each for each in found if each.check_id == CHECK)
    assert (waived.outcome, waived.interval, len(waived.waivers)) == ("waived", UNKNOWN, 1)


def test_what_was_seen_of_an_unknown_is_kept() -> None:
    seen = host("a", reason="partial")
    found = finding(Population(key="x", members=(seen,)))
    assert found.outcome == "unknown"
    assert found.evidence == worlds.EVIDENCE
