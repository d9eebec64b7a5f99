from __future__ import annotations

import ipaddress
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.machine import Machine
from agent.collectors.processes.proc_net import (
    Socket,
    decode_address,
    ephemeral_ports,
    parse_row,
    plain_address,
    sockets,
)
from tests.agent.collectors.fake_hosts import machine

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
LISTENING = (
    "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   109        0 5120 1 0 100 0 0 10 0\n"
)
OPEN = (
    "   1: 0100007F:A8C2 0100007F:1538 01 00000000:00000000 02:000A7A5C 00000000  1000        0 5121 1 0 20 4 30 10\n"
)
MAPPED = (
    "   2: 0000000000000000FFFF00000200000A:01BB 0000000000000000FFFF00000300000A:D431 06 00000000:00000000"
    " 03:00001234 00000000     0        0 0 3 0\n"
)

little = pytest.mark.skipif(sys.byteorder != "little", reason="the rows were recorded on a little-endian machine")


@little
def test_a_row_says_both_ends_the_state_and_the_owner() -> None:
    assert parse_row(LISTENING, "tcp") == Socket("tcp", "127.0.0.1", 5432, "0.0.0.0", 0, "listening", 109, 5120)
    assert parse_row(OPEN, "tcp") == Socket("tcp", "127.0.0.1", 43202, "127.0.0.1", 5432, "open", 1000, 5121)


@little
def test_version_4_inside_version_6_is_version_4() -> None:
    assert parse_row(MAPPED, "tcp") == Socket("tcp", "10.0.0.2", 443, "10.0.0.3", 54321, "closed", 0, 0)


def test_an_unconnected_datagram_socket_listens() -> None:
    row = LISTENING.replace(" 0A ", " 07 ")
    assert parse_row(row, "udp")._replace(address="") == Socket("udp", "", 5432, "0.0.0.0", 0, "listening", 109, 5120)
    assert parse_row(row, "tcp").state == "closed"


@pytest.mark.parametrize("state", ["01", "04", "05", "08", "09", "0B"])
def test_a_connection_that_its_process_left_behind_is_closed(state: str) -> None:
    row = OPEN.replace(" 01 ", f" {state} ")
    left = row.replace(" 5121 ", " 0 ")
    assert [parse_row(each, "tcp")._asdict()["state"] for each in (row, left)] == ["open", "closed"]  # type: ignore[union-attr]


@pytest.mark.parametrize("line", ["", HEAD, "0: zz:1 00:0 01 a b c 0 0 5", LISTENING.replace("0A", "FF"), "1: 2: 3: 4"])
def test_a_line_that_is_no_row_is_none(line: str) -> None:
    assert parse_row(line, "tcp") is None


def test_an_address_below_zero_is_no_row() -> None:
    assert parse_row(LISTENING.replace("0100007F", "-100007F"), "tcp") is None


@given(st.text())
def test_any_line_is_a_row_or_none(line: str) -> None:
    row = parse_row(line, "tcp")
    assert row is None or row.protocol == "tcp"


@given(st.ip_addresses(v=4))
def test_addresses_of_version_4_are_read_back(address: ipaddress.IPv4Address) -> None:
    assert decode_address(f"{int.from_bytes(address.packed, sys.byteorder):08X}") == str(address)


@given(st.ip_addresses(v=6))
def test_addresses_of_version_6_are_read_back(address: ipaddress.IPv6Address) -> None:
    packed = address.packed
    digits = "".join(f"{int.from_bytes(packed[at : at + 4], sys.byteorder):08X}" for at in range(0, 16, 4))
    assert decode_address(digits) == plain_address(socket.inet_ntop(socket.AF_INET6, packed))


def test_the_kernel_of_this_machine_is_read_as_it_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            rows = list(sockets(Machine()))
    places = {(each.state, each.address, each.port, each.peer_port) for each in rows}
    assert ("listening", "127.0.0.1", port, 0) in places
    assert any(state == "open" and peer == port for state, _, _, peer in places)
    assert client.fileno() == -1


def test_all_tables_are_read_and_missing_ones_are_no_failure(tmp_path: Path) -> None:
    host = machine(
        tmp_path, {"/proc/net/tcp": HEAD + LISTENING, "/proc/net/udp6": HEAD + LISTENING.replace("0A", "07")}
    )
    assert [each.protocol for each in sockets(host)] == ["tcp", "udp"]
    assert host.could_not_see == []


@pytest.mark.parametrize(
    ("text", "ports"),
    [("15000\t25000\n", range(15000, 25001)), (None, range(32768, 61000)), ("nonsense", range(32768, 61000))],
)
def test_ports_of_clients_are_those_of_the_kernel(tmp_path: Path, text: str | None, ports: range) -> None:
    files = {} if text is None else {"/proc/sys/net/ipv4/ip_local_port_range": text}
    assert ephemeral_ports(machine(tmp_path, files)) == ports


@pytest.mark.parametrize(
    ("address", "plain"),
    [("::ffff:10.0.0.1", "10.0.0.1"), ("fe80::1%eth0", "fe80::1"), ("::ffff:0:1", "::ffff:0:1"), ("::", "::")],
)
def test_addresses_lose_their_wrapping(address: str, plain: str) -> None:
    assert plain_address(address) == plain
