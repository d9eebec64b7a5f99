from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.elasticity import proof
from analyzers.model.context import Capacity
from tests import builders as b

WEB1, DB1 = {"instance": "web1:9100"}, {"instance": "db1:9100"}


def member(*hosts, **sources):
    return b.by_name(proof(b.estate(*hosts, **sources)))["capacity"]


def server(history=None, cpu=0.0, memory=0.0, **fields):
    queries = [b.query("elasticity.cpu_changed", (WEB1, cpu)), b.query("elasticity.memory_changed", (WEB1, memory))]
    if history is not None:
        queries.append(b.query("elasticity.history_days", (WEB1, history), window="100d"))
    return b.monitoring(b.uname("web1"), *queries, **fields)


def lvm(free, name="web1"):
    return b.host(name, inventory=b.inventory(free_extents_bytes=free))


@pytest.mark.parametrize(
    ("hosts", "monitoring", "ends"),
    [
        ((lvm(0),), server(100.0), (0, 1)),
        ((lvm(None),), server(90.0), (0, 1)),
        ((lvm(b.GIB),), server(100.0), (0.5, 1)),
        ((lvm(0),), server(100.0, cpu=1.0), (1, 1)),
        ((lvm(0),), server(100.0, memory=1.0), (1, 1)),
        ((lvm(0),), server(20.0, memory=1.0), (1, 1)),
        ((lvm(0),), server(89.9), (0, 1)),
        ((lvm(b.GIB),), server(89.9), (0.5, 1)),
        ((lvm(b.GIB),), None, (0.5, 1)),
        ((lvm(0),), None, (0, 1)),
        ((), server(100.0), (0, 1)),
        ((lvm(0), b.refused("db1")), server(100.0), (0, 1)),
        ((lvm(0),), server(100.0, metric_names=("kube_horizontalpodautoscaler_spec_max_replicas",)), (0.5, 1)),
    ],
)
def test_what_history_and_means_prove(hosts, monitoring, ends) -> None:
    found = member(*hosts, monitoring=monitoring)
    assert b.ends(found) == ends
    assert (found.reason is None) == (ends[0] == ends[1])


def test_the_shortest_history_decides() -> None:
    history = b.query("elasticity.history_days", (WEB1, 100.0), (DB1, 10.0))
    found = member(lvm(0), monitoring=b.monitoring(b.uname("web1", "db1"), history))
    assert found.measured is None
    assert found.reason == "too_few"


@pytest.mark.parametrize(
    ("drilled", "written", "ends", "reason"),
    [
        (b.TODAY - dt.timedelta(days=200), b.TODAY, (0.7, 1), "no_monitoring_source"),
        (b.TODAY - dt.timedelta(days=365), b.TODAY, (0.7, 1), "no_monitoring_source"),
        (b.TODAY - dt.timedelta(days=366), b.TODAY, (0, 1), "stale"),
        (b.TODAY - dt.timedelta(days=200), b.TODAY - dt.timedelta(days=400), (0, 1), "stale"),
        (None, b.TODAY, (0, 1), "no_monitoring_source"),
    ],
)
def test_what_a_declared_drill_is_worth(drilled, written, ends, reason) -> None:
    context = b.context(capacity=Capacity(drilled=drilled, date=written))
    found = member(context=context)
    assert tuple(float(each) for each in b.ends(found)) == ends
    assert found.reason == reason


@pytest.mark.parametrize("hosts", [(lvm(0),), (lvm(b.GIB),)])
def test_a_history_without_change_disproves_no_drill(hosts) -> None:
    context = b.context(capacity=Capacity(drilled=b.TODAY - dt.timedelta(days=30)))
    found = member(*hosts, monitoring=server(100.0), context=context)
    assert not found.contradicted(b.Fraction(3, 10))
    assert float(b.ends(found)[0]) == 0.7
    assert b.ends(found)[1] == 1


@pytest.mark.parametrize("free", [0, b.GIB])
@pytest.mark.parametrize("history", [None, 20.0, 100.0])
@pytest.mark.parametrize("cpu", [0.0, 1.0])
def test_a_declared_drill_changes_nothing_of_what_is_measured(free, history, cpu) -> None:
    drilled = b.context(capacity=Capacity(drilled=b.TODAY - dt.timedelta(days=30)))
    told = member(lvm(free), monitoring=server(history, cpu=cpu), context=drilled)
    silent = member(lvm(free), monitoring=server(history, cpu=cpu), context=b.context())
    assert (told.measured, told.declared, silent.declared) == (silent.measured, 1, None)


def test_a_drill_and_a_change_are_one() -> None:
    context = b.context(capacity=Capacity(drilled=b.TODAY - dt.timedelta(days=30)))
    assert b.ends(member(lvm(0), monitoring=server(100.0, cpu=1.0), context=context)) == (1, 1)


def test_a_drill_stands_at_its_place_in_the_file() -> None:
    (said,) = member(context=b.context(capacity=Capacity(drilled=b.TODAY))).evidence
    assert (said.provenance.source, said.provenance.query, said.kind) == (
        "pasencore.yaml (a.martin)",
        "capacity.drilled",
        "declared",
    )
