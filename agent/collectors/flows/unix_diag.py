"""Which services of this host speak to each other through unix-domain sockets: who holds both ends, by inode.

The kernel tells name and peer of each socket without a right (sock_diag(7)); an accepted socket bears the path of the
listening one, and its peer is the caller.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from agent.collectors.flows.netlink import Link, NonsenseError, attributes

_QUESTION = struct.Struct("=BBHIIIII")
"""unix_diag_req: family, protocol, padding, states, inode, what to show, cookie."""

_BODY = struct.Struct("=BBBBI8x")
_FAMILY = 1
_EVERY_STATE = 0xFFFFFFFF
_NAME_AND_PEER = 0x1 | 0x4
_NAME, _PEER = 0, 2
_NUMBER = struct.Struct("=I")
_LISTENING = 10
_LONGEST_PATH = 108
"""Of sockaddr_un (unix(7))."""


class UnixSocket(NamedTuple):
    """One unix-domain socket; `path` starts with "@" in the abstract namespace, `peer` is 0 without one."""

    inode: int
    listening: bool
    path: str
    peer: int


class LocalFlow(NamedTuple):
    """A socket that calls, the listening one it called, and the path in between."""

    path: str
    caller: int
    listener: int


@dataclass(slots=True)
class LocalFlows:
    """Distinct flows by path, and what is not told.

    Attributes
    ----------
    listening
        From path to the inode of the listening socket.
    flows
        One a caller's socket.
    unplaced
        Accepted sockets on whose path nobody listens any more.
    """

    listening: dict[str, int]
    flows: list[LocalFlow]
    unplaced: int


def unix_sockets(link: Link) -> Iterator[UnixSocket]:
    """Yield the unix-domain sockets of this network namespace as they come.

    Raises
    ------
    NonsenseError
        When the answer is no netlink.
    RefusedError
        When the kernel does not answer.
    """
    for body in link.dump(_QUESTION.pack(_FAMILY, 0, 0, _EVERY_STATE, 0, _NAME_AND_PEER, 0, 0)):
        yield decode_unix(body)


def decode_unix(body: bytes) -> UnixSocket:
    """Return the socket of one answer.

    Raises
    ------
    NonsenseError
        When the answer is cut.
    """
    if len(body) < _BODY.size:
        message = f"a unix-domain socket of {len(body)} bytes"
        raise NonsenseError(message)
    _, _, state, _, inode = _BODY.unpack_from(body)
    path, peer = "", 0
    for kind, start, end in attributes(body, _BODY.size):
        if kind == _NAME:
            path = _text(body[start:end])
        elif kind == _PEER and end - start == _NUMBER.size:
            (peer,) = _NUMBER.unpack_from(body, start)
    return UnixSocket(inode, state == _LISTENING, path, peer)


def local_flows(rows: Iterable[UnixSocket]) -> LocalFlows:
    """Return who called whom: the accepted end bears the listener's path and leads to the caller."""
    listening: dict[str, int] = {}
    accepted = []
    for row in rows:
        if row.listening and row.path:
            listening[row.path] = row.inode
        elif row.path and row.peer:
            accepted.append(row)
    placed = [LocalFlow(each.path, each.peer, listening[each.path]) for each in accepted if each.path in listening]
    return LocalFlows(listening, placed, len(accepted) - len(placed))


def _text(raw: bytes) -> str:
    """Return a path on one line; the abstract namespace starts with a zero byte, shown as "@" as ``ss`` does."""
    name = raw[:_LONGEST_PATH]
    text = (
        "@" + name[1:].decode("utf-8", "replace")
        if name[:1] == b"\0"
        else name.split(b"\0")[0].decode("utf-8", "replace")
    )
    return "".join(each if each.isprintable() else "?" for each in text)
