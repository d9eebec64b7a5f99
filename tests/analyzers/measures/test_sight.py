from __future__ import annotations

import pytest

from analyzers.measures.members import why_unseen
from analyzers.measures.sight import of_known_hosts
from analyzers.model.context import Contract, ContractAssets
from analyzers.model.interval import Interval
from analyzers.model.snapshot import Origin
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


def asked(where, reason=None):
    return Origin(kind="agent", where=where, reason=reason)


def test_a_host_whose_agent_gave_nothing_is_known_and_unread_with_the_reason() -> None:
    origins = [asked("http://db1:9477", "no_permission"), asked("http://10.0.0.7:9477", "timed_out")]
    found = members(b.host("web1", runs=[b.run("clock")]), origins=origins)
    assert set(found) == {"web1", "db1", "10.0.0.7"}
    assert found["db1"].measured == Interval.point(0)
    (evidence,) = found["db1"].evidence
    assert (evidence.provenance.source, evidence.provenance.query) == ("http://db1:9477", "GET /snapshot")
    estate = b.estate(origins=origins)
    reasons = {each.name: why_unseen(each, "clock") for each in estate.hosts}
    assert reasons == {"db1": "no_permission", "10.0.0.7": "timed_out"}


def test_an_agent_that_answered_adds_no_host_and_a_silent_one_no_second_name() -> None:
    web1 = b.host("web1", addresses=("10.0.0.1",), runs=[b.run("clock")])
    origins = [
        asked("http://web9:9477"),
        asked("http://web8:9477", "partial"),
        asked("https://web1.example.lan:9477", "timed_out"),
        asked("http://10.0.0.1:9477", "unreachable"),
    ]
    found = members(web1, origins=origins)
    assert set(found) == {"web1"}
    assert found["web1"].measured == Interval.point(1)


@pytest.mark.parametrize(("read_here", "known"), [(True, {"web1"}), (False, {"web1", "127.0.0.1:9999"})])
def test_a_silent_agent_on_loopback_is_this_machine_when_it_was_read(read_here, known) -> None:
    local = [Origin(kind="host", where="web1")] if read_here else []
    found = members(b.host("web1"), origins=[*local, asked("http://127.0.0.1:9999", "unreachable")])
    assert set(found) == known


def test_every_reason_of_a_silent_agent_is_kept_in_one_dark_host() -> None:
    found = members(origins=[asked("http://db1:9477", "timed_out"), asked("http://db1:9478", "unreachable")])
    assert [each.provenance.source for each in found["db1"].evidence] == ["http://db1:9477", "http://db1:9478"]
