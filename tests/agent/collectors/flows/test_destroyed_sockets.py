from __future__ import annotations

import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.flows.destroyed import Destroyed, ended
from agent.collectors.flows.netlink import NonsenseError
from tests.agent.collectors.fake_hosts import NOBODY, PROJECT, may_be_nobody
from tests.agent.collectors.flows import recorded_answers as r

PATIENCE = 5.0
TCP_ATTRIBUTE = struct.pack("=HHB3x", 5, 10, socket.IPPROTO_TCP)

RESET_AS_NOBODY = """\
import select, socket, struct
from agent.collectors.flows.destroyed import Destroyed
with Destroyed() as ends, socket.create_server(("127.0.0.1", 0)) as server:
    client = socket.create_connection(server.getsockname())
    accepted = server.accept()[0]
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    accepted.close(); client.close()
    port = server.getsockname()[1]
    for _ in range(50):
        select.select([ends], [], [], 0.1)
        if any(port in (each.row.port, each.row.peer_port) for each in ends.drain()):
            print("seen"); break
"""


def wait_for(ends: Destroyed, port: int) -> Iterator[tuple[str, str, int, int]]:
    """Yield (protocol, state, own port, peer's port) of ends that have a port, until none comes any more."""
    until = time.monotonic() + PATIENCE
    found = False
    while time.monotonic() < until and not found:
        select.select([ends], [], [], 0.1)
        for each in (end.row for end in ends.drain()):
            if port in (each.port, each.peer_port):
                found = True
                yield each.protocol, each.state, each.port, each.peer_port


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_connection_ended_by_a_reset_is_told(family: socket.AddressFamily, address: str) -> None:
    with Destroyed() as ends, socket.create_server((address, 0), family=family) as server:
        port = server.getsockname()[1]
        client = socket.create_connection((address, port))
        own = client.getsockname()[1]
        accepted = server.accept()[0]
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        accepted.close()
        told = set(wait_for(ends, port))
        assert told
        assert told <= {("tcp", "closed", port, own), ("tcp", "closed", own, port), ("tcp", "closed", own, 0)}
        assert ends.seen > 0


def test_an_end_says_what_went_through_and_whether_anybody_answered() -> None:
    with Destroyed() as ends, socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(server.getsockname()) as client, server.accept()[0] as accepted:
            client.sendall(b"x" * 1000)
            accepted.recv(1000, socket.MSG_WAITALL)
        until, told = time.monotonic() + PATIENCE, []
        while not told and time.monotonic() < until:
            select.select([ends], [], [], 0.1)
            told = [each for each in ends.drain() if each.row.peer_port == port]
    assert [(each.answered, each.received) for each in told] == [(True, 0)]
    assert told[0].sent is not None
    assert abs(told[0].sent - 1000) <= 2


def test_a_call_that_was_refused_was_not_answered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        nobody = server.getsockname()
    with Destroyed() as ends, socket.socket() as client:
        client.bind(("127.0.0.1", 0))
        own = client.getsockname()[1]
        with pytest.raises(ConnectionRefusedError):
            client.connect(nobody)
        client.close()
        until, told = time.monotonic() + PATIENCE, []
        while not told and time.monotonic() < until:
            select.select([ends], [], [], 0.1)
            told = [each for each in ends.drain() if each.row.port == own]
    assert not any(each.answered for each in told)


def test_a_connected_datagram_socket_is_told() -> None:
    with Destroyed() as ends, socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        client = socket.socket(type=socket.SOCK_DGRAM)
        client.connect(server.getsockname())
        own = client.getsockname()[1]
        client.close()
        assert list(wait_for(ends, port)) == [("udp", "closed", own, port)]


def test_what_was_not_read_in_time_is_counted_as_lost() -> None:
    with Destroyed(buffer_bytes=4096) as ends, socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        for _ in range(200):
            with socket.socket(type=socket.SOCK_DGRAM) as client:
                client.connect(server.getsockname())
        until = time.monotonic() + PATIENCE
        while not ends.lost and time.monotonic() < until:
            select.select([server], [], [], 0.01)
        list(ends.drain())
        assert ends.overflows > 0
        assert ends.lost
        assert ends.seen < 200


def test_nothing_that_waits_is_nothing_to_wait_for() -> None:
    with Destroyed() as ends:
        list(ends.drain())
        started = time.monotonic()
        list(ends.drain())
        assert time.monotonic() - started < PATIENCE


@pytest.mark.skipif(not may_be_nobody(), reason="only root becomes nobody")
def test_nobody_hears_of_resets_too() -> None:
    argv = [*NOBODY, sys.executable, "-c", RESET_AS_NOBODY]
    assert subprocess.run(argv, capture_output=True, text=True, check=True, cwd=PROJECT).stdout == "seen\n"


def test_an_end_says_its_protocol_in_an_attribute() -> None:
    found = ended(r.TCP_OPEN_OUT + TCP_ATTRIBUTE)
    assert found is not None
    assert (found.row.protocol, found.row.state, found.row.peer_port) == ("tcp", "closed", 47001)
    assert found.answered is None
    assert ended(r.TCP_OPEN_OUT) is None
    assert ended(r.TCP_LISTENING + TCP_ATTRIBUTE) is None


def test_a_cut_message_is_counted() -> None:
    with Destroyed() as ends:
        assert list(ends._ends(r.enveloped(r.TCP_OPEN_OUT)[:40])) == []
        assert ends.nonsense == 1


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_is_an_end_with_a_peer(data: bytes) -> None:
    try:
        found = ended(data)
    except NonsenseError:
        return
    assert found is None or found.row.peer_address not in {"0.0.0.0", "::"}
