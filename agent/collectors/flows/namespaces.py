"""Network namespaces other than ours: entered once by a child, whose sockets then speak of them for good.

A netlink socket belongs to the namespace in which it was made, whoever holds it. So a child enters (setns(2), which
takes CAP_SYS_ADMIN), makes the sockets, and hands them over; nothing else of it lives on. Where that is not allowed,
``/proc/PID/net`` of a process in the namespace is read.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from agent.collectors.child import blocked_signals, leave_the_parent
from agent.collectors.flows.destroyed import subscribed
from agent.collectors.flows.netlink import NETLINK_SOCK_DIAG, RefusedError, netlink_socket
from agent.collectors.machine import Machine

MOST_NAMESPACES = 256
_LIMIT_SECONDS = 5
_CLONE_NEWNET = 0x40000000

_DONE, _REFUSED = b"+", b"-"
_AT_A_TIME = 16
_BUFFER_BYTES = 1 << 20
"""For ends of sockets, each namespace: they are many, the agent is one."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A network namespace: its number, and a file that leads to it."""

    number: int
    file: str
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Entered:
    """Sockets that speak of a namespace; `ends` is None where the kernel tells of no ends."""

    tables: socket.socket
    ends: socket.socket | None


def others(machine: Machine) -> tuple[list[Namespace], int]:
    """Return the network namespaces in which visible processes live, ours left out, and how many hide theirs.

    A namespace that has a name and no process may be another host's, in a laboratory: it is left alone.
    """
    own = _number(machine, "/proc/self/ns/net")
    found: dict[int, Namespace] = {}
    hidden = 0
    for name in _numbers(machine):
        file = f"/proc/{name}/ns/net"
        try:
            number = _inode(os.readlink(machine.path(file)))  # noqa: PTH115 - the text, no Path
        except PermissionError:
            hidden += 1
            continue
        except OSError:
            continue
        if number and number not in {own, *found}:
            found[number] = Namespace(number, file, int(name))
    return list(found.values())[:MOST_NAMESPACES], hidden


def enter(namespaces: Sequence[Namespace], *, ends: bool) -> Iterator[tuple[Namespace, Entered | None]]:
    """Yield each namespace with sockets that speak of it, None where it could not be entered.

    Parameters
    ----------
    ends
        Whether to hear of the sockets that end there, too.
    """
    for at in range(0, len(namespaces), _AT_A_TIME):
        some = namespaces[at : at + _AT_A_TIME]
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            with blocked_signals():
                pid = os.fork()
                if pid == 0:
                    _child(theirs, some, ends=ends)
            theirs.close()
            ours.settimeout(_LIMIT_SECONDS)
            got = dict(_received(ours))
            with suppress(OSError):
                os.waitpid(pid, 0)
        for index, each in enumerate(some):
            yield each, got.get(index)


def _received(ours: socket.socket) -> Iterator[tuple[int, Entered | None]]:
    index = 0
    while True:
        try:
            said, files, _, _ = socket.recv_fds(ours, 1, 2)
        except OSError:
            return
        if not said:
            return
        sockets = [socket.socket(fileno=each) for each in files]
        if said == _DONE and sockets:
            yield index, Entered(sockets[0], sockets[1] if len(sockets) > 1 else None)
        else:
            for each in sockets:
                each.close()
        index += 1


def _child(pipe: socket.socket, namespaces: Sequence[Namespace], *, ends: bool) -> None:
    """Enter one namespace after the other and hand sockets over: never returns into the code of the parent."""
    try:
        leave_the_parent({pipe.fileno()}, _LIMIT_SECONDS)
        import ctypes  # noqa: PLC0415 - only this child needs it: os.setns is Python 3.12's

        libc = ctypes.CDLL(None, use_errno=True)
        for each in namespaces:
            sockets: list[socket.socket] = []
            try:
                descriptor = os.open(each.file, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
                        raise OSError(ctypes.get_errno(), "setns")
                finally:
                    os.close(descriptor)
                sockets.append(netlink_socket(NETLINK_SOCK_DIAG))
                if ends:
                    with suppress(RefusedError):
                        sockets.append(subscribed(_BUFFER_BYTES))
                socket.send_fds(pipe, [_DONE], [file.fileno() for file in sockets])
            except (OSError, RefusedError):
                pipe.send(_REFUSED)
            for file in sockets:
                file.close()
    finally:
        os._exit(0)


def _numbers(machine: Machine) -> list[str]:
    return [name for name in _entries(machine, "/proc") if name.isdigit()]


def _entries(machine: Machine, folder: str) -> list[str]:
    try:
        return os.listdir(machine.path(folder))  # noqa: PTH208 - names only
    except OSError:
        return []


def _number(machine: Machine, file: str) -> int:
    try:
        return _inode(os.readlink(machine.path(file)))  # noqa: PTH115 - the text, no Path
    except OSError:
        return 0


def _inode(link: str) -> int:
    """Return the number in ``net:[4026531840]``, 0 where there is none."""
    digits = link.removeprefix("net:[").removesuffix("]")
    return int(digits) if digits.isdigit() else 0
