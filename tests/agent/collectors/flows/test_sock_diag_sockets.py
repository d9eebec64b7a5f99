from __future__ import annotations

import os
import signal
import socket
from contextlib import ExitStack, suppress
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.flows.netlink import Link, NonsenseError
from agent.collectors.flows.sock_diag import BODY, FLOWING, LISTENING, TABLES, Protocol, bodies, decode
from agent.collectors.flows.ways import distinct
from agent.collectors.processes.proc_net import Socket
from tests.agent.collectors.flows import recorded_answers as r

EPHEMERAL = range(32768, 61000)


@pytest.mark.parametrize(
    ("body", "protocol", "expected"),
    [
        (r.TCP_LISTENING, "tcp", Socket("tcp", "127.0.0.1", 47001, "0.0.0.0", 0, "listening", 0, 452206, 1)),
        (r.TCP_OPEN_OUT, "tcp", Socket("tcp", "127.0.0.1", 54128, "127.0.0.1", 47001, "open", 0, 452209, 1)),
        (r.TCP_TIME_WAIT, "tcp", Socket("tcp", "127.0.0.1", 54122, "127.0.0.1", 47001, "closed", 0, 0, 0)),
        (r.TCP6_LISTENING, "tcp", Socket("tcp", "::", 47002, "::", 0, "listening", 0, 452211, 1)),
        (r.TCP6_OPEN_IN, "tcp", Socket("tcp", "::1", 47002, "::1", 46450, "open", 0, 452213, 1)),
        (r.TCP_MAPPED_OPEN_IN, "tcp", Socket("tcp", "127.0.0.1", 47002, "127.0.0.1", 54930, "open", 0, 452215, 1)),
        (r.UDP_CONNECTED, "udp", Socket("udp", "127.0.0.1", 53989, "127.0.0.1", 47003, "open", 0, 452217, 1)),
        (r.UDP_BOUND, "udp", Socket("udp", "127.0.0.1", 47003, "0.0.0.0", 0, "listening", 0, 452216, 1)),
    ],
)
def test_recorded_answers_are_decoded(body: bytes, protocol: Protocol, expected: Socket) -> None:
    assert decode(body, protocol) == expected


def test_an_orphan_that_the_kernel_still_ends_is_closed() -> None:
    orphan = bytearray(r.TCP_OPEN_OUT)
    orphan[68:72] = bytes(4)
    found = decode(bytes(orphan), "tcp")
    assert found is not None
    assert found.state == "closed"


@pytest.mark.parametrize(("at", "value"), [(0, 1), (1, 0), (1, 13), (1, 255)])
def test_an_unknown_family_or_state_is_no_socket(at: int, value: int) -> None:
    odd = bytearray(r.TCP_LISTENING)
    odd[at] = value
    assert decode(bytes(odd), "tcp") is None


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_is_a_socket_with_possible_ports(data: bytes) -> None:
    with suppress(NonsenseError):
        found = decode(data, "tcp")
        assert len(data) >= BODY
        assert found is None or (0 <= found.port < 1 << 16 and found.inode >= 0)


def out(port: int, inode: int = 9, state: int = 1, cgroup: int = 1) -> bytes:
    """Return a client's end at a port of its own."""
    body = bytearray(r.TCP_OPEN_OUT if state == 1 else r.TCP_TIME_WAIT)
    body[4:6] = port.to_bytes(2, "big")
    if state == 1:
        body[68:72] = inode.to_bytes(4, "little")
        at = bytes(body).index(b"\x0c\x00\x15\x00") + 4
        body[at : at + 8] = cgroup.to_bytes(8, "little")
    return bytes(body)


def came_in(peer_port: int) -> bytes:
    body = bytearray(r.TCP_OPEN_OUT)
    body[4:6] = (47001).to_bytes(2, "big")
    body[6:8] = peer_port.to_bytes(2, "big")
    return bytes(body)


def count(*found: bytes, tells: bool = False, listening: tuple[str, str, int] = ("tcp", "127.0.0.1", 47001)) -> int:
    return len(list(distinct(found, "tcp", frozenset([listening]), EPHEMERAL, lambda _: tells)))


