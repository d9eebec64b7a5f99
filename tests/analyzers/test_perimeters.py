"""Perimeters: judged where their services are known, never excused where they are not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.assess import assess
from analyzers.model import context as ctx
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.rubric import published
from tests import builders as b
from tests.analyzers.scoring.worlds import EVIDENCE
from tests.estates import company


def perimeter(*services: str, **changed: object):
    entries = company.services()
    context = company.context(
        services=entries, perimeters=(ctx.PerimeterEntry(name="p", services=services),), **changed
    )
    snapshot = b.snapshot(*company.hosts(), monitoring=company.monitoring(), context=context)
    verdict = assess(snapshot, published())
    return verdict, verdict.perimeters[0]


def test_a_service_that_nobody_knows_excuses_nothing() -> None:
    whole, part = perimeter("unheard-of")
    for estate, inside in zip((*whole.axes, *whole.prerequisites), (*part.axes, *part.prerequisites), strict=True):
        assert inside.coverage <= estate.coverage
        assert inside.interval.low <= estate.interval.low or inside.interval.width == 1


def test_a_known_service_is_judged_on_its_own_hosts() -> None:
    broken = {"db1": {"units": (b.unit("postgresql.service", active="failed", sub="failed"),)}}
    context = company.context(
        perimeters=(
            ctx.PerimeterEntry(name="data", services=("postgresql",)),
            ctx.PerimeterEntry(name="shop", services=("boutique",)),
        )
    )
    verdict = assess(b.snapshot(*company.hosts(**broken), context=context), published())
    scores = {
        each.name: {score.axis: score.interval.high for score in each.prerequisites} for each in verdict.perimeters
    }
    assert scores["data"]["processus"] < scores["shop"]["processus"]


def population(*members: Member, **fields: object) -> Population:
    return Population(key="x", members=members, complete=True, **fields)


def host(name: str) -> Member:
    return Member(name=name, kind="host", measured=Interval.point(1), evidence=EVIDENCE, hosts=(name,))


@pytest.mark.parametrize(("resolved", "complete"), [(True, True), (False, False)])
def test_what_is_emptied_stays_whole_only_in_a_perimeter_that_is_known(resolved: bool, complete: bool) -> None:
    found = population(host("a")).within(frozenset({"s"}), frozenset({"b"}), resolved=resolved)
    assert (found.members, found.complete) == ((), complete)


def test_a_shape_that_is_no_mean_says_nothing_of_a_part() -> None:
    pair = population(host("a"), host("b"), shape="whole", whole_value=Fraction(1, 2))
    assert pair.within(frozenset(), frozenset({"a", "b"})).measured_only == Interval.point(Fraction(1, 2))
    assert pair.within(frozenset(), frozenset({"a"})).measured_only == UNKNOWN
