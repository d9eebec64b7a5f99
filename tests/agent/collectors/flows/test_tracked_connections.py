from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.flows.conntrack import Tracked, Way, decode_tracked
from agent.collectors.flows.nat import Forwarded, Meant, Nat
from agent.collectors.flows.netlink import NonsenseError

ASSURED, SEEN_REPLY = 0x4, 0x2


def attribute(kind: int, payload: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(payload), kind) + payload + bytes(-len(payload) % 4)


def way(source: str, source_port: int, destination: str, port: int, protocol: int = socket.IPPROTO_TCP) -> bytes:
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    first = 3 if family == socket.AF_INET6 else 1
    ends = attribute(first, socket.inet_pton(family, source)) + attribute(
        first + 1, socket.inet_pton(family, destination)
    )
    ports = attribute(1, bytes([protocol])) + attribute(2, struct.pack("!H", source_port))
    return attribute(1, ends) + attribute(2, ports + attribute(3, struct.pack("!H", port)))


def entry(asked: bytes, answered: bytes, status: int = ASSURED | SEEN_REPLY) -> bytes:
    return bytes(4) + attribute(1, asked) + attribute(2, answered) + attribute(3, struct.pack("!I", status))


def test_a_connection_that_nobody_translates() -> None:
    found = decode_tracked(entry(way("10.0.0.1", 4000, "10.0.0.2", 80), way("10.0.0.2", 80, "10.0.0.1", 4000)))
    assert found == Tracked("tcp", Way("10.0.0.1", 4000, "10.0.0.2", 80), Way("10.0.0.2", 80, "10.0.0.1", 4000))
    assert not found.translated


@pytest.mark.parametrize(
    ("protocol", "status", "counts"),
    [(6, SEEN_REPLY, False), (6, ASSURED | SEEN_REPLY, True), (17, SEEN_REPLY, True), (17, 0, False), (1, 6, False)],
)
def test_only_what_was_answered_counts(protocol: int, status: int, counts: bool) -> None:
    asked = way("fd00::1", 4000, "fd00::2", 53, protocol)
    answered = way("fd00::2", 53, "fd00::1", 4000, protocol)
    assert (decode_tracked(entry(asked, answered, status)) is not None) is counts


def tracked(asked: tuple[str, int, str, int], answered: tuple[str, int, str, int]) -> Tracked:
    return Tracked("tcp", Way(*asked), Way(*answered))


MASQUERADED = tracked(("172.17.0.2", 4000, "10.0.0.2", 5432), ("10.0.0.2", 5432, "10.0.0.1", 4000))
PUBLISHED = tracked(("10.0.0.9", 4000, "10.0.0.1", 8080), ("172.17.0.2", 80, "10.0.0.9", 4000))
BALANCED = [
    tracked(("10.0.0.1", 4000 + at, "10.96.0.1", 443), (f"10.0.0.{at}", 6443, "10.0.0.1", 4000 + at)) for at in (7, 8)
]


def test_a_container_that_calls_out_is_its_host_to_others() -> None:
    nat = Nat([MASQUERADED])
    assert set(nat.calls("tcp", "172.17.0.2", "10.0.0.2", 5432)) == {Meant("10.0.0.1", "10.0.0.2", 5432, "172.17.0.2")}


def test_a_published_port_is_the_one_that_others_know() -> None:
    nat = Nat([PUBLISHED])
    served = nat.serves("tcp", "172.17.0.2", "10.0.0.9", 80)
    assert set(served) == {Meant("10.0.0.1", "10.0.0.9", 8080, "172.17.0.2:80")}


def test_one_address_for_several_servers_is_several_flows() -> None:
    found = Nat(BALANCED).calls("tcp", "10.0.0.1", "10.96.0.1", 443)
    assert set(found) == {Meant("10.0.0.1", f"10.0.0.{at}", 6443, "10.96.0.1:443") for at in (7, 8)}


def test_what_is_not_translated_stays() -> None:
    assert list(Nat().calls("udp", "a", "b", 1)) == [Meant("a", "b", 1, "")]
    assert list(Nat().serves("udp", "a", "b", 1)) == [Meant("a", "b", 1, "")]


def test_ways_that_only_pass_through() -> None:
    nat = Nat([MASQUERADED, PUBLISHED])
    assert set(nat.others(["10.0.0.9"])) == {
        Forwarded("tcp", "172.17.0.2", "10.0.0.2", 5432, "10.0.0.2", 5432, "10.0.0.1")
    }


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_a_connection(data: bytes) -> None:
    try:
        found = decode_tracked(data)
    except NonsenseError:
        return
    assert found is None or found.protocol in {"tcp", "udp"}
