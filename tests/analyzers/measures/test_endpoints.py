from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.endpoints import MOST_FLOWS, identified
from analyzers.model.context import Provider
from analyzers.model.interval import Interval
from tests import builders as b

KNOWN, NOBODY = Interval.point(1), Interval.point(0)


def members(*connections, context=None, others=()):
    host = b.host("web1", addresses=("10.0.0.1",), connections=connections, listeners=(b.listener(),))
    return b.by_name(identified(b.estate(host, *others, context=context)))


DB1 = b.host("db1", addresses=("10.0.0.2",), connections=())


@pytest.mark.parametrize(
    ("connection", "name", "measured"),
    [
        (b.connection("10.0.0.2"), "10.0.0.2:5432", KNOWN),
        (b.connection("::ffff:10.0.0.2"), "10.0.0.2:5432", KNOWN),
        (b.connection("10.0.0.9"), "10.0.0.9:5432", NOBODY),
        (b.connection("8.8.8.8", 53, protocol="udp"), "8.8.8.8:53", NOBODY),
        (b.connection("2001:db8::7", 443), "[2001:db8::7]:443", NOBODY),
        (b.connection("10.0.0.2", 80, "in"), "10.0.0.2 -> :80", KNOWN),
        (b.connection("192.168.4.20", 80, "in"), "192.168.4.0/24 -> :80", NOBODY),
        (b.connection("2001:db8:0:1::7", 80, "in"), "2001:db8:0:1::/64 -> :80", NOBODY),
        (b.connection("db1.dupont.example"), "db1.dupont.example:5432", KNOWN),
        (b.connection("printer"), "printer:5432", NOBODY),
        (b.connection("printer", 80, "in"), "printer -> :80", NOBODY),
    ],
)
def test_remote_ends(connection, name, measured) -> None:
    found = members(connection, others=(DB1,))
    assert {each: member.measured for each, member in found.items()} == {name: measured}


@pytest.mark.parametrize(
    "connection",
    [
        b.connection("127.0.0.1"),
        b.connection("::1"),
        b.connection("::ffff:127.0.0.1"),
        b.connection("10.0.0.1"),
        b.connection("web1"),
        b.connection("0.0.0.0"),
        b.connection("224.0.0.251", 5353, protocol="udp"),
        b.connection("ff02::fb", 5353, protocol="udp"),
        b.connection("/run/docker.sock", 0, protocol="unix"),
    ],
)
def test_what_is_no_remote_end(connection) -> None:
    assert members(connection) == {}


def test_declared_services_and_ranges_of_providers_are_known() -> None:
    context = b.context(
        services=(b.service("paiement", external=True, addresses=("203.0.113.0/28",)),),
        providers=(Provider(name="InfoServ", ranges=("198.51.100.0/28",)),),
    )
    found = members(b.connection("203.0.113.5", 443), b.connection("198.51.100.7", 22, "in"), context=context)
    assert {name: each.measured for name, each in found.items()} == {
        "203.0.113.5:443": KNOWN,
        "198.51.100.7 -> :22": KNOWN,
    }
    assert [each.kind for each in found["203.0.113.5:443"].evidence] == ["measured", "reconciled"]


def test_a_stale_range_leaves_its_addresses_unknown() -> None:
    old = Provider(name="Ancien", ranges=("203.0.113.0/24",), date=b.TODAY - dt.timedelta(days=400))
    member = members(b.connection("203.0.113.5", 443), context=b.context(providers=(old,)))["203.0.113.5:443"]
    assert (member.measured, member.reason) == (None, "stale")


def test_unknown_clients_of_one_network_are_one_member() -> None:
    clients = [b.connection(f"192.168.4.{number}", 80, "in") for number in range(20)]
    found = members(*clients, b.connection("192.168.5.1", 443, "in"), b.connection("192.168.5.2", 443, "in"))
    assert list(found) == ["192.168.4.0/24 -> :80", "192.168.5.0/24 -> :443"]
    assert len(found["192.168.4.0/24 -> :80"].evidence) == MOST_FLOWS


