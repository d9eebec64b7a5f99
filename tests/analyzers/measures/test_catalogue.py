from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.catalogue import MOST_SOCKETS, entries
from analyzers.model.interval import Interval
from tests import builders as b


def members(*hosts, **sources):
    return b.by_name(entries(b.estate(*hosts, **sources)))


def listening(*listeners, name="web1", **fields):
    return b.host(name, listeners=listeners, **fields)


CATALOGUE = b.context(services=(b.service("nginx", criticality=5),))


def test_a_listening_service_with_an_entry() -> None:
    member = members(listening(b.listener()), context=CATALOGUE)["nginx"]
    assert (member.measured, member.weight) == (Interval.point(1), 5)
    assert [(each.key, each.value, each.kind) for each in member.evidence] == [
        ("listens", "web1 tcp 0.0.0.0:80", "measured"),
        ("entry", "nginx", "reconciled"),
    ]
    assert member.evidence[1].provenance.query == "services[0]"


def test_a_shadow_weighs_three() -> None:
    member = members(listening(b.listener("redis", 6379)), context=CATALOGUE)["redis"]
    assert (member.measured, member.weight) == (Interval.point(0), 3)


def test_an_entry_is_found_by_its_match() -> None:
    entry = b.service("boutique", match={"units": ("gunicorn*",), "ports": (8080,)})
    sockets = (b.listener("gunicorn", 8080), b.listener("gunicorn", 9000))
    found = members(listening(*sockets), context=b.context(services=(entry,)))
    assert {name: each.measured for name, each in found.items()} == {
        "boutique": Interval.point(1),
        "gunicorn": Interval.point(0),
    }


@pytest.mark.parametrize("context", [None, b.context()])
def test_without_a_catalogue_entries_may_stand_elsewhere(context) -> None:
    member = members(listening(b.listener()), context=context)["nginx"]
    assert (member.measured, member.reason) == (None, "not_declared")
    assert member.evidence


def test_an_empty_catalogue_is_measured() -> None:
    assert members(listening(b.listener()), context=b.context(services=()))["nginx"].measured == Interval.point(0)


@pytest.mark.parametrize(("age", "measured", "reason"), [(365, Interval.point(1), None), (366, None, "stale")])
def test_an_entry_grows_old(age, measured, reason) -> None:
    entry = b.service("nginx", date=b.TODAY - dt.timedelta(days=age))
    member = members(listening(b.listener()), context=b.context(services=(entry,)))["nginx"]
    assert (member.measured, member.reason) == (measured, reason)


def test_instances_of_a_service_are_one_member() -> None:
    hosts = (listening(b.listener()), listening(b.listener(), b.listener(port=443), name="web2"))
    (member,) = members(*hosts, context=CATALOGUE).values()
    assert member.hosts == ("web1", "web2")


def test_sockets_of_the_file_system_are_left_out() -> None:
    socket = b.listener("docker", 0, protocol="unix", address="", path="/run/docker.sock")
    population = entries(b.estate(listening(socket), context=CATALOGUE))
    assert population.members == ()
    assert population.complete


def test_a_declared_service_that_listens_nowhere_is_no_listening_service() -> None:
    assert members(listening(), context=CATALOGUE) == {}


def test_hosts_that_were_not_read_are_members() -> None:
    found = members(b.refused("db1", "timed_out"), monitoring=b.monitoring(b.uname("bkp1")), context=CATALOGUE)
    assert {name: (each.measured, each.reason) for name, each in found.items()} == {
        "db1": (None, "timed_out"),
        "bkp1": (None, "no_source"),
    }


@pytest.mark.parametrize(
    ("process", "told", "measured", "reason"),
    [
        ("", None, None, "no_permission"),
        ("", "timed_out", None, "timed_out"),
        ("redis-server", "no_permission", Interval.point(0), None),
    ],
)
def test_a_socket_whose_owner_was_hidden_may_be_any_declared_service(process, told, measured, reason) -> None:
    socket = b.listener("port 6379", 6379, unit="", process=process)
    runs = [b.run("flows", "partial", told)]
    member = members(listening(socket, runs=runs), context=CATALOGUE)["port 6379"]
    assert (member.measured, member.reason) == (measured, reason)


@pytest.mark.parametrize(
    ("match", "measured", "reason"),
    [
        (None, None, "no_permission"),
        ({}, None, "no_permission"),
        ({"processes": ("tcp/2024",)}, None, "no_permission"),
        ({"units": ("tcp*",)}, None, "no_permission"),
        ({"ports": (2024,)}, Interval.point(1), None),
        ({"hosts": ("web1",)}, Interval.point(1), None),
    ],
)
def test_the_stopgap_name_of_a_hidden_owner_is_no_entry(match, measured, reason) -> None:
    socket = b.listener("tcp/2024", 2024, unit="", process="")
    context = b.context(services=(b.service("tcp/2024", match=match),))
    member = members(listening(socket), context=context)["tcp/2024"]
    assert (member.measured, member.reason) == (measured, reason)
    assert member.evidence[0].key == "listens"


def test_one_socket_whose_owner_is_seen_is_enough_for_an_entry() -> None:
    sockets = (b.listener("nginx", 80, unit="", process=""), b.listener("nginx", 443))
    assert members(listening(*sockets), context=CATALOGUE)["nginx"].measured == Interval.point(1)


def test_a_hidden_owner_is_in_no_empty_catalogue() -> None:
    socket = b.listener("port 6379", 6379, unit="", process="")
    found = members(listening(socket), context=b.context(services=()))
    assert found["port 6379"].measured == Interval.point(0)


def test_many_sockets_show_a_few() -> None:
    sockets = [b.listener(port=8000 + index) for index in range(20)]
    member = members(listening(*sockets), context=CATALOGUE)["nginx"]
    assert sum(1 for each in member.evidence if each.key == "listens") == MOST_SOCKETS


@pytest.mark.parametrize(("outcome", "complete"), [("ok", True), ("not_applicable", True), ("partial", False)])
def test_a_partial_reading_makes_nothing_not_applicable(outcome: str, *, complete: bool) -> None:
    assert entries(b.estate(listening(runs=[b.run("flows", outcome)]))).complete is complete


def test_evidence_writes_addresses_as_people_do() -> None:
    member = members(listening(b.listener(address="::")), context=CATALOGUE)["nginx"]
    assert member.evidence[0].value == "web1 tcp [::]:80"
