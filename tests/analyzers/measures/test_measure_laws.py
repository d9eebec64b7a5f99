"""Laws of the measures of hosts, services, remote ends, jobs and documents, over random small estates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzers.measures import (
    catalogue,
    clocks,
    documents,
    elasticity,
    endpoints,
    headroom,
    jobs,
    saturation,
    sight,
    stack,
    units,
)
from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.estate import Estate, build
from analyzers.model.evidence import Population
from analyzers.model.snapshot import Declared, Snapshot
from tests import builders as b
from tests import strategies as s

DISCOUNT = Fraction(3, 10)

few = settings(max_examples=60, deadline=None)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A measure, what it reads, and a change that can only be for the better, of an estate that is `ready` for it."""

    measure: Callable[[Estate], Population]
    blocks: Sequence[str] = ()
    queries: Sequence[str] = ()
    context_blocks: Sequence[str] = ()
    better: Callable[[Snapshot], Snapshot]
    ready: Callable[[Snapshot], Snapshot] = lambda snapshot: snapshot
    hosts_only: bool = True

    def snapshots(self, **more: Any) -> st.SearchStrategy[Snapshot]:
        queries = {name: s.QUERY_LABELS[name] for name in self.queries}
        given_what = {"blocks": self.blocks, "queries": queries, "context_blocks": self.context_blocks}
        return s.snapshots(**(given_what | more))


def on_web1(**blocks: Any) -> Callable[[Snapshot], Snapshot]:
    return lambda snapshot: s.improved(snapshot, "web1", **blocks)


def declaring(snapshot: Snapshot, **blocks: Any) -> Snapshot:
    context = snapshot.declared.context if snapshot.declared is not None else b.context()
    said = Declared(file="pasencore.yaml", context=msgspec.structs.replace(context, **blocks))
    return msgspec.structs.replace(snapshot, declared=said)


def web1_of(snapshot: Snapshot) -> facts.Host:
    (web1,) = (each for each in snapshot.hosts if each.name == "web1")
    return web1


def context_of(snapshot: Snapshot) -> ctx.Context:
    return snapshot.declared.context if snapshot.declared is not None else b.context()


def with_a_catalogue(snapshot: Snapshot) -> Snapshot:
    services = context_of(snapshot).services or ()
    return declaring(snapshot, services=tuple(each for each in services if each.name != "facturation"))


def with_an_entry_more(snapshot: Snapshot) -> Snapshot:
    services = context_of(snapshot).services or ()
    return declaring(snapshot, services=(*services, b.service("facturation", date=b.TODAY)))


def with_everybody_known(snapshot: Snapshot) -> Snapshot:
    everybody = ctx.Provider(name="HostCo", ranges=("0.0.0.0/0", "::/0"), date=b.TODAY)
    return declaring(snapshot, providers=(*(context_of(snapshot).providers or ()), everybody))


def with_a_fresh_map(snapshot: Snapshot) -> Snapshot:
    fresh = ctx.Document(kind="network_map", url="docs/map.md", date=b.TODAY)
    return declaring(snapshot, documents=(*(context_of(snapshot).documents or ()), fresh))


def with_documents(snapshot: Snapshot) -> Snapshot:
    return declaring(snapshot, documents=context_of(snapshot).documents or ())


def with_a_drill(snapshot: Snapshot) -> Snapshot:
    return declaring(snapshot, capacity=ctx.Capacity(drilled=b.TODAY, date=b.TODAY))


def with_a_standard(snapshot: Snapshot) -> Snapshot:
    return declaring(snapshot, standards=ctx.Standards(os=("debian 12",), date=b.TODAY))


def on_the_standard(snapshot: Snapshot) -> Snapshot:
    inventory = web1_of(snapshot).inventory or b.inventory()
    return s.improved(snapshot, "web1", inventory=msgspec.structs.replace(inventory, os=b.system()))


