"""Sockets of this network namespace, as ``/proc/net`` lists them. Works without any right."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from agent.collectors.machine import Machine

State = Literal["listening", "open", "closed", "opening"]

_STATES: dict[str, State] = {
    "01": "open",
    "02": "opening",
    "03": "opening",
    "04": "open",
    "05": "open",
    "06": "closed",
    "07": "closed",
    "08": "open",
    "09": "open",
    "0A": "listening",
    "0B": "open",
    "0C": "opening",
}
"""From the kernel's include/net/tcp_states.h; TIME_WAIT (06) is "closed": a connection that was, with no owner.

So is what a process left behind and the kernel still ends: its inode is 0."""

_UDP_UNCONNECTED = "07"
_MAPPED = "::ffff:"
_DEFAULT_EPHEMERAL = (32768, 60999)


class Socket(NamedTuple):
    """One row; `inode` is 0 where the kernel keeps no owner, `cgroup` where it does not tell."""

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    peer_address: str
    peer_port: int
    state: State
    uid: int
    inode: int
    cgroup: int = 0


def sockets(machine: Machine) -> Iterator[Socket]:
    """Yield the TCP and UDP sockets, versions 4 and 6; a table that may not be read is recorded as missed."""
    protocols: tuple[Literal["tcp", "udp"], ...] = ("tcp", "udp")
    for protocol in protocols:
        for table in (protocol, f"{protocol}6"):
            yield from table_rows(machine, table, protocol)


def ephemeral_ports(machine: Machine) -> range:
    """Return the ports that the kernel hands out to clients (ip_local_port_range)."""
    words = (machine.read("/proc/sys/net/ipv4/ip_local_port_range") or "").split()
    low, high = (int(words[0]), int(words[1])) if len(words) == 2 else _DEFAULT_EPHEMERAL  # noqa: PLR2004 - low, high
    return range(low, high + 1)


def table_rows(machine: Machine, table: str, protocol: Literal["tcp", "udp"]) -> Iterator[Socket]:
    """Yield the sockets of one table, such as "tcp6"; one that may not be read is recorded as missed."""
    name = f"/proc/net/{table}"
    try:
        with machine.path(name).open(encoding="ascii", errors="replace") as lines:
            next(lines, None)
            for line in lines:
                row = parse_row(line, protocol)
                if row is not None:
                    yield row
    except FileNotFoundError:
        return
    except PermissionError:
        machine.missed(name, "no_permission")
    except OSError as error:
        machine.missed(f"{name}: {error.strerror}", "unreadable")


def parse_row(line: str, protocol: Literal["tcp", "udp"]) -> Socket | None:
    """Return the socket of one line of ``/proc/net/{tcp,udp}{,6}`` (proc(5)), None when it is no such line."""
    fields = line.split()
    try:
        address, port = _end(fields[1])
        peer_address, peer_port = _end(fields[2])
        state = _STATES[fields[3]]
        uid, inode = int(fields[7]), int(fields[9])
    except (IndexError, KeyError, ValueError, OverflowError):  # "-1" is a number, and no 32-bit word
        return None
    if protocol == "udp" and fields[3] == _UDP_UNCONNECTED:
        state = "listening"
    elif state == "open" and inode == 0:
        state = "closed"
    return Socket(protocol, address, port, peer_address, peer_port, state, uid, inode)


def _end(text: str) -> tuple[str, int]:
    address, _, port = text.partition(":")
    return decode_address(address), int(port, 16)


@lru_cache(maxsize=4096)
def decode_address(digits: str) -> str:
    """Return an address from the kernel's hexadecimal 32-bit words, native order; IPv4 in IPv6 becomes IPv4.

    Raises
    ------
    ValueError
        When the digits are neither 8 nor 32, or no digits.
    """
    raw = b"".join(int(digits[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(digits), 8))
    if len(digits) not in {8, 32}:
        message = f"{digits!r} is no address"
        raise ValueError(message)
    return plain_address(socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw))  # noqa: PLR2004


def plain_address(address: str) -> str:
    """Return an address without the IPv6 wrapping of IPv4 and without a zone."""
    bare = address.split("%", 1)[0]
    return bare.removeprefix(_MAPPED) if bare.startswith(_MAPPED) and "." in bare else bare
