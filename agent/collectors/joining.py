"""From sockets to listeners and flows: which way, whose, and without the ports that only one connection used.

Pure functions: whatever lists the sockets (``/proc/net``, netlink) and whoever names them, the rules stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from agent.collectors.processes.proc_net import Socket
from analyzers.model.facts import Connection

WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound

Listening = frozenset[tuple[str, str, int]]
"""(protocol, address, port) of what the host listens on."""

_Way = tuple[str, str, int, str]
"""(local address, peer address, server port, protocol)."""

ServiceOf = Callable[[Socket], str]
"""From a socket to the service that holds it, empty when it may not be known."""


def listening_rows(rows: Iterable[Socket], ephemeral: Collection[int]) -> list[Socket]:
    """Return listening sockets; an unconnected UDP socket on a client port waits for an answer and serves nobody."""
    return [
        each for each in rows if each.state == "listening" and not (each.protocol == "udp" and each.port in ephemeral)
    ]


def listening_set(rows: Iterable[Socket]) -> Listening:
    """Return where the host listens."""
    return frozenset((each.protocol, each.address, each.port) for each in rows)


def is_inbound(row: Socket, listening: Listening) -> bool:
    """Tell whether a connection came in: its local end is one that the host listens on. Port order proves nothing."""
    protocol, address, port = row[:3]
    any4, any6 = WILDCARDS
    return (
        (protocol, address, port) in listening
        or (protocol, any4, port) in listening
        or (protocol, any6, port) in listening
    )


def is_flow(row: Socket) -> bool:
    """Tell whether two ends spoke: half-open connections prove nothing, nor does a socket without a peer."""
    return row.state in {"open", "closed"} and row.peer_port != 0


@dataclass(frozen=True, slots=True)
class Known:
    """What tells which end serves: where the host listens, and the ports that its kernel gives to clients."""

    listening: Listening
    ephemeral: Collection[int]


def flows(
    rows: Iterable[Socket], known: Known, inbound: ServiceOf, outbound: ServiceOf, now: dt.datetime
) -> tuple[Connection, ...]:
    """Return one connection a (direction, service, addresses, server port), sorted; client ports are collapsed.

    A closed connection (TIME_WAIT) has lost its owner. It counts for the service that is seen speaking to the same
    peer and port, when there is one only. When neither end can be told for the server's, it is left out: its port
    would be a client's, another one each time.
    """
    keys: set[tuple[str, _Way, str]] = set()
    closed: set[_Way] = set()
    for row in rows:
        if not is_flow(row):
            continue
        if is_inbound(row, known.listening):
            keys.add(("in", (row.address, row.peer_address, row.port, row.protocol), inbound(row)))
        elif row.state == "open":
            keys.add(("out", (row.address, row.peer_address, row.peer_port, row.protocol), outbound(row)))
        elif row.port in known.ephemeral:
            closed.add((row.address, row.peer_address, row.peer_port, row.protocol))
    keys.update(_adopted(closed, keys, known))
    return tuple(_connection(*key, now) for key in sorted(keys))


def unattributed(rows: Iterable[Socket], listening: Listening, found: Iterable[Connection]) -> tuple[int, int]:
    """Return how many distinct ways of closed connections have no service, and how many no known direction.

    Rows that differ in nothing but a client's port count once.
    """
    named: dict[_Way, bool] = {}
    for each in found:
        if each.direction == "out":
            way = each.local_address, each.peer_address, each.port, each.protocol
            named[way] = named.get(way, False) or bool(each.service)
    closed = {
        (row.address, row.peer_address, row.peer_port, row.protocol)
        for row in rows
        if row.state == "closed" and is_flow(row) and not is_inbound(row, listening)
    }
    return sum(named.get(way) is False for way in closed), sum(way not in named for way in closed)


def _adopted(
    closed: Iterable[_Way], keys: Collection[tuple[str, _Way, str]], known: Known
) -> Iterable[tuple[str, _Way, str]]:
    speakers: dict[tuple[str, int, str], set[str]] = {}
    for direction, way, service in keys:
        if direction == "out":
            speakers.setdefault(way[1:], set()).add(service)
    for way in closed:
        _, peer, port, protocol = way
        services = speakers.get(way[1:], set())
        served_here = any((protocol, address, port) in known.listening for address in (peer, *WILDCARDS))
        if services or served_here or port not in known.ephemeral:
            yield "out", way, (next(iter(services)) if len(services) == 1 else "")


def _connection(direction: str, way: _Way, service: str, now: dt.datetime) -> Connection:
    local_address, peer_address, port, protocol = way
    return Connection(
        direction="in" if direction == "in" else "out",
        service=service,
        local_address=local_address,
        peer_address=peer_address,
        port=port,
        protocol="udp" if protocol == "udp" else "tcp",
        first_seen=now,
        last_seen=now,
    )
