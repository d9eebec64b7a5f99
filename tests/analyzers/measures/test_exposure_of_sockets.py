from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.exposure import SOCKETS_OF_A_HOST, is_exposed, is_open, listeners
from analyzers.model.facts import Firewall
from analyzers.model.interval import Interval
from tests import builders as b

YES, NO = Interval.point(1), Interval.point(0)
OPEN = Firewall(kind="nftables", active=True, default_drop=False)
CLOSED = Firewall(kind="nftables", active=True, default_drop=True, open_ports=("tcp/443",))
CATALOGUE = b.context(services=(b.service("nginx", public=True, criticality=5), b.service("redis")))


def members(*sockets, context=CATALOGUE, **blocks):
    return b.by_name(listeners(b.estate(b.host("web1", listeners=sockets, **blocks), context=context)))


def only(*sockets, **more):
    (found,) = members(*sockets, **more).values()
    return found


def redis(address="0.0.0.0", port=6379, **fields):
    return b.listener("redis", port, address=address, **fields)


@pytest.mark.parametrize(
    ("address", "exposed"),
    [
        ("0.0.0.0", True),
        ("::", True),
        ("*", True),
        ("", True),
        ("[::]", True),
        ("::ffff:0.0.0.0", True),
        ("203.0.113.5", True),
        ("192.0.2.1", True),
        ("2001:db8::5", True),
        ("127.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.31.0.1", False),
        ("172.32.0.1", True),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.1.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("224.0.0.251", False),
        ("ff02::fb", False),
        ("not an address", False),
    ],
)
def test_addresses_beyond_the_hosts_own_networks(address, exposed) -> None:
    assert is_exposed(address) is exposed


@pytest.mark.parametrize(
    ("rules", "opened"),
    [
        ({"active": False}, True),
        ({"active": None}, None),
        ({"active": True}, None),
        ({"active": True, "default_drop": True}, False),
        ({"active": True, "default_drop": True, "open_ports": ("tcp/443",)}, True),
        ({"active": True, "default_drop": True, "open_ports": ("443/tcp",)}, True),
        ({"active": True, "default_drop": True, "open_ports": ("443",)}, True),
        ({"active": True, "default_drop": True, "open_ports": ("tcp/400-500",)}, True),
        ({"active": True, "default_drop": True, "open_ports": ("udp/443", "tcp/444-500")}, False),
        ({"active": True, "default_drop": True, "open_ports": ("https",)}, None),
        ({"active": True, "default_drop": True, "open_ports": ("https", "443")}, True),
        ({"active": True, "default_drop": False}, True),
        ({"active": True, "default_drop": False, "closed_ports": ("tcp/443",)}, False),
        ({"active": True, "default_drop": False, "closed_ports": ("udp/443",)}, True),
        ({"active": True, "default_drop": False, "closed_ports": ("https",)}, None),
    ],
)
def test_what_a_filter_lets_through(rules, opened) -> None:
    assert is_open(Firewall(kind="nftables", **rules), 443, "tcp") is opened


def test_a_socket_that_is_declared_public() -> None:
    found = only(b.listener("nginx", 443), firewall=OPEN)
    assert (found.name, found.measured, found.weight) == ("web1 nginx:443/tcp", YES, 5)
    assert found.evidence[-1].provenance.query == "services[nginx].public"
    assert found.evidence[-1].kind == "reconciled"


def test_a_socket_that_nobody_meant_to_publish() -> None:
    found = only(redis(), firewall=OPEN)
    assert (found.name, found.measured, found.reason) == ("web1 redis:6379/tcp", NO, None)
    assert [(each.key, each.value) for each in found.evidence] == [
        ("listens", "0.0.0.0:6379/tcp"),
        ("filter", "nftables lets it through"),
    ]


@pytest.mark.parametrize(
    ("socket", "firewall", "value"),
    [
        (redis(), CLOSED, YES),
        (redis(port=443), CLOSED, NO),
        (redis(port=443, protocol="udp"), CLOSED, YES),
        (redis(address="203.0.113.5"), OPEN, NO),
        (b.listener("shadow", 9999), OPEN, NO),
        (b.listener("shadow", 9999), CLOSED, YES),
    ],
)
def test_a_socket_against_the_hosts_own_filter(socket, firewall, value) -> None:
    assert only(socket, firewall=firewall).measured == value


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::1"])
def test_private_sockets_are_nobodys_business(address) -> None:
    assert members(redis(address=address), firewall=OPEN) == {}


