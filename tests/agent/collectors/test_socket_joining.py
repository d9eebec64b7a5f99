from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.joining import Known, flows, is_flow, is_inbound, listening_rows, listening_set, unattributed
from agent.collectors.processes.proc_net import Socket, State
from analyzers.model.facts import Connection
from tests import builders as b

EPHEMERAL = range(32768, 61000)


def row(local: str, peer: str = "0.0.0.0:0", state: State = "open", inode: int = 1, protocol: str = "tcp") -> Socket:
    address, _, port = local.rpartition(":")
    peer_address, _, peer_port = peer.rpartition(":")
    return Socket(
        "udp" if protocol == "udp" else "tcp", address, int(port), peer_address, int(peer_port), state, 0, inode
    )


def known(*places: tuple[str, str, int]) -> Known:
    return Known(frozenset(places), EPHEMERAL)


def collapse(
    rows: list[Socket], where: Known, owners: dict[int, str] | None = None
) -> list[tuple[str, str, str, str, int]]:
    names = owners or {}
    found = flows(rows, where, lambda each: f"served-{each.port}", lambda each: names.get(each.inode, ""), b.NOW)
    return [(each.direction, each.service, each.local_address, each.peer_address, each.port) for each in found]


def test_a_datagram_socket_on_a_port_of_clients_serves_nobody() -> None:
    server = row("0.0.0.0:514", state="listening", protocol="udp")
    client = row("0.0.0.0:40000", state="listening", protocol="udp")
    high = row("0.0.0.0:40000", state="listening")
    assert listening_rows([server, client, high, row("10.0.0.1:22", "10.0.0.2:1")], EPHEMERAL) == [server, high]


@pytest.mark.parametrize(
    ("listening", "inbound"),
    [
        (("tcp", "10.0.0.1", 443), True),
        (("tcp", "0.0.0.0", 443), True),
        (("tcp", "::", 443), True),
        (("tcp", "127.0.0.1", 443), False),
        (("udp", "0.0.0.0", 443), False),
        (("tcp", "0.0.0.0", 80), False),
    ],
)
def test_a_connection_came_in_when_its_local_end_is_listened_on(
    listening: tuple[str, str, int], *, inbound: bool
) -> None:
    assert is_inbound(row("10.0.0.1:443", "10.0.0.9:50000"), frozenset([listening])) is inbound


@pytest.mark.parametrize(
    ("state", "flow"), [("open", True), ("closed", True), ("opening", False), ("listening", False)]
)
def test_half_open_connections_prove_nothing(state: State, *, flow: bool) -> None:
    assert is_flow(row("10.0.0.1:40000", "10.0.0.2:443", state)) is flow
    assert not is_flow(row("10.0.0.1:40000", "0.0.0.0:0", state))


def test_ports_of_clients_are_collapsed_on_both_sides() -> None:
    rows = [row(f"10.0.0.1:{port}", "10.0.0.5:5432", inode=7) for port in range(40000, 40050)]
    rows += [row("10.0.0.1:443", f"10.0.0.9:{port}") for port in range(50000, 50050)]
    assert collapse(rows, known(("tcp", "0.0.0.0", 443)), {7: "boutique"}) == [
        ("in", "served-443", "10.0.0.1", "10.0.0.9", 443),
        ("out", "boutique", "10.0.0.1", "10.0.0.5", 5432),
    ]


def test_the_order_of_ports_says_nothing_of_the_direction() -> None:
    outgoing = row("10.0.0.1:80", "10.0.0.9:50000", inode=7)
    assert collapse([outgoing], known(), {7: "proxy"}) == [("out", "proxy", "10.0.0.1", "10.0.0.9", 50000)]
    incoming = row("10.0.0.1:50000", "10.0.0.9:80")
    assert collapse([incoming], known(("tcp", "::", 50000))) == [("in", "served-50000", "10.0.0.1", "10.0.0.9", 50000)]


def test_a_closed_connection_counts_for_the_only_service_that_speaks_to_that_peer() -> None:
    alive = row("10.0.0.1:40000", "10.0.0.5:5432", inode=7)
    closed = row("10.0.0.2:40001", "10.0.0.5:5432", "closed", 0)
    assert collapse([alive, closed], known(), {7: "boutique"}) == [
        ("out", "boutique", "10.0.0.1", "10.0.0.5", 5432),
        ("out", "boutique", "10.0.0.2", "10.0.0.5", 5432),
    ]


def test_a_closed_connection_that_two_services_may_have_made_has_no_service() -> None:
    rows = [
        row("10.0.0.1:40000", "10.0.0.5:5432", inode=7),
        row("10.0.0.1:40001", "10.0.0.5:5432", inode=8),
        row("10.0.0.1:40002", "10.0.0.5:5432", "closed", 0),
    ]
    found = collapse(rows, known(), {7: "boutique", 8: "relance"})
    assert [service for _, service, *_ in found] == ["", "boutique", "relance"]


