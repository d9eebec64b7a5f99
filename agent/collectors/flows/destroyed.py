"""Sockets at the moment they end: also those that lived between two looks, and those that a reset ended.

A reset leaves no TIME_WAIT, so no look at a table finds it. The kernel tells whoever subscribes, without a right
(SKNLGRP_INET{,6}_{TCP,UDP}_DESTROY, Linux 4.4, what ``ss -E`` asks). It says neither process nor cgroup, and the end
that sent the reset has lost its own address. Meant for a long-running agent: a single look has nothing to wait for.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from agent.collectors.flows.netlink import NETLINK_SOCK_DIAG, NonsenseError, RefusedError, attributes, messages
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
_DATAGRAM = 8 << 10
BUFFER_BYTES = 8 << 20
"""Some 6500 ends: the kernel counts 1280 bytes each. Without the right, rmem_max bounds it."""

MOST_AT_ONCE = 50_000
"""Datagrams of one drain: ends may come as fast as they are read."""


class Destroyed:
    """A subscription to the ends of sockets of this network namespace; closes with its ``with`` block.

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

    def __init__(self, buffer_bytes: int = BUFFER_BYTES) -> None:
        try:
            self._socket = socket.socket(
                socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK, NETLINK_SOCK_DIAG
            )
        except (OSError, AttributeError) as error:
            raise RefusedError(str(error)) from error
        try:
            _enlarge(self._socket, buffer_bytes)
            self._socket.bind((0, _GROUPS))
        except OSError as error:
            self._socket.close()
            raise RefusedError(error.strerror or "no subscription") from error
        self.buffer_bytes = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        self.seen = 0
        self.overflows = 0
        self.nonsense = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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

    def drain(self) -> Iterator[Socket]:
        """Yield the ends that wait, without waiting for more; each is closed and has two ends.

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

    def _ends(self, data: bytes) -> Iterator[Socket]:
        try:
            for _, _, _, body in messages(data):
                row = ended(body)
                self.seen += 1
                if row is not None:
                    yield row
        except NonsenseError:
            self.nonsense += 1


def ended(body: bytes) -> Socket | None:
    """Return the socket that ended, None when it had no peer or its protocol is not said.

    Raises
    ------
    NonsenseError
        When the message is cut.
    """
    protocol = next(
        (_PROTOCOLS.get(body[start]) for kind, start, end in attributes(body, BODY) if _is_protocol(kind, end - start)),
        None,
    )
    row = decode(body, protocol) if protocol is not None else None
    return row._replace(state="closed") if row is not None and row.peer_port else None


def _is_protocol(kind: int, length: int) -> bool:
    return kind == _PROTOCOL_ATTRIBUTE and length == 1


def _enlarge(receiver: socket.socket, size: int) -> None:
    try:
        receiver.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, size)
    except PermissionError:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
