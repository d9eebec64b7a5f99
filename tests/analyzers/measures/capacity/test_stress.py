from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from analyzers.measures.capacity.stress import placed
from analyzers.model.context import AiWorkload
from analyzers.model.estate import Estate
from analyzers.model.monitoring import QueryResult
from tests import builders as b


def use(cpu: float = 0.2, memory: float = 0.45, network: float | None = None, host: str = "web1") -> list[QueryResult]:
    """Return the 95th percentiles of a host of 8 processors and 32 GB."""
    at = {"instance": f"{host}:9100"}
    found = [
        b.query("headroom.cpu_p95", (at, cpu)),
        b.query("headroom.memory_p95", (at, memory)),
        b.query("room.cpus", (at, 8)),
        b.query("room.memory_bytes", (at, 32e9)),
    ]
    return found if network is None else [*found, b.query("room.network_free", (at, network))]


def estate(workloads: Any, *queries: QueryResult, read: bool = True) -> Estate:
    hosts = (b.host("web1", inventory=b.inventory()),) if read else ()
    monitoring = b.monitoring(*queries) if queries else None
    return b.estate(*hosts, monitoring=monitoring, context=b.context(ai_workloads=workloads))


def workload(name: str = "assistant", **needs: Any) -> AiWorkload:
    return AiWorkload(name=name, **needs)


def test_nothing_declared_is_unknown_and_none_is_not_applicable() -> None:
    assert placed(b.estate(b.host())).missing == "not_declared"
    assert placed(estate(None)).missing == "not_declared"
    assert placed(estate(())).declared_empty == "ai_workloads: []"


@pytest.mark.parametrize(
    ("needs", "share"),
    [
        ({"vcpu": 4}, 1),
        ({"vcpu": 4.1}, 0),
        ({"vcpu": 2, "replicas": 3}, "2/3"),
        ({"memory_gb": 12.8}, 1),
        ({"memory_gb": 12.9}, 0),
    ],
)
def test_room_is_what_is_left_under_the_bars(needs: dict[str, Any], share: Any) -> None:
    population = placed(estate((workload(**needs),), *use()))
    assert str(population.measured_only.low) == str(share)
    assert population.measured_only.high == population.measured_only.low


def test_a_need_that_nothing_measures_is_not_proved_met() -> None:
    population = placed(estate((workload(vcpu=1, gpu=1),), *use()))
    (member,) = population.members
    assert (population.measured_only.low, population.measured_only.high) == (0, 1)
    assert member.reason == "no_source"


def test_the_network_counts_once_it_is_known() -> None:
    asked = (workload(vcpu=1, network_mbps=800),)
    assert placed(estate(asked, *use())).measured_only.high == 1
    assert placed(estate(asked, *use(network=90e6))).measured_only.high == 0
    assert placed(estate(asked, *use(network=110e6))).measured_only.low == 1


def test_without_percentiles_nothing_is_proved() -> None:
    (member,) = placed(estate((workload(vcpu=1),))).members
    assert (member.measured, member.reason) == (None, "no_monitoring_source")


def test_what_is_missing_is_named() -> None:
    (member,) = placed(estate((workload(vcpu=6),), *use())).members
    lacking = [each for each in member.evidence if "one replica needs" in each.key]
    assert [(each.key, each.value, each.unit) for each in lacking] == [
        ("vcpu: one replica needs 6, web1 leaves free", 4.0, "vCPU")
    ]


def test_two_workloads_are_placed_together() -> None:
    asked = (workload("a", vcpu=3), workload("b", vcpu=3))
    assert placed(estate(asked, *use())).measured_only.low * 2 == 1


def test_an_old_statement_does_not_count() -> None:
    asked = (AiWorkload(name="a", vcpu=1, date=b.NOW.date() - dt.timedelta(days=800)),)
    assert placed(estate(asked, *use())).missing == "stale"
