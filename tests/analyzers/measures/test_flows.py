from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from msgspec.structs import replace

from analyzers.measures.flows import Node, flows
from analyzers.model.context import Provider
from analyzers.model.estate import build
from analyzers.model.facts import FlowWatch
from tests import builders as b
from tests import strategies as s

APP = {"addresses": ("10.0.0.1", "172.17.0.1"), "listeners": (b.listener("boutique", 8080, address="10.0.0.1"),)}
DB = {"addresses": ("10.0.0.2", "172.17.0.1"), "listeners": (b.listener("postgresql", 5432),)}


def call(peer, port=5432, **fields):
    return b.connection(peer, port, **({"service": "boutique"} | fields))


def answered(peer, port=5432, **fields):
    return b.connection(peer, port, "in", **({"service": "postgresql", "local_address": "10.0.0.2"} | fields))


def seen(app=(), db=(), **sources):
    """Return the flows between two hosts, as (source, destination, port)."""
    hosts = b.host("app1", connections=app, **APP), b.host("db1", connections=db, **DB)
    return [(each.source.node, each.destination.node, each.port) for each in flows(b.estate(*hosts, **sources))]


BOUTIQUE, POSTGRES = Node("service", "boutique"), Node("service", "postgresql")
ONE = [(BOUTIQUE, POSTGRES, 5432)]


@pytest.mark.parametrize(
    ("app", "db"),
    [
        ((call("10.0.0.2"),), ()),
        ((call("10.0.0.2"),), (answered("10.0.0.1"),)),
        ((call("::ffff:10.0.0.2"), call("10.0.0.2")), (answered("::ffff:10.0.0.1"),)),
        ((call("10.0.0.2"), call("10.0.0.2", service="")), (answered("10.0.0.1"), answered("172.17.0.9"))[:1]),
        ((call("10.0.0.2", local_address="10.0.0.1"), call("10.0.0.2", local_address="172.17.0.1")), ()),
    ],
    ids=["the caller saw it", "both saw it", "in IPv6", "once without its owner", "from two addresses"],
)
def test_one_flow_is_one_flow(app, db) -> None:
    assert seen(app, db) == ONE


def test_two_views_of_a_flow_add_up() -> None:
    early, late = b.days_ago(9), b.NOW
    out = call("10.0.0.2", first_seen=b.days_ago(3), last_seen=late, observations=7)
    back = answered("10.0.0.1", first_seen=early, last_seen=b.days_ago(1), observations=90)
    watched = FlowWatch(since=early, polls=100)
    hosts = b.host("app1", connections=(out,), **APP), b.host("db1", connections=(back,), flow_watch=watched, **DB)
    (flow,) = flows(b.estate(*hosts))
    assert (flow.first_seen, flow.last_seen, flow.observations) == (early, late, 90)
    assert flow.seen_from == (("app1", None), ("db1", 100))


@pytest.mark.parametrize(
    ("connection", "node"),
    [
        (call("127.0.0.1", 8080), Node("host", "app1")),
        (call("10.0.0.1", 8080), BOUTIQUE),
        (call("172.17.0.1", 8080), Node("host", "app1")),
        (call("10.0.0.2", 22), Node("host", "db1")),
        (call("db1.dupont.example"), POSTGRES),
        (call("10.0.0.9", 443), Node("endpoint", "10.0.0.9:443")),
        (call("2001:db8::9", 443), Node("endpoint", "[2001:db8::9]:443")),
        (call("203.0.113.9", 443), Node("service", "paiement")),
        (call("198.51.100.9", 443), Node("provider", "InfoServ")),
        (call("192.168.4.20", 8080, direction="in", local_address="10.0.0.1"), BOUTIQUE),
    ],
)
def test_where_a_flow_goes(connection, node) -> None:
    context = b.context(
        services=(b.service("paiement", external=True, addresses=("203.0.113.0/28",)),),
        providers=(Provider(name="InfoServ", ranges=("198.51.100.0/28",)),),
    )
    assert [each[1] for each in seen((connection,), context=context)] == [node]


@pytest.mark.parametrize(
    ("connection", "node"),
    [
        (answered("192.168.4.20"), Node("endpoint", "192.168.4.0/24")),
        (answered("10.0.0.1"), Node("host", "app1")),
        (answered("127.0.0.1"), Node("host", "db1")),
        (answered("198.51.100.9"), Node("provider", "InfoServ")),
        (call("10.0.0.1", 8080, local_address="10.0.0.2", service="purge.sh"), Node("program", "purge.sh")),
        (call("10.0.0.1", 8080, local_address="10.0.0.2", service="postgresql"), POSTGRES),
        (call("10.0.0.1", 8080, local_address="10.0.0.2", service="ventes-worker"), Node("service", "ventes")),
        (call("10.0.0.1", 8080, local_address="10.0.0.2", service=""), Node("host", "db1")),
    ],
)
def test_where_a_flow_comes_from(connection, node) -> None:
    context = b.context(
        services=(b.service("ventes", match={"units": ("ventes-*.service",)}),),
        providers=(Provider(name="InfoServ", ranges=("198.51.100.0/28",)),),
    )
    assert [each[0] for each in seen(db=(connection,), context=context)] == [node]