def test_sockets_of_the_file_system_are_no_network() -> None:
    assert members(b.listener("redis", 0, protocol="unix", address="", path="/run/redis.sock"), firewall=OPEN) == {}


def test_both_families_of_one_port_are_one_socket() -> None:
    assert len(members(redis(), redis(address="::"), redis(port=6380), firewall=OPEN)) == 2


@pytest.mark.parametrize(
    ("run", "measured", "reason"),
    [
        (b.run("firewall", "unknown", "no_permission"), None, "no_permission"),
        (b.run("firewall", "not_applicable"), NO, None),
    ],
    ids=["refused", "there is none"],
)
def test_a_host_without_a_readable_filter(run, measured, reason) -> None:
    found = members(redis(), b.listener("nginx", 443), runs=(run,))
    assert (found["web1 redis:6379/tcp"].measured, found["web1 redis:6379/tcp"].reason) == (measured, reason)
    assert found["web1 nginx:443/tcp"].measured == YES


def test_a_filter_that_does_not_run_filters_nothing() -> None:
    found = only(redis(), firewall=Firewall(kind="none", active=False))
    assert (found.measured, found.evidence[-1].value) == (NO, "none")


def test_rules_that_nobody_understood_leave_doubt() -> None:
    found = only(redis(), firewall=Firewall(kind="iptables", active=True))
    assert (found.measured, found.reason, found.evidence[-1].value) == (None, "partial", "iptables is not understood")


@pytest.mark.parametrize("context", [None, b.context(), b.context(services=())])
def test_without_a_catalogue_nobody_said_what_is_public(context) -> None:
    found = members(redis(), b.listener("web", 443), firewall=CLOSED, context=context)
    assert found["web1 redis:6379/tcp"].measured == YES
    assert (found["web1 web:443/tcp"].measured, found["web1 web:443/tcp"].reason) == (None, "not_declared")


def test_what_was_said_long_ago_does_not_count() -> None:
    old = b.context(services=(b.service("nginx", public=True, date=b.TODAY - dt.timedelta(days=366)),))
    found = only(b.listener("nginx", 443), firewall=OPEN, context=old)
    assert (found.measured, found.reason) == (None, "stale")
    assert only(b.listener("nginx", 80), firewall=CLOSED, context=old).measured == YES


@pytest.mark.parametrize("said", [False, None])
def test_what_is_declared_private_is_not_public(said) -> None:
    context = b.context(services=(b.service("nginx", public=said),))
    assert only(b.listener("nginx", 443), firewall=OPEN, context=context).measured == NO


def test_a_dark_host_weighs_as_much_as_the_sockets_it_may_hold() -> None:
    population = listeners(b.estate(b.refused("web1")))
    assert [(each.name, each.weight, each.reason) for each in population.members] == [
        ("web1", 3 * SOCKETS_OF_A_HOST, "no_permission")
    ]
    assert not population.complete


def test_an_estate_that_listens_to_nobody_is_not_concerned() -> None:
    population = listeners(b.estate(b.host("web1", listeners=(redis(address="127.0.0.1"),))))
    assert (population.members, population.complete) == ((), True)


HIDDEN = {"process": "", "unit": "", "container": ""}


def test_a_socket_whose_owner_is_hidden_may_be_a_public_service() -> None:
    hidden = b.listener("tcp/8443", 8443, **HIDDEN)
    told = b.run("flows", "partial", "no_permission")
    found = only(hidden, firewall=OPEN, runs=(told,))
    assert (found.name, found.measured, found.reason) == ("web1 tcp/8443", None, "no_permission")
    assert only(hidden, firewall=CLOSED, runs=(told,)).measured == YES


def test_a_socket_whose_owner_is_hidden_is_not_public_where_nothing_is() -> None:
    context = b.context(services=(b.service("redis"),))
    assert only(b.listener("tcp/8443", 8443, **HIDDEN), firewall=OPEN, context=context).measured == NO
