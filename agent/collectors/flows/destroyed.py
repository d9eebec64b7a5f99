"""Sockets at the moment they end: also those that lived between two looks, and those that a reset ended.

A reset leaves no TIME_WAIT, so no look at a table finds it. The kernel tells whoever subscribes, without a right
(SKNLGRP_INET{,6}_{TCP,UDP}_DESTROY, Linux 4.4, what ``ss -E`` asks). It says neither process nor cgroup, and the end
that sent the reset has lost its peer's port. Meant for a long-running agent: a single look has nothing to wait for.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple, Self

from agent.collectors.flows.netlink import (
    NETLINK_SOCK_DIAG,
    NonsenseError,
    RefusedError,
    attributes,
    messages,
    netlink_socket,
)
from agent.collectors.flows.sock_diag import BODY, Protocol, decode
from agent.collectors.processes.proc_net import Socket

_GROUPS = 0b1111
"""TCP and UDP of IPv4, then of IPv6, one bit each from group 1."""

_SO_RCVBUFFORCE = 33
"""Of include/uapi/asm-generic/socket.h: beyond rmem_max, for CAP_NET_ADMIN."""

_SO_MEMINFO = 55
_MEMINFO = struct.Struct("=9I")
"""Nine figures of a socket, the last one of which counts what was dropped (Linux 4.12)."""

_PROTOCOL_ATTRIBUTE = 10
_PROTOCOLS: dict[int, Protocol] = {socket.IPPROTO_TCP: "tcp", socket.IPPROTO_UDP: "udp"}
_INFO_ATTRIBUTE = 2
_BYTES = struct.Struct("=QQ")
_BYTES_AT = 120
"""Of tcpi_bytes_acked and tcpi_bytes_received in tcp_info (include/uapi/linux/tcp.h)."""

_OPEN_AND_CLOSE = 2
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound
_DATAGRAM = 8 << 10
BUFFER_BYTES = 8 << 20
"""Some 6500 ends: the kernel counts 1280 bytes each. Without the right, rmem_max bounds it."""

MOST_AT_ONCE = 50_000
"""Datagrams of one drain: ends may come as fast as they are read."""


class End(NamedTuple):
    """A socket that ended.

    Attributes
    ----------
    row
        Closed; its peer's port is 0 at the end that sent a reset, or whose call was refused.
    sent, received
        Bytes, to within the two that opening and closing count for; None where the kernel does not say (UDP).
    answered
        The peer acknowledged something: a call went through. None where the kernel does not say.
    """

    row: Socket
    sent: int | None = None
    received: int | None = None
    answered: bool | None = None


def subscribed(buffer_bytes: int = BUFFER_BYTES) -> socket.socket:
    """Return a socket to which the kernel tells the ends of sockets of the current network namespace.

    Raises
    ------
    RefusedError
        When the kernel or a sandbox gives no such subscription.
    """
    receiver = netlink_socket(NETLINK_SOCK_DIAG)
    try:
        receiver.settimeout(0)
        _enlarge(receiver, buffer_bytes)
        receiver.bind((0, _GROUPS))
    except OSError as error:
        receiver.close()
        raise RefusedError(error.strerror or "no subscription") from error
    return receiver


class Destroyed:
    """A subscription to the ends of sockets of a network namespace; closes with its ``with`` block.

    Parameters
    ----------
    given
        A subscription of `subscribed`, from another namespace; by default one of this namespace.

    Attributes
    ----------
    seen
        Ends read so far.
    overflows
        Times that the kernel said it had dropped ends because nobody had read the earlier ones (ENOBUFS).
    nonsense
        Messages that were none.
    buffer_bytes
        What the kernel granted to keep ends until they are read.

    Raises
    ------
    RefusedError
        When the kernel or a sandbox gives no such subscription.
    """

    def __init__(self, given: socket.socket | None = None, buffer_bytes: int = BUFFER_BYTES) -> None:
        self._socket = given if given is not None else subscribed(buffer_bytes)
        self.buffer_bytes = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self.seen = 0
        self.overflows = 0
        self.nonsense = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the subscription."""
        self._socket.close()

    def fileno(self) -> int:
        """Return the descriptor, for a selector."""
        return self._socket.fileno()

    @property
    def lost(self) -> int | None:
        """Return how many ends the kernel dropped, None where it does not count them: `overflows` is the least."""
        try:
            figures = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        except OSError:
            return None
        return int(_MEMINFO.unpack(figures)[-1]) if len(figures) == _MEMINFO.size else None

    def drain(self) -> Iterator[End]:
        """Yield the ends that wait, without waiting for more; each had a peer.

        Raises
        ------
        RefusedError
            When the subscription itself fails.
        """
        for _ in range(MOST_AT_ONCE):
            try:
                data, _, _, sender = self._socket.recvmsg(_DATAGRAM)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise RefusedError(os.strerror(error.errno or 0)) from error
                self.overflows += 1
                continue
            if sender[0] == 0:
                yield from self._ends(data)

    def _ends(self, data: bytes) -> Iterator[End]:
        try:
            for _, _, _, body in messages(data):
                row = ended(body)
                self.seen += 1
                if row is not None:
                    yield row
        except NonsenseError:
            self.nonsense += 1


def ended(body: bytes) -> End | None:
    """Return the socket that ended, None when it had no peer or its protocol is not said.

    Raises
    ------
    NonsenseError
        When the message is cut.
    """
    protocol: Protocol | None = None
    sent = received = None
    for kind, start, end in attributes(body, BODY):
        if kind == _PROTOCOL_ATTRIBUTE and end - start == 1:
            protocol = _PROTOCOLS.get(body[start])
        elif kind == _INFO_ATTRIBUTE and end - start >= _BYTES_AT + _BYTES.size:
            sent, received = _BYTES.unpack_from(body, start + _BYTES_AT)
    # Without its attributes, which differ from end to end: what decodes them remembers them.
    row = decode(body[:BODY], protocol) if protocol is not None else None
    if row is None or row.peer_address in _ANYWHERE:
        return None
    answered = sent > 0 if sent is not None else None
    return End(row._replace(state="closed"), _payload(sent), _payload(received), answered)


def _payload(counted: int | None) -> int | None:
    return max(0, counted - _OPEN_AND_CLOSE) if counted is not None else None


def _enlarge(receiver: socket.socket, size: int) -> None:
    try:
        receiver.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, size)
    except PermissionError:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
