"""Connections that the packet filter tracks, asked over netlink: who was really meant behind translated addresses.

Each entry holds two directions: what the caller wrote, and what the one who answers writes. Where they do not mirror
each other, addresses were translated. Which end called is certain: the kernel saw the first packet. Takes
CAP_NET_ADMIN, and a rule that makes the kernel track connections at all.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from typing import Literal, NamedTuple

from agent.collectors.flows.netlink import Link, attributes, netlink_socket

NETLINK_NETFILTER = 12
_GET = (1 << 8) | 1
"""IPCTNL_MSG_CT_GET of the subsystem NFNL_SUBSYS_CTNETLINK."""

_NEW = 1 << 8
_HEAD = struct.Struct("=BBH")
"""nfgenmsg: family, version, resource."""

_ORIGINAL, _REPLY, _STATUS = 1, 2, 3
_TUPLE_IP, _TUPLE_PROTO = 1, 2
_SOURCE = {1: socket.AF_INET, 3: socket.AF_INET6}
_DESTINATION = {2: socket.AF_INET, 4: socket.AF_INET6}
_LENGTHS = {int(socket.AF_INET): 4, int(socket.AF_INET6): 16}
_PROTO_NUMBER, _PROTO_SOURCE, _PROTO_DESTINATION = 1, 2, 3
_SEEN_REPLY, _ASSURED = 1 << 1, 1 << 2
_PORT = struct.Struct("!H")
_WORD = struct.Struct("!I")
_PROTOCOLS: dict[int, Literal["tcp", "udp"]] = {socket.IPPROTO_TCP: "tcp", socket.IPPROTO_UDP: "udp"}


class Way(NamedTuple):
    """One direction of a tracked connection."""

    source: str
    source_port: int
    destination: str
    destination_port: int


class Tracked(NamedTuple):
    """A tracked connection that was answered at least once; `asked` is what the caller wrote."""

    protocol: Literal["tcp", "udp"]
    asked: Way
    answered: Way

    @property
    def translated(self) -> bool:
        """Tell whether the two directions do not mirror each other."""
        return self.asked != Way(*self.answered[2:], *self.answered[:2])


def tracked() -> Iterator[Tracked]:
    """Yield the answered TCP and UDP connections that are tracked in this network namespace.

    Raises
    ------
    NonsenseError
        When an answer is no netlink.
    RefusedError
        When the kernel does not answer: no right, or nothing tracks connections.
    """
    with Link(netlink_socket(NETLINK_NETFILTER)) as link:
        for family in (socket.AF_INET, socket.AF_INET6):
            for body in link.dump(_HEAD.pack(family, 0, 0), ask=_GET, answer=_NEW):
                found = decode_tracked(body)
                if found is not None:
                    yield found


def decode_tracked(body: bytes) -> Tracked | None:
    """Return the connection of one answer, None when nobody has answered or it is neither TCP nor UDP.

    Raises
    ------
    NonsenseError
        When the answer is cut.
    """
    ways: dict[int, tuple[int, Way]] = {}
    status = 0
    for kind, start, end in attributes(body, _HEAD.size):
        if kind in {_ORIGINAL, _REPLY}:
            way = _way(body[start:end])
            if way is not None:
                ways[kind] = way
        elif kind == _STATUS and end - start == _WORD.size:
            (status,) = _WORD.unpack_from(body, start)
    if _ORIGINAL not in ways or _REPLY not in ways:
        return None
    protocol = _PROTOCOLS.get(ways[_ORIGINAL][0])
    # A refusal is a reply, too: only what was established is assured.
    if not status & (_ASSURED if protocol == "tcp" else _SEEN_REPLY):
        return None
    return Tracked(protocol, ways[_ORIGINAL][1], ways[_REPLY][1]) if protocol is not None else None


def _way(nested: bytes) -> tuple[int, Way] | None:
    """Return the protocol and the ends of one direction, None when one is missing."""
    addresses: dict[str, str] = {}
    numbers: dict[int, int] = {}
    for kind, start, end in attributes(nested, 0):
        if kind == _TUPLE_IP:
            addresses = _addresses(nested[start:end])
        elif kind == _TUPLE_PROTO:
            numbers = _numbers(nested[start:end])
    if len(addresses) != 2 or len(numbers) != 3:  # noqa: PLR2004 - both ends; protocol and both ports
        return None
    ports = numbers[_PROTO_SOURCE], numbers[_PROTO_DESTINATION]
    return numbers[_PROTO_NUMBER], Way(addresses["source"], ports[0], addresses["destination"], ports[1])


def _addresses(nested: bytes) -> dict[str, str]:
    found = {}
    for kind, start, end in attributes(nested, 0):
        for name, table in (("source", _SOURCE), ("destination", _DESTINATION)):
            family = table.get(kind)
            if family is not None and end - start == _LENGTHS[int(family)]:
                found[name] = socket.inet_ntop(family, nested[start:end])
    return found


def _numbers(nested: bytes) -> dict[int, int]:
    found = {}
    for kind, start, end in attributes(nested, 0):
        if kind == _PROTO_NUMBER and end - start == 1:
            found[kind] = nested[start]
        elif kind in {_PROTO_SOURCE, _PROTO_DESTINATION} and end - start == _PORT.size:
            (found[kind],) = _PORT.unpack_from(nested, start)
    return found
