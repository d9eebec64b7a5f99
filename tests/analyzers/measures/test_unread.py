from __future__ import annotations

from analyzers.measures.unread import things, unread_hosts
from analyzers.model.evidence import Member, Population
from tests import builders as b


def found(*hosts, things=10, **sources):
    members = unread_hosts(b.estate(*hosts, **sources), "flows", "listeners", things)
    return {each.name: (each.weight, each.reason, each.measured, each.hosts) for each in members}


def test_a_host_that_was_read_leaves_nothing_to_guess() -> None:
    assert found(b.host("web1", listeners=())) == {}


def test_a_host_that_refused_stands_for_what_may_be_there() -> None:
    assert found(b.refused("web1")) == {"web1": (30, "no_permission", None, ("web1",))}


def test_a_host_that_only_a_server_names_has_no_source() -> None:
    assert found(monitoring=b.monitoring(b.uname("db1")), things=2) == {"db1": (6, "no_source", None, ("db1",))}


def test_a_host_where_there_is_nothing_to_read_is_left_out() -> None:
    assert found(b.host("web1", runs=(b.run("flows", "not_applicable"),))) == {}


def test_hosts_that_nobody_read_are_no_things() -> None:
    seen = Member(name="nginx", kind="service")
    dark = unread_hosts(b.estate(b.refused("web1")), "flows", "listeners", 10)
    assert things(Population(key="x", members=(seen, *dark))) == 1
