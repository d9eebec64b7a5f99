"""Statements against measurements, case by case."""

from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.model.evidence import Member, Population
from analyzers.model.finding import Statement
from analyzers.model.interval import Interval
from analyzers.rubric import published
from analyzers.scoring.confront import believe, confront
from tests.analyzers.scoring.worlds import EVIDENCE

RUBRIC = published()


def member(name: str = "db1", measured: Interval | None = None, declared: float | None = None) -> Member:
    return Member(
        name=name,
        kind="service",
        measured=measured,
        declared=None if declared is None else Fraction(str(declared)),
        evidence=EVIDENCE,
    )


def populations(*members: Member) -> dict[str, Population]:
    return {"backups-present": Population(key="test", members=members)}


@pytest.mark.parametrize(
    ("measured", "declared", "contradicted"),
    [
        (0.69, 1, True),
        (0.70, 1, False),
        (1, 0.5, False),
        (0, 0, False),
        (0, 0.1, True),
        (0.6, 0.8, False),
        (0.55, 0.8, True),
    ],
)
def test_a_measurement_contradicts_what_a_true_statement_does_not_allow(measured, declared, contradicted) -> None:
    said = member(measured=Interval.point(Fraction(str(measured))), declared=declared)
    found = confront(populations(said), (), RUBRIC)
    assert bool(found.contradictions) is contradicted
    assert found.confronted == 1
    assert bool(found.withdrawn) is contradicted


def test_a_vague_measurement_neither_proves_nor_disproves() -> None:
    vague = member(measured=Interval.between(0.2, 1), declared=1)
    found = confront(populations(vague), (), RUBRIC)
    assert (found.confronted, found.contradictions, found.withdrawn) == (0, (), ())


def test_a_vague_measurement_does_not_bring_a_disproved_statement_back() -> None:
    vague = member(measured=Interval.between(0.2, 1), declared=1)
    before = (Statement(check="backups-present", member="db1"),)
    found = confront(populations(vague), before, RUBRIC)
    assert found.withdrawn == before
    believed = believe("backups-present", populations(vague)["backups-present"], found)
    assert believed.members[0].declared is None


@pytest.mark.parametrize(
    ("false", "true", "doubled"), [(2, 0, False), (3, 0, True), (3, 26, True), (3, 27, False), (4, 30, True)]
)
def test_the_discount_doubles_on_three_contradictions_over_one_in_ten(false: int, true: int, doubled: bool) -> None:
    lies = [member(f"lie{index}", Interval.point(0), 1) for index in range(false)]
    truths = [member(f"truth{index}", Interval.point(1), 1) for index in range(true)]
    found = confront(populations(*lies, *truths), (), RUBRIC)
    assert found.doubled is doubled
    assert found.discount == (Fraction(6, 10) if doubled else Fraction(3, 10))


def test_a_time_out_does_not_halve_the_discount() -> None:
    lies = [member(f"lie{index}", Interval.point(0), 1) for index in range(3)]
    first = confront(populations(*lies), (), RUBRIC)
    silent = [member(f"lie{index}", None, 1) for index in range(3)]
    assert confront(populations(*silent), first.withdrawn, RUBRIC).doubled


def test_a_statement_taken_out_of_the_file_no_longer_counts_but_stays_disproved() -> None:
    lies = [member(f"lie{index}", Interval.point(0), 1) for index in range(3)]
    first = confront(populations(*lies), (), RUBRIC)
    silent = [member(f"lie{index}", Interval.point(0)) for index in range(3)]
    second = confront(populations(*silent), first.withdrawn, RUBRIC)
    assert not second.doubled
    assert second.withdrawn == first.withdrawn


@pytest.mark.parametrize(("complete", "doubled"), [(False, True), (True, False)])
def test_a_disproved_statement_still_counts_while_its_member_may_be_hidden(complete: bool, doubled: bool) -> None:
    said = tuple(member(f"db{n}", Interval.point(0), 1) for n in (1, 2))
    before = [Statement(check="backups-present", member=name) for name in ("db1", "db2", "db3")]
    found = {"backups-present": Population(key="test", members=said, complete=complete)}
    assert confront(found, before, RUBRIC).doubled is doubled
