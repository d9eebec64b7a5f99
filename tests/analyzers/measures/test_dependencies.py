from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzers.measures.dependencies import dependencies
from analyzers.measures.flows import Node
from analyzers.model.context import Provider
from analyzers.model.estate import build
from tests import builders as b
from tests import strategies as s
from tests.flow_worlds import EDGES, WATCHED, world

HOSTS = {"app1": ("10.0.0.1", "boutique", 8080), "db1": ("10.0.0.2", "postgresql", 5432)}


def call(peer="10.0.0.2", port=5432, service="boutique", **fields):
    return b.connection(peer, port, service=service, **fields)


def host(name, *connections, **blocks):
    """Return a host that was read in full for a week."""
    address, service, port = HOSTS[name]
    given_ = {
        "addresses": (address,),
        "listeners": (b.listener(service, port, address=address),),
        "connections": connections,
        "flow_watch": WATCHED,
    }
    return b.host(name, **(given_ | blocks))


def states(*connections, services=None, providers=None, others=None):
    """Return the state of each dependency by the names of its ends."""
    db1 = (host("db1"),) if others is None else others
    context = b.context(services=services, providers=providers) if services is not None else None
    found = dependencies(b.estate(host("app1", *connections), *db1, context=context))
    return {(each.source.name, each.destination.name): each.state for each in found}


def boutique(*needs, **fields):
    return b.service("boutique", depends_on=needs, **fields)


POSTGRES = b.service("postgresql")
PAIR = ("boutique", "postgresql")
OUTSIDE = b.service("paiement", external=True, provider="PayCorp", addresses=("203.0.113.0/28",))
BY_NAME = b.service("paiement", external=True, domains=("api.paycorp.example",))


@pytest.mark.parametrize(
    ("connections", "services", "expected"),
    [
        ((call(),), (boutique("postgresql"), POSTGRES), {PAIR: "confirmed"}),
        ((call(),), (boutique(), POSTGRES), {PAIR: "undeclared"}),
        ((call(),), (b.service("boutique"), POSTGRES), {PAIR: "undeclared"}),
        ((call(),), (), {PAIR: "undeclared"}),
        ((call(),), None, {PAIR: "undeclared"}),
        ((call(),), (boutique("db1"), POSTGRES), {("boutique", "db1"): "confirmed"}),
        ((), (boutique("postgresql"), POSTGRES), {PAIR: "ghost"}),
        ((), (boutique("boutique"),), {}),
        ((call("203.0.113.5", 443),), (boutique("paiement"), OUTSIDE), {("boutique", "paiement"): "confirmed"}),
        ((call("203.0.113.5", 443),), (boutique(), OUTSIDE), {("boutique", "paiement"): "undeclared"}),
        ((), (boutique("paiement"), OUTSIDE), {("boutique", "paiement"): "ghost"}),
        ((), (boutique("paiement"), BY_NAME), {("boutique", "paiement"): "unverified"}),
        (
            (call("203.0.113.5", 443),),
            (boutique("paiement"), BY_NAME),
            {("boutique", "paiement"): "unverified", ("boutique", "203.0.113.5:443"): "unverified"},
        ),
        (
            (call("10.0.9.9", 443),),
            (boutique("paiement"), BY_NAME),
            {("boutique", "paiement"): "unverified", ("boutique", "10.0.9.9:443"): "undeclared"},
        ),
        ((), (boutique("nowhere"),), {("boutique", "nowhere"): "unverified"}),
        (
            (call(service=""),),
            (boutique("postgresql"), POSTGRES),
            {("app1", "postgresql"): "unverified", PAIR: "unverified"},
        ),
        (
            (call("10.0.0.2", 6000),),
            (boutique("postgresql"), POSTGRES),
            {("boutique", "db1"): "unverified", PAIR: "ghost"},
        ),
        ((call("10.0.0.2", 6000),), (boutique(), POSTGRES), {("boutique", "db1"): "undeclared"}),
    ],
)
def test_states(connections, services, expected) -> None:
    assert states(*connections, services=services) == expected


def test_a_provider_stands_for_what_it_provides() -> None:
    providers = (Provider(name="PayCorp", ranges=("198.51.100.0/28",)),)
    entry = replace(OUTSIDE, addresses=())
    by_range = states(call("198.51.100.5", 443), services=(boutique("paiement"), entry), providers=providers)
    assert by_range == {("boutique", "paiement"): "confirmed"}
    by_name = states(call("203.0.113.5", 443), services=(boutique("PayCorp"), OUTSIDE), providers=providers)
    assert by_name == {("boutique", "PayCorp"): "confirmed"}


@pytest.mark.parametrize(
    "other",
    [
        host("db1", flow_watch=replace(WATCHED, since=b.days_ago(6.9))),
        host("db1", connections=None),
        host("db1", runs=(b.run("flows", "partial", "no_permission"),)),
        b.refused("db1"),
    ],
    ids=["watched for too short", "connections not read", "read in part", "dark"],
)
def test_there_is_no_ghost_where_an_end_was_not_read_for_long_enough(other) -> None:
    assert states(services=(boutique("postgresql"), POSTGRES), others=(other,)) == {PAIR: "unverified"}