def with_a_job(snapshot: Snapshot) -> Snapshot:
    return s.improved(snapshot, "web1", jobs=web1_of(snapshot).jobs or (b.job(),))


def with_a_job_packaged(snapshot: Snapshot) -> Snapshot:
    first, *others = web1_of(snapshot).jobs or ()
    return s.improved(snapshot, "web1", jobs=(msgspec.structs.replace(first, packaged=True), *others))


def seen_in_full(snapshot: Snapshot) -> Snapshot:
    return s.improved(snapshot, "web1", runs=tuple(b.run(each.name) for each in web1_of(snapshot).runs))


CASES = {
    "clocks": Case(
        measure=clocks.agreement,
        blocks=("clock",),
        queries=("clock.offset", "clock.sync"),
        better=on_web1(clock=b.clock()),
    ),
    "units": Case(
        measure=units.health,
        blocks=("units",),
        queries=("units.failed", "units.restarts", "units.failed_names", "units.restarting_names"),
        better=on_web1(units=(b.unit(),)),
    ),
    "headroom": Case(
        measure=headroom.at_percentile,
        blocks=("inventory", "pressure"),
        queries=("headroom.cpu_p95", "headroom.memory_p95", "headroom.disk_used"),
        better=on_web1(inventory=b.inventory(mounts=(b.mount(used=0.1),))),
    ),
    "saturation": Case(
        measure=saturation.time_at_ceiling,
        blocks=("inventory", "pressure"),
        queries=tuple(each.query_id for each in saturation.RESOURCES),
        better=on_web1(inventory=b.inventory(), pressure=b.pressure()),
    ),
    "elasticity": Case(
        measure=elasticity.proof,
        blocks=("inventory",),
        queries=("elasticity.cpu_changed", "elasticity.memory_changed", "elasticity.history_days"),
        context_blocks=("capacity",),
        better=with_a_drill,
    ),
    "stack": Case(
        measure=stack.diversity,
        blocks=("inventory",),
        context_blocks=("standards",),
        ready=with_a_standard,
        better=on_the_standard,
    ),
    "sight": Case(
        measure=sight.of_known_hosts,
        blocks=tuple(s.BLOCKS),
        queries=(),
        context_blocks=("contracts",),
        better=seen_in_full,
    ),
    "jobs": Case(
        measure=jobs.mastery,
        blocks=("jobs",),
        context_blocks=("automatable", "runbooks"),
        ready=with_a_job,
        better=with_a_job_packaged,
    ),
    "catalogue": Case(
        measure=catalogue.entries,
        blocks=("listeners",),
        context_blocks=("services",),
        ready=with_a_catalogue,
        better=with_an_entry_more,
        hosts_only=False,
    ),
    "endpoints": Case(
        measure=endpoints.identified,
        blocks=("listeners", "connections"),
        context_blocks=("services", "providers", "contracts"),
        better=with_everybody_known,
        hosts_only=False,
    ),
    "documents": Case(
        measure=documents.minimum,
        context_blocks=("documents",),
        ready=with_documents,
        better=with_a_fresh_map,
        hosts_only=False,
    ),
}

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
on_hosts = pytest.mark.parametrize(
    "case",
    [each for each in CASES.values() if each.hosts_only],
    ids=[n for n, each in CASES.items() if each.hosts_only],
)


def interval_of(case: Case, snapshot: Snapshot):
    return case.measure(build(snapshot)).interval(DISCOUNT)


def not_applicable(population: Population) -> bool:
    return population.complete and not population.members


@every_case
@few
@given(st.data())
def test_members_have_one_name_each_and_values_have_provenance(case: Case, data: st.DataObject) -> None:
    population = case.measure(build(data.draw(case.snapshots())))
    names = [each.name for each in population.members]
    assert len(names) == len(set(names))
    for member in population.members:
        assert (member.measured is None and member.declared is None) or member.evidence
        assert all(each.provenance.source and each.provenance.query for each in member.evidence)
        assert member.coverage == 1 or member.reason is not None or member.declared is not None