def test_clients_of_one_host_are_one_way_in() -> None:
    assert count(came_in(50000), came_in(50001), came_in(50002)) == 1


def test_the_same_port_of_another_address_is_no_way_in() -> None:
    assert count(came_in(50000), came_in(50001), listening=("tcp", "10.0.0.1", 47001)) == 2


def test_outgoing_sockets_are_kept_apart_unless_their_cgroup_names_them() -> None:
    assert count(out(50000, 1), out(50001, 2)) == 2
    assert count(out(50000, 1), out(50001, 2), tells=True) == 1
    assert count(out(50000, 1, cgroup=5), out(50001, 2, cgroup=6), tells=True) == 2


def test_closed_ends_of_clients_are_one_way_and_never_hide_an_open_one() -> None:
    assert count(out(50000, state=6), out(50001, state=6), out(50002), tells=True) == 2


def test_a_closed_end_on_a_port_of_servers_never_hides_one_of_clients() -> None:
    assert count(out(1000, state=6), out(50001, state=6)) == 2


def dumped(port: int) -> dict[str, set[tuple[str, str, int, int]]]:
    """Return (state, address, own port, inode) of the sockets with a port at either end, by table."""
    found: dict[str, set[tuple[str, str, int, int]]] = {}
    with Link() as link:
        for table in TABLES:
            mask = LISTENING[table.protocol] | FLOWING[table.protocol]
            for body in bodies(link, table, mask):
                row = decode(body, table.protocol)
                if row is not None and port in (row.port, row.peer_port):
                    found.setdefault(table.name, set()).add((row.state, row.address, row.port, row.inode))
    return found


def fresh_server(address: str = "127.0.0.1", family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    """Return a server on a port that no socket of this host, not even a closed one, has anything to do with."""
    while True:
        server = socket.create_server((address, 0), family=family)
        if sum(map(len, dumped(server.getsockname()[1]).values())) == 1:
            return server
        server.close()


@pytest.mark.parametrize(
    ("family", "address", "table"),
    [
        (socket.AF_INET, "127.0.0.1", "tcp"),
        (socket.AF_INET6, "::1", "tcp6"),
    ],
)
def test_a_pool_of_connections_is_seen_at_both_ends(family: socket.AddressFamily, address: str, table: str) -> None:
    with ExitStack() as open_ends:
        server = open_ends.enter_context(fresh_server(address, family))
        port = server.getsockname()[1]
        expected = {("listening", address, port, inode_of(server))}
        for _ in range(5):
            client = open_ends.enter_context(socket.create_connection((address, port)))
            accepted = open_ends.enter_context(server.accept()[0])
            expected |= {("open", address, each.getsockname()[1], inode_of(each)) for each in (client, accepted)}
        assert dumped(port) == {table: expected}


@pytest.mark.parametrize("first", ["client", "server"])
def test_a_connection_of_ten_milliseconds_is_found_at_the_end_that_closed_first(first: str) -> None:
    with fresh_server() as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, peer = server.accept()
        ends = [client, accepted] if first == "client" else [accepted, client]
        ends[0].close()
        ends[1].recv(1)
        ends[1].close()
        closed = {each for each in dumped(port)["tcp"] if each[0] == "closed"}
    assert closed == {("closed", "127.0.0.1", peer[1] if first == "client" else port, 0)}


def test_a_connected_datagram_socket_is_a_flow() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, socket.socket(type=socket.SOCK_DGRAM) as client:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        client.connect(server.getsockname())
        assert dumped(port) == {
            "udp": {
                ("listening", "127.0.0.1", port, inode_of(server)),
                ("open", "127.0.0.1", client.getsockname()[1], inode_of(client)),
            }
        }


def test_signals_in_the_middle_of_a_dump_lose_nothing() -> None:
    rung: list[int] = []

    def ring(number: int, _: FrameType | None) -> None:
        rung.append(number)

    before = signal.signal(signal.SIGALRM, ring)
    with socket.create_server(("127.0.0.1", 0)) as server:
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        try:
            while len(rung) < 20:
                assert ("tcp" in dumped(server.getsockname()[1])) is True
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def inode_of(end: socket.socket) -> int:
    return os.fstat(end.fileno()).st_ino
