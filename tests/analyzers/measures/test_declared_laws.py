"""Laws of what is declared and observed, over random small estates."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzers.assess import measure
from analyzers.checks import ALL_CHECKS
from analyzers.measures import contract_scope, flow_catalogue, outside, ownership
from analyzers.model.estate import Estate, build
from analyzers.model.evidence import Population
from analyzers.model.interval import Interval
from analyzers.model.snapshot import Snapshot
from analyzers.rubric import published
from analyzers.scoring.findings import Policy
from analyzers.scoring.verdict import decide
from tests import builders as b
from tests import strategies as s
from tests.flow_worlds import EDGES, world

DISCOUNT = Fraction(3, 10)
MEASURES: dict[str, Callable[[Estate], Population]] = {
    "flows-declared": flow_catalogue.observed,
    "declared-flows-observed": flow_catalogue.documented,
    "uncontrolled-dependencies": outside.controlled,
    "contract-perimeter": contract_scope.assets,
    "responsibility-matrix": ownership.responsibilities,
}
LISIBILITE = tuple(each for each in ALL_CHECKS if published().checks[each.id].axis == "lisibilite")
BLOCKS = ("services", "providers", "contracts", "responsibilities")

every_measure = pytest.mark.parametrize("gathered", MEASURES.values(), ids=MEASURES)
few = settings(max_examples=40, deadline=None)
estates = s.snapshots(
    blocks=("listeners", "connections"),
    queries={"hosts.uname": s.QUERY_LABELS["hosts.uname"]},
    context_blocks=BLOCKS,
    always=("web1",),
)


def interval(gathered: Callable[[Estate], Population], snapshot: Snapshot) -> Interval:
    return gathered(build(snapshot)).interval(DISCOUNT)


@every_measure
@few
@given(st.data())
def test_members_have_one_name_each_and_values_have_evidence(gathered, data) -> None:
    population = gathered(build(data.draw(estates)))
    names = [each.name for each in population.members]
    assert len(names) == len(set(names))
    for member in population.members:
        assert all(each.provenance.source and each.provenance.query for each in member.evidence)
        assert member.coverage == 1 or member.reason is not None or member.declared is not None


@every_measure
@few
@given(st.data())
def test_nobody_is_named(gathered, data) -> None:
    for member in gathered(build(data.draw(estates))).members:
        for text in (member.name, *(f"{each.key} {each.value} {each.provenance.query}" for each in member.evidence)):
            assert not any(person in text for person in s.PEOPLE), text


@every_measure
@pytest.mark.parametrize("snapshot", [b.snapshot(), b.snapshot(b.refused("web1", "timed_out"))], ids=["none", "dark"])
def test_seeing_nothing_is_unknown_never_not_applicable(gathered, snapshot) -> None:
    population = gathered(build(snapshot))
    assert population.declared_empty is None
    assert population.members or not population.complete
    assert population.interval(DISCOUNT) == Interval(Fraction(0), Fraction(1))


@every_measure
@few
@given(st.data())
def test_a_host_that_goes_dark_never_raises_low(gathered, data) -> None:
    snapshot = data.draw(estates)
    assert interval(gathered, s.unreadable(snapshot, "web1")).low <= interval(gathered, snapshot).low


@every_measure
@few
@given(st.data())
def test_the_order_of_hosts_says_nothing(gathered, data) -> None:
    snapshot = data.draw(estates)
    turned = replace(snapshot, hosts=snapshot.hosts[::-1])
    assert interval(gathered, turned) == interval(gathered, snapshot)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_declaring_a_true_flow_never_lowers_lisibilite_and_undeclaring_it_never_raises_it(data) -> None:
    seen = data.draw(st.sets(st.sampled_from(EDGES), min_size=1))
    said = data.draw(st.sets(st.sampled_from(EDGES)))
    true = data.draw(st.sampled_from(sorted(seen)))
    dark = data.draw(st.sets(st.sampled_from([each for each in s.SERVICES if each not in true])))
    shape = {"dark": dark, "criticality": data.draw(st.sampled_from((None, 2, 5)))}
    without, declared = (axis(world(seen, each, **shape)) for each in (said - {true}, said | {true}))
    assert without.low <= declared.low
    assert without.high <= declared.high


def axis(estate: Estate) -> Interval:
    scores = decide(measure(estate, LISIBILITE), published(), Policy(today=estate.today)).axes
    return next(each.interval for each in scores if each.axis == "lisibilite")