@every_case
@pytest.mark.parametrize(
    "snapshot",
    [b.snapshot(), b.snapshot(b.refused("web1", "timed_out")), b.snapshot(monitoring=b.monitoring(b.uname("web1")))],
    ids=["nothing", "refused", "named"],
)
def test_seeing_nothing_is_unknown_never_not_applicable(case: Case, snapshot: Snapshot) -> None:
    population = case.measure(build(snapshot))
    assert not not_applicable(population)
    assert population.interval(DISCOUNT).low == 0
    assert population.members or population.missing is not None


@every_case
@few
@given(st.data())
def test_a_host_that_goes_dark_makes_nothing_not_applicable(case: Case, data: st.DataObject) -> None:
    snapshot = data.draw(case.snapshots(always=("web1",)))
    assert not not_applicable(case.measure(build(s.unreadable(snapshot, "web1"))))


@on_hosts
@few
@given(st.data())
def test_a_host_that_goes_dark_never_raises_low(case: Case, data: st.DataObject) -> None:
    """Weights are held (no declared service), and nobody else tells of the host that goes dark."""
    elsewhere = {
        name: dict(s.QUERY_LABELS[name]) | {"instance": ("10.0.0.2:9100", "nas1:9100")} for name in case.queries
    }
    blocks = tuple(each for each in case.context_blocks if each != "services")
    snapshot = data.draw(case.snapshots(always=("web1",), queries=elsewhere, context_blocks=blocks))
    if snapshot.monitoring is not None:
        snapshot = msgspec.structs.replace(
            snapshot, monitoring=msgspec.structs.replace(snapshot.monitoring, local_host="")
        )
    before = interval_of(case, snapshot)
    assert interval_of(case, s.unreadable(snapshot, "web1")).low <= before.low


@pytest.mark.parametrize("case", [CASES["catalogue"], CASES["endpoints"]], ids=["catalogue", "endpoints"])
@few
@given(st.data())
def test_a_dark_host_is_worse_than_no_host(case: Case, data: st.DataObject) -> None:
    """What listened there left the population: the host itself, unread, stands for it."""
    snapshot = data.draw(case.snapshots(always=("web1", "db1")))
    dark = s.unreadable(snapshot, "web1")
    kept = [each for each in case.measure(build(dark)).members if each.name != "web1"]
    assume(kept)
    without = Population(key="without web1", members=tuple(kept))
    alone = without.interval(DISCOUNT).low
    assert alone == 0 or interval_of(case, dark).low < alone


@every_case
@few
@given(st.data())
def test_what_gets_better_lowers_nothing(case: Case, data: st.DataObject) -> None:
    snapshot = case.ready(data.draw(case.snapshots(always=("web1",))))
    before, after = interval_of(case, snapshot), interval_of(case, case.better(snapshot))
    assert after.low >= before.low
    assert after.high >= before.high


@every_case
@few
@given(st.data())
def test_the_order_of_hosts_says_nothing(case: Case, data: st.DataObject) -> None:
    snapshot = data.draw(case.snapshots())
    turned = msgspec.structs.replace(snapshot, hosts=tuple(reversed(snapshot.hosts)))
    assert interval_of(case, turned) == interval_of(case, snapshot)


@every_case
@few
@given(st.data())
def test_time_alone_makes_nothing_known(case: Case, data: st.DataObject) -> None:
    """What was unknown stays so when nothing but the clock moves on: statements only grow old."""
    snapshot = data.draw(case.snapshots())
    later = msgspec.structs.replace(snapshot, taken_at=snapshot.taken_at + dt.timedelta(days=4000))
    before = {each.name for each in case.measure(build(snapshot)).members if each.declared is not None}
    after = {each.name for each in case.measure(build(later)).members if each.declared is not None}
    assert after <= before
