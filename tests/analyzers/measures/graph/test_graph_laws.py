"""Laws of the measures of the graph, over random small estates."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings

from analyzers.measures.dependencies import dependencies
from analyzers.measures.graph import impact, promises, replicas, turning
from analyzers.model.estate import build
from analyzers.model.interval import Interval
from tests import builders as b
from tests import strategies as s

DISCOUNT = Fraction(3, 10)
MEASURES = {
    "foreseeable": impact.foreseeable,
    "single_points": replicas.single_points,
    "redundancy": replicas.redundancy,
    "circles": turning.services_in_circles,
    "promises": promises.realistic,
}

few = settings(max_examples=60, deadline=None)
every = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
drawn = s.snapshots(blocks=("listeners", "connections"), queries={}, context_blocks=("services",), always=("web1",))


@every
@few
@given(snapshot=drawn)
def test_members_have_one_name_each_and_values_have_evidence(measure, snapshot) -> None:
    population = measure(build(snapshot))
    names = [(each.kind, each.name) for each in population.members]
    assert len(names) == len(set(names))
    for member in population.members:
        assert (member.measured is None and member.declared is None) or member.evidence
        assert member.coverage == 1 or member.reason is not None or member.declared is not None


@every
@pytest.mark.parametrize("snapshot", [b.snapshot(), b.snapshot(b.refused("web1"))], ids=["nothing", "refused"])
def test_seeing_nothing_is_unknown_never_not_applicable(measure, snapshot) -> None:
    population = measure(build(snapshot))
    assert population.declared_empty is None
    assert population.interval(DISCOUNT) == Interval(Fraction(0), Fraction(1))


@every
@few
@given(snapshot=drawn)
def test_a_host_that_goes_dark_never_raises_low(measure, snapshot) -> None:
    before, after = (measure(build(each)) for each in (snapshot, s.unreadable(snapshot, "web1")))
    if before.members and after.members:
        assert after.interval(DISCOUNT).low <= before.interval(DISCOUNT).low


@few
@given(snapshot=drawn)
def test_declaring_what_is_seen_never_lowers_what_is_foreseen(snapshot) -> None:
    estate = build(snapshot)
    shadows = [each for each in dependencies(estate) if each.state == "undeclared" and each.counted]
    services = snapshot.declared.context.services if snapshot.declared else None
    known = {each.name for each in services or ()}
    told = next((each for each in shadows if each.source.name in known and each.destination.kind == "service"), None)
    if told is None:
        return
    more = tuple(
        msgspec.structs.replace(each, depends_on=(*(each.depends_on or ()), told.destination.name))
        if each.name == told.source.name
        else each
        for each in services
    )
    context = msgspec.structs.replace(snapshot.declared.context, services=more)
    declared = msgspec.structs.replace(snapshot.declared, context=context)
    after = impact.foreseeable(build(msgspec.structs.replace(snapshot, declared=declared)))
    assert after.interval(DISCOUNT).low >= impact.foreseeable(estate).interval(DISCOUNT).low