@pytest.mark.parametrize(
    ("local", "peer", "listening", "kept"),
    [
        ("10.0.0.1:40000", "10.0.0.5:443", (), True),
        ("127.0.0.1:40000", "127.0.0.1:38000", (("tcp", "127.0.0.1", 38000),), True),
        ("10.0.0.1:40000", "10.0.0.5:50000", (), False),
        ("10.0.0.1:8080", "10.0.0.5:50000", (), False),
    ],
)
def test_a_closed_connection_whose_server_cannot_be_told_is_left_out(
    local: str, peer: str, listening: tuple[tuple[str, str, int], ...], *, kept: bool
) -> None:
    assert bool(collapse([row(local, peer, "closed", 0)], known(*listening))) is kept


def test_a_connected_datagram_socket_is_a_flow() -> None:
    rows = [row("10.0.0.1:40000", "10.0.0.53:53", inode=7, protocol="udp")]
    (found,) = flows(rows, known(), lambda _: "", lambda _: "unbound", b.NOW)
    assert found == Connection(
        direction="out",
        service="unbound",
        local_address="10.0.0.1",
        peer_address="10.0.0.53",
        port=53,
        protocol="udp",
        first_seen=b.NOW,
        last_seen=b.NOW,
    )


ports = st.sampled_from([22, 80, 443, 5432, 40000, 40001, 50000])
addresses = st.sampled_from(["10.0.0.1", "127.0.0.1", "::1"])
states = st.sampled_from(["open", "closed", "opening", "listening"])
rows_of_a_host = st.lists(
    st.builds(
        Socket,
        st.sampled_from(["tcp", "udp"]),
        addresses,
        ports,
        addresses,
        ports,
        states,
        st.just(0),
        st.integers(0, 3),
    ),
    max_size=30,
)


@given(rows_of_a_host)
def test_flows_do_not_depend_on_the_order_of_rows(rows: list[Socket]) -> None:
    where = Known(listening_set(listening_rows(rows, EPHEMERAL)), EPHEMERAL)
    names = {0: "", 1: "a", 2: "b", 3: "c"}
    assert collapse(rows, where, names) == collapse(rows[::-1], where, names)


@given(rows_of_a_host)
def test_every_inbound_flow_ends_on_a_port_that_the_host_listens_on(rows: list[Socket]) -> None:
    where = Known(listening_set(listening_rows(rows, EPHEMERAL)), EPHEMERAL)
    served = {port for _, _, port in where.listening}
    assert all(port in served for direction, *_, port in collapse(rows, where) if direction == "in")


@given(rows_of_a_host)
def test_no_flow_is_said_twice(rows: list[Socket]) -> None:
    where = Known(listening_set(listening_rows(rows, EPHEMERAL)), EPHEMERAL)
    found = flows(rows, where, lambda _: "x", lambda _: "y", b.NOW)
    assert len(set(found)) == len(found)


def lost(*rows: Socket, where: Known, owners: dict[int, str]) -> tuple[int, int]:
    found = flows(rows, where, lambda each: "served", lambda each: owners.get(each.inode, ""), b.NOW)
    return unattributed(rows, where.listening, found)


def test_what_closed_connections_no_longer_tell_is_counted() -> None:
    nameless = row("10.0.0.1:40000", "10.0.0.2:443", "closed", 0)
    again = row("10.0.0.1:40001", "10.0.0.2:443", "closed", 0)
    adopted = row("10.0.0.1:40002", "10.0.0.2:80", "closed", 0)
    speaker = row("10.0.0.1:40003", "10.0.0.2:80", "open", 7)
    served = row("10.0.0.1:22", "10.0.0.9:40004", "closed", 0)
    unplaced = row("10.0.0.1:40005", "10.0.0.9:40006", "closed", 0)
    where = known(("tcp", "0.0.0.0", 22))
    assert lost(nameless, again, where=where, owners={}) == (1, 0)
    assert lost(adopted, speaker, served, where=where, owners={7: "web"}) == (0, 0)
    assert lost(adopted, speaker, where=where, owners={}) == (1, 0)
    assert lost(unplaced, where=where, owners={}) == (0, 1)


def test_a_closed_connection_of_two_possible_speakers_is_nobodys() -> None:
    closed = row("10.0.0.1:40002", "10.0.0.2:80", "closed", 0)
    one, two = row("10.0.0.3:40003", "10.0.0.2:80", "open", 7), row("10.0.0.3:40004", "10.0.0.2:80", "open", 8)
    assert lost(closed, one, two, where=known(), owners={7: "web", 8: "batch"}) == (1, 0)
