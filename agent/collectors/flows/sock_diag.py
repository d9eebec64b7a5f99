"""TCP and UDP sockets from the kernel's own tables: what ``ss`` asks, without a right (sock_diag(7)).

Beside the row of ``/proc/net`` an answer holds the cgroup of the socket, hence its unit, whoever asks. As with ``ss``,
the kernel may load its module for it (tcp_diag, udp_diag).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from agent.collectors.flows.netlink import Link, NonsenseError, attributes
from agent.collectors.processes.proc_net import Socket, State, plain_address

Protocol = Literal["tcp", "udp"]

_QUESTION = struct.Struct("=BBBxI48x")
"""inet_diag_req_v2: family, protocol, extensions, states; no particular socket."""

ENDS = struct.Struct("!BB2xHH16s16s")
"""Head of inet_diag_msg: family, state, then ports and addresses in network order."""

_TCPDIAG_GETSOCK = 18
_OLD_QUESTION = struct.Struct("=4x48xII")
"""inet_diag_req, the question before families: no particular socket, then states and no dump of an earlier version."""

_OWNER = struct.Struct("=II")
_OWNER_AT = 64
BODY = 72
"""Bytes of inet_diag_msg; attributes follow."""

_CGROUP_ATTRIBUTE = 21
_CGROUP = struct.Struct("=Q")

_NUMBERS = {"tcp": socket.IPPROTO_TCP, "udp": socket.IPPROTO_UDP}
_UNCONNECTED = 7

STATES: tuple[State | None, ...] = (
    None,
    "open",
    "opening",
    "opening",
    "open",
    "open",
    "closed",
    "closed",
    "open",
    "open",
    "listening",
    "open",
    "opening",
)
"""By number, from the kernel's include/net/tcp_states.h."""

EVERY_STATE = (1 << len(STATES)) - 1
LISTENING = {"tcp": 1 << 10, "udp": 1 << _UNCONNECTED}
FLOWING = {"tcp": sum(1 << each for each in (1, 4, 5, 6, 7, 8, 9, 11)), "udp": 1 << 1}
"""States of two ends that spoke: half-open ones prove nothing."""


@dataclass(frozen=True, slots=True)
class Table:
    """One of the kernel's tables of sockets."""

    protocol: Protocol
    family: int

    @property
    def name(self) -> str:
        """Return its name below ``/proc/net``."""
        return self.protocol if self.family == socket.AF_INET else f"{self.protocol}6"


TABLES = tuple(
    Table(protocol, family) for protocol in ("tcp", "udp") for family in (int(socket.AF_INET), int(socket.AF_INET6))
)


def bodies(link: Link, table: Table, states: int = EVERY_STATE) -> Iterator[bytes]:
    """Yield the answers of one table as they come, undecoded; `states` is a mask of state numbers.

    Raises
    ------
    NonsenseError
        When an answer is shorter than a socket's, or no netlink at all.
    RefusedError
        When the kernel does not answer.
    """
    yield from _whole(link.dump(_QUESTION.pack(table.family, _NUMBERS[table.protocol], 0, states)))


def bodies_of_both(link: Link, states: int) -> Iterator[bytes]:
    """Yield the answers of TCP over IPv4 and over IPv6 in one walk of the table, undecoded.

    The kernel keeps both in one table of hundreds of thousands of places: to walk it twice, mostly empty, is what a
    look at a quiet host costs. Only its older question asks for both families.

    Raises
    ------
    NonsenseError
        When an answer is shorter than a socket's, or no netlink at all.
    RefusedError
        When the kernel does not answer.
    """
    yield from _whole(link.dump(_OLD_QUESTION.pack(states, 0), _TCPDIAG_GETSOCK))


def _whole(answers: Iterable[bytes]) -> Iterator[bytes]:
    for body in answers:
        if len(body) < BODY:
            message = f"a socket of {len(body)} bytes"
            raise NonsenseError(message)
        yield body


def decode(body: bytes, protocol: Protocol) -> Socket | None:
    """Return the socket of one answer, None when its family or state is unknown.

    Raises
    ------
    NonsenseError
        When the answer is cut.
    """
    if len(body) < BODY:
        message = f"a socket of {len(body)} bytes"
        raise NonsenseError(message)
    family, number, port, peer_port, address, peer_address = ENDS.unpack_from(body)
    state: State | None = STATES[number] if number < len(STATES) else None
    if state is None or family not in {socket.AF_INET, socket.AF_INET6}:
        return None
    uid, inode = _OWNER.unpack_from(body, _OWNER_AT)
    if protocol == "udp" and number == _UNCONNECTED:
        state = "listening"
    elif state == "open" and inode == 0:
        state = "closed"
    return Socket(
        protocol,
        address_text(family, address),
        port,
        address_text(family, peer_address),
        peer_port,
        state,
        uid,
        inode,
        cgroup_of(body),
    )


def cgroup_of(body: bytes) -> int:
    """Return the inode of the cgroup (version 2) in which the socket was opened, 0 where the kernel gives none.

    Raises
    ------
    NonsenseError
        When the attributes are none.
    """
    return _cgroup_in(body[BODY:])


@lru_cache(maxsize=4096)
def _cgroup_in(tail: bytes) -> int:
    """Return the cgroup in a run of attributes; sockets of one program mostly have the very same ones."""
    for kind, start, end in attributes(tail, 0):
        if kind == _CGROUP_ATTRIBUTE and end - start == _CGROUP.size:
            (number,) = _CGROUP.unpack_from(tail, start)
            return int(number)
    return 0


@lru_cache(maxsize=8192)
def address_text(family: int, raw: bytes) -> str:
    """Return the text of an address in 16 bytes, of which IPv4 uses 4; IPv4 in IPv6 becomes IPv4."""
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, raw[:4])
    return plain_address(socket.inet_ntop(socket.AF_INET6, raw))