def test_servers_of_one_network_are_as_many_members() -> None:
    assert len(members(b.connection("192.168.4.1", 443), b.connection("192.168.4.2", 443))) == 2


@pytest.mark.parametrize(
    ("service", "measured", "name"),
    [
        (b.service("nginx", public=True), KNOWN, "public -> :443"),
        (b.service("nginx", public=False), NOBODY, "9.9.9.0/24 -> :443"),
        (b.service("nginx"), NOBODY, "9.9.9.0/24 -> :443"),
        (b.service("nginx", public=True, date=b.TODAY - dt.timedelta(days=400)), None, "public -> :443"),
    ],
)
def test_unknown_clients_of_a_public_service_are_the_public(service, measured, name) -> None:
    found = members(b.connection("9.9.9.9", 443, "in"), context=b.context(services=(service,)))
    assert {each: member.measured for each, member in found.items()} == {name: measured}


def test_what_a_public_service_calls_is_not_the_public() -> None:
    context = b.context(services=(b.service("nginx", public=True),))
    assert members(b.connection("9.9.9.9", 443), context=context)["9.9.9.9:443"].measured == NOBODY


@pytest.mark.parametrize(("criticality", "weight"), [(5, 5), (1, 1), (None, 3)])
def test_a_remote_end_weighs_as_the_service_that_talks_to_it(criticality, weight) -> None:
    context = b.context(services=(b.service("boutique", match={"units": ("nginx.service",)}, criticality=criticality),))
    member = members(b.connection("8.8.8.8"), context=context)["8.8.8.8:5432"]
    assert (member.weight, member.services, member.hosts) == (weight, ("boutique",), ("web1",))


def test_a_program_that_listens_nowhere_weighs_three() -> None:
    member = members(b.connection("8.8.8.8", service="backup"))["8.8.8.8:5432"]
    assert (member.weight, member.services) == (3, ())


def test_two_hosts_that_call_the_same_end_are_one_member_at_the_highest_weight() -> None:
    context = b.context(services=(b.service("nginx", criticality=2), b.service("postgres", criticality=5)))
    other = b.host(
        "db1", listeners=(b.listener("postgres", 5432),), connections=(b.connection("8.8.8.8", service="postgres"),)
    )
    member = members(b.connection("8.8.8.8"), context=context, others=(other,))["8.8.8.8:5432"]
    assert (member.weight, member.hosts, member.services) == (5, ("db1", "web1"), ("nginx", "postgres"))


def test_evidence_says_who_talks() -> None:
    found = members(b.connection("8.8.8.8", 443), b.connection("192.168.4.20", 80, "in"))
    assert found["8.8.8.8:443"].evidence[0].value == "web1/nginx -> 8.8.8.8:443/tcp"
    assert found["192.168.4.0/24 -> :80"].evidence[0].value == "web1/nginx:80/tcp <- 192.168.4.20"


def test_a_flow_whose_owner_was_hidden_is_shown_by_its_host() -> None:
    assert (
        members(b.connection("8.8.8.8", 443, service=""))["8.8.8.8:443"].evidence[0].value == "web1 -> 8.8.8.8:443/tcp"
    )


def test_hosts_that_were_not_read_are_members() -> None:
    population = identified(b.estate(b.refused("db1", "timed_out"), b.host("bkp1")))
    assert {each.name: each.reason for each in population.members} == {"db1": "timed_out", "bkp1": "no_source"}
    assert not population.complete


def test_a_host_that_talks_to_nobody() -> None:
    population = identified(b.estate(DB1))
    assert population.members == ()
    assert population.complete


def test_containers_of_a_host_are_no_remote_ends_wherever_the_same_network_is_used() -> None:
    bridge = {"addresses": ("172.17.0.1",), "listeners": (b.listener("pg", 5432, address="172.17.0.2"),)}
    inside = b.host("app1", connections=(b.connection("172.17.0.2"),), **bridge)
    other = b.host("app2", connections=(b.connection("172.17.0.2"),), addresses=("172.17.0.1",), listeners=())
    found = b.by_name(identified(b.estate(inside, other)))
    assert {name: each.hosts for name, each in found.items()} == {"172.17.0.2:5432": ("app2",)}
