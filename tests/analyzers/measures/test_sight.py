from __future__ import annotations

import pytest

from analyzers.measures.sight import of_known_hosts
from analyzers.model.context import Contract, ContractAssets
from analyzers.model.interval import Interval
from tests import builders as b


def members(*hosts, **sources):
    return b.by_name(of_known_hosts(b.estate(*hosts, **sources)))


@pytest.mark.parametrize(
    ("outcomes", "value"),
    [
        (("ok", "ok"), 1),
        (("ok", "not_applicable"), 1),
        (("ok", "partial"), 0.75),
        (("ok", "unknown"), 0.5),
        (("unknown", "unknown"), 0),
        ((), 0),
    ],
)
def test_a_host_is_worth_what_its_collectors_saw(outcomes, value) -> None:
    runs = [b.run(f"c{index}", outcome) for index, outcome in enumerate(outcomes)]
    assert members(b.host("web1", runs=runs))["web1"].measured == Interval.point(value)


def test_evidence_tells_what_was_not_seen() -> None:
    run = b.run("jobs", "partial", "no_permission", could_not_see=("crontabs of others",), detail="not root")
    found = members(b.host("web1", runs=[b.run("units"), b.run("clock"), run]))["web1"].evidence
    assert [(each.key, each.value) for each in found] == [
        ("collectors_in_full", "2/3"),
        ("not seen by jobs", "no_permission: crontabs of others, not root"),
    ]


def test_a_host_that_only_a_server_names_was_not_seen() -> None:
    member = members(monitoring=b.monitoring(b.uname("web1")))["web1"]
    assert member.measured == Interval.point(0)
    assert member.evidence[0].provenance.query == "promql of hosts.uname"


def test_a_host_that_only_a_contract_names_was_not_seen() -> None:
    contract = Contract(provider="InfoServ", assets=ContractAssets(hosts=("bkp1",)))
    member = members(context=b.context(contracts=(contract,)))["bkp1"]
    assert member.measured == Interval.point(0)
    assert member.evidence[0].provenance.query == "contracts[0].assets.hosts"


def test_a_host_that_only_a_service_names_was_not_seen() -> None:
    services = (b.service("boutique"), b.service("base", match={"hosts": ("db1.dupont.example",)}))
    member = members(context=b.context(services=services))["db1.dupont.example"]
    assert member.measured == Interval.point(0)
    assert member.evidence[0].provenance.query == "services[1].match.hosts"


def test_a_host_shows_only_the_sources_that_name_it() -> None:
    services = (b.service("base", match={"hosts": ("db1",)}),)
    contracts = (Contract(provider="InfoServ", assets=ContractAssets(hosts=("bkp1",))), Contract(provider="HostCo"))
    context = b.context(services=services, contracts=contracts)
    found = members(monitoring=b.monitoring(b.uname("web1")), context=context)
    assert {name: [each.provenance.query for each in member.evidence] for name, member in found.items()} == {
        "web1": ["promql of hosts.uname"],
        "db1": ["services[0].match.hosts"],
        "bkp1": ["contracts[0].assets.hosts"],
    }


def test_a_host_that_two_sources_name_shows_both() -> None:
    contract = Contract(provider="InfoServ", assets=ContractAssets(hosts=("web1",)))
    sources = {"monitoring": b.monitoring(b.uname("web1")), "context": b.context(contracts=(contract,))}
    assert [each.key for each in members(**sources)["web1"].evidence] == ["named_by_prometheus", "named_by_context"]


def test_an_estate_without_any_host_is_unknown() -> None:
    population = of_known_hosts(b.estate())
    assert (population.members, population.complete, population.missing) == ((), False, "no_source")