def test_clients_of_a_public_service_are_the_public() -> None:
    context = b.context(services=(b.service("postgresql", public=True),))
    strangers = tuple(answered(f"203.0.{third}.9") for third in range(3))
    assert {each[0] for each in seen(db=strangers, context=context)} == {Node("endpoint", "public")}


def test_containers_answer_at_addresses_of_their_own() -> None:
    """Two containers listen on one port of one host; the address that was called tells which."""
    sockets = tuple(b.listener(name, 5432, unit="", container=name) for name in ("pg-a", "pg-b"))
    back = answered("172.18.0.1", service="pg-b", local_address="172.18.0.3")
    out = call("172.18.0.3", service="worker", local_address="172.18.0.1")
    host = b.host("app1", addresses=("10.0.0.1",), listeners=sockets, connections=(out, back))
    other = b.host("app2", addresses=("10.0.0.2",), listeners=(b.listener("redis", 5432),), connections=(out,))
    found = {(each.source.host, each.destination.node) for each in flows(b.estate(host, other))}
    assert found == {("app1", Node("service", "pg-b")), ("app2", Node("endpoint", "172.18.0.3:5432"))}


def test_an_address_that_two_hosts_have_is_the_service_that_both_run() -> None:
    shared = {"addresses": ("10.0.0.50",), "connections": ()}
    pair = [b.host(name, listeners=(b.listener("haproxy", 443),), **shared) for name in ("lb1", "lb2")]
    caller = b.host("app1", connections=(call("10.0.0.50", 443), call("10.0.0.50", 80)), **APP)
    found = [(each.destination.node, each.destination.host) for each in flows(b.estate(*pair, caller))]
    assert found[1] == (Node("service", "haproxy"), "")
    assert found[0][0].kind in {"endpoint", "host"}


def test_a_port_of_a_host_that_nobody_read_is_what_the_catalogue_says() -> None:
    entry = b.service("base-clients", match={"hosts": ("db9",), "ports": (5432,)})
    host = b.host("app1", connections=(call("db9"), call("db9", 5433)), **APP)
    found = [each.destination.node for each in flows(b.estate(host, context=b.context(services=(entry,))))]
    assert found == [Node("host", "db9"), Node("service", "base-clients")]


def test_local_sockets_are_flows_of_one_host() -> None:
    socket = b.listener("postgresql", 0, protocol="unix", address="", path="/run/postgresql/.s.PGSQL.5432")
    out = call("/run/postgresql/.s.PGSQL.5432", 0, protocol="unix", local_address="")
    back = answered("", 0, protocol="unix", local_address="/run/postgresql/.s.PGSQL.5432")
    host = b.host("app1", addresses=("10.0.0.1",), listeners=(socket,), connections=(out, back))
    assert [(each.source.service, each.destination.service) for each in flows(b.estate(host))] == [
        ("boutique", "postgresql")
    ]


@pytest.mark.parametrize("peer", ["224.0.0.251", "ff02::fb", "0.0.0.0", "::"])
def test_what_speaks_to_nobody_is_no_flow(peer) -> None:
    assert seen((call(peer, 5353, protocol="udp"),)) == []


@given(s.snapshots(blocks=("listeners", "connections"), queries={}, context_blocks=("services", "providers")))
def test_the_order_of_hosts_and_the_number_of_views_change_nothing(snapshot) -> None:
    turned = replace(snapshot, hosts=snapshot.hosts[::-1])
    twice = replace(
        snapshot,
        hosts=tuple(replace(each, connections=each.connections and each.connections * 2) for each in snapshot.hosts),
    )
    expected = flows(build(snapshot))
    assert flows(build(turned)) == expected
    assert flows(build(twice)) == expected


def test_flows_are_found_once_for_an_estate() -> None:
    estate = b.estate(b.host("app1", connections=(call("10.0.0.2"),), **APP))
    assert flows(estate) is flows(estate)


def test_times_hold_the_whole_window() -> None:
    first = call("10.0.0.2", first_seen=b.days_ago(2), last_seen=b.days_ago(1))
    second = call("10.0.0.2", local_address="172.17.0.1", first_seen=b.days_ago(5), last_seen=b.days_ago(4))
    (flow,) = flows(b.estate(b.host("app1", connections=(first, second), **APP)))
    assert flow.last_seen - flow.first_seen == dt.timedelta(days=4)


def test_a_socket_that_only_sorted_addresses_is_no_flow() -> None:
    sorting = call("10.0.0.2", protocol="udp"), call("10.0.0.1", 22, protocol="udp", service="")
    assert seen(sorting) == []
    served = b.host("db1", **DB | {"listeners": (b.listener("dnsmasq", 53, protocol="udp"),)})
    asking = b.host("app1", connections=(call("10.0.0.2", 53, protocol="udp"),), **APP)
    assert [each.destination.service for each in flows(b.estate(asking, served))] == ["dnsmasq"]
    unread = b.host("db1", addresses=DB["addresses"])
    assert len(flows(b.estate(b.host("app1", connections=sorting[:1], **APP), unread))) == 1