def test_what_may_run_on_a_host_that_nobody_read_is_no_ghost() -> None:
    third = b.host("app2", addresses=("10.0.0.3",))
    services = (boutique("postgresql"), POSTGRES)
    assert states(services=services, others=(host("db1"), third)) == {PAIR: "unverified"}
    placed = (
        boutique("postgresql", match={"units": ("boutique.service",), "hosts": ("app1",)}),
        b.service("postgresql", match={"units": ("postgresql.service",), "hosts": ("db1",)}),
    )
    assert states(services=placed, others=(host("db1"), third)) == {PAIR: "ghost"}


def test_an_old_connection_proves_the_window() -> None:
    """An agent that remembers a flow of last month watched since then."""
    old = call("10.0.9.9", 443, service="other", first_seen=b.days_ago(20))
    both = (host("db1", old, flow_watch=None),)
    app = host("app1", old, flow_watch=None)
    context = b.context(services=(boutique("postgresql"), POSTGRES))
    found = {each.destination.name: each.state for each in dependencies(b.estate(app, *both, context=context))}
    assert found["postgresql"] == "ghost"


@pytest.mark.parametrize(
    ("connection", "purpose"),
    [
        (call(), "service"),
        (call("10.0.9.53", 53, protocol="udp"), "infrastructure"),
        (call("10.0.9.9", 123, protocol="udp", service="chrony"), "infrastructure"),
        (call(service="psql"), "administration"),
        (call("10.0.0.2", 22, service="ssh"), "administration"),
        (call("10.0.0.2", 22, service="backup"), "service"),
        (call(service="pasencore"), "scan"),
    ],
)
def test_what_no_catalogue_should_hold_is_not_counted(connection, purpose) -> None:
    (found,) = dependencies(b.estate(host("app1", connection), host("db1")))
    assert (found.purpose, found.counted) == (purpose, purpose == "service")


def test_what_is_declared_counts_whatever_it_is_for() -> None:
    resolver = b.service("dns", external=True, addresses=("10.0.9.53",))
    estate = b.estate(
        host("app1", call("10.0.9.53", 53, protocol="udp")), context=b.context(services=(boutique("dns"), resolver))
    )
    (found,) = dependencies(estate)
    assert (found.state, found.purpose, found.counted) == ("confirmed", "infrastructure", True)


@pytest.mark.parametrize("peer", ["192.168.4.20", "198.51.100.9"])
def test_who_calls_from_outside_is_not_ours_to_declare(peer) -> None:
    back = b.connection(peer, 8080, "in", service="boutique", local_address="10.0.0.1")
    providers = (Provider(name="InfoServ", ranges=("198.51.100.0/28",)),)
    (found,) = dependencies(b.estate(host("app1", back), context=b.context(providers=providers)))
    assert not found.counted


def test_confidence_is_the_share_of_looks_that_saw_it() -> None:
    seen = call(observations=250, first_seen=b.days_ago(6), last_seen=b.days_ago(1))
    estate = b.estate(host("app1", seen), host("db1"), context=b.context(services=(boutique("postgresql"), POSTGRES)))
    (found,) = dependencies(estate)
    assert (found.confidence, found.first_seen, found.last_seen) == (
        Fraction(1, 4), b.days_ago(6), b.days_ago(1),
    )  # fmt: skip
    assert {each.kind for each in found.provenance} == {"measured", "declared"}
    (unknown,) = dependencies(b.estate(host("app1", call(), flow_watch=None)))
    assert unknown.confidence is None


def test_a_stale_entry_still_says_so_and_is_marked() -> None:
    old = boutique("postgresql", date=b.TODAY - dt.timedelta(days=400))
    (found,) = dependencies(b.estate(host("app1", call()), host("db1"), context=b.context(services=(old, POSTGRES))))
    assert (found.state, [each.old for each in found.declared]) == ("confirmed", [True])


pairs = st.sets(st.sampled_from(EDGES))


def by_state(estate, state):
    return {(each.source.name, each.destination.name) for each in dependencies(estate) if each.state == state}


@given(pairs, pairs)
def test_every_planted_shadow_and_ghost_is_found_and_no_other(seen, said) -> None:
    estate = world(seen, said)
    assert by_state(estate, "confirmed") == seen & said
    assert by_state(estate, "undeclared") == seen - said
    assert by_state(estate, "ghost") == said - seen
    assert by_state(estate, "unverified") == set()


@given(pairs, pairs)
def test_reconciliation_is_symmetric(seen, said) -> None:
    there, back = world(seen, said), world(said, seen)
    assert by_state(there, "confirmed") == by_state(back, "confirmed")
    assert by_state(there, "undeclared") == by_state(back, "ghost")


@given(pairs, pairs)
def test_declaring_what_was_found_is_idempotent(seen, said) -> None:
    found = dependencies(world(seen, said))
    again = {(each.source.name, each.destination.name) for each in found if "observed" in each.origin}
    assert {each.state for each in dependencies(world(seen, again))} <= {"confirmed"}


@given(s.snapshots(blocks=("listeners", "connections"), queries={}, context_blocks=("services", "providers")))
def test_each_dependency_is_there_once_and_says_where_it_comes_from(snapshot) -> None:
    found = dependencies(build(snapshot))
    ends = [(each.source, each.destination) for each in found]
    assert len(ends) == len(set(ends))
    assert all(each.origin and each.provenance and each.source != each.destination for each in found)
    assert all((each.first_seen is None) == ("observed" not in each.origin) for each in found)
    assert all(isinstance(end, Node) for pair in ends for end in pair)
