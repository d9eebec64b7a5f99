"""Which of many sockets say something new: a server with ten thousand clients of one host is one flow.

Told apart by their bytes, before anything is decoded: this is what makes a look at many sockets cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from agent.collectors.flows.sock_diag import BODY, Protocol, decode
from agent.collectors.joining import Listening, is_inbound
from agent.collectors.processes.proc_net import Socket

_NO_INODE = bytes(4)


def distinct(
    bodies: Iterable[bytes],
    protocol: Protocol,
    listening: Listening,
    ephemeral: Collection[int],
    tells: Callable[[int], bool],
) -> Iterator[Socket]:
    """Yield one socket for all that came in to the same port from the same address, and for all that went out alike.

    Parameters
    ----------
    bodies
        Answers of sock_diag, as they come.
    listening
        Where the host listens: what came in there belongs to the listener, whichever process accepted it.
    ephemeral
        Ports that the kernel hands out to clients.
    tells
        From the number of a cgroup, whether it names the service. Where it does not, every outgoing socket is
        yielded: only its own inode leads to its process.

    Raises
    ------
    NonsenseError
        When an answer cannot be decoded.
    """
    inward: set[bytes] = set()
    outward: set[tuple[bytes, bool, bytes]] = set()
    told: dict[int, bool] = {}
    for body in bodies:
        served = body[:1] + body[4:6] + body[8:40]
        if served in inward:
            continue
        called = body[:2] + body[6:40], body[68:72] == _NO_INODE, body[BODY:]
        if called in outward:
            continue
        row = decode(body, protocol)
        if row is None:
            continue
        if is_inbound(row, listening):
            inward.add(served)
        elif row.state == "open":
            names = told.get(row.cgroup)
            if names is None:
                names = told[row.cgroup] = tells(row.cgroup)
            if names:
                outward.add(called)
        elif row.port in ephemeral:
            outward.add(called)
        yield row
