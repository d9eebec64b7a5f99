"""Looks at the sockets of this host, again and again, and hears of those that end in between."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from agent.collectors.flow_sight import FlowSight, Sighting
from agent.collectors.flows.destroyed import Destroyed, End
from agent.collectors.flows.look import Look, look
from agent.collectors.flows.netlink import Link, RefusedError
from agent.collectors.joining import is_inbound
from agent.collectors.machine import Machine, NotSeenError
from agent.collectors.processes.proc_net import Socket
from agent.daemon.flow_memory import FlowKey, FlowMemory
from analyzers.model.facts import Connection, FlowWatch, Listener

DNS = 53
"""The one port to which a datagram socket that only connected most likely asked something."""


@dataclass(slots=True)
class Layer:
    """How one way of seeing flows fares.

    Attributes
    ----------
    up
        It works; None where nothing calls for it.
    why
        Why it does not.
    seen, lost
        Events or answers so far, and those known to be missed.
    """

    up: bool | None = None
    why: str = ""
    seen: int = 0
    lost: int = 0


@dataclass(slots=True)
class Space:
    """A network namespace: ways to ask about it, and what the last looks showed.

    Attributes
    ----------
    name
        Empty for that of the agent.
    before
        Where it listened at the look before the last: an end may belong to a listener that has just closed.
    late
        Datagram sockets that connected and ended between two looks: looking up a name does so too, so they wait for
        the next look.
    once
        Callers of a port that both kernels may give to clients: the second one from another port tells it for a
        server's.
    """

    name: str = ""
    link: Link | None = None
    ends: Destroyed | None = None
    last: Sighting | None = None
    before: frozenset[tuple[str, str, int]] = frozenset()
    late: list[End] = field(default_factory=list)
    once: dict[tuple[str, int, str], int] = field(default_factory=dict)

    def close(self) -> None:
        """Close the ways to ask."""
        for each in (self.link, self.ends):
            if each is not None:
                each.close()


MOST_ONCE = 4096
MOST_LATE = 4096


class Watch:
    """Fills a memory of flows from looks and ends.

    Attributes
    ----------
    layers
        How each way of seeing fares.
    unplaced
        Connections that ended without telling which end served.
    seconds, failure
        How long the last look took, and why it saw nothing.
    """

    def __init__(self, memory: FlowMemory, machine: Machine | None = None) -> None:
        self._machine = machine or Machine()
        self.memory = memory
        self.sight = FlowSight(self._machine)
        self.layers = {"sock_diag": Layer(), "destroyed": Layer()}
        self.unplaced = 0
        self.looks = 0
        self.began: int | None = None
        self.seconds = 0.0
        self.failure: NotSeenError | None = None
        self.spaces = [Space()]
        self._tried: set[int] = set()
        self._open_own()

    def close(self) -> None:
        """Close the ways to ask the kernel."""
        for each in self.spaces:
            each.close()

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Return what listens on this host, as of the last look."""
        return self.spaces[0].last.listeners if self.spaces[0].last is not None else ()

    @property
    def watched(self) -> FlowWatch | None:
        """Return since when flows are watched; how often is only known of what this process saw begin."""
        if self.began is None:
            return None
        since = min((record.first for _, record in self.memory.items()), default=self.began)
        moment = dt.datetime.fromtimestamp(min(since, self.began) / 1000, dt.UTC)
        return FlowWatch(since=moment, polls=self.looks if since >= self.began else None)

    def readers(self) -> Iterable[tuple[int, Callable[[], None]]]:
        """Yield descriptors that become readable when sockets end, and what to call then."""
        for space in self.spaces:
            if space.ends is not None:
                yield space.ends.fileno(), partial(self.hear, space)

    def poll(self, now: int) -> None:
        """Look once at everything; `now` is in milliseconds since 1970."""
        started = time.monotonic()
        self.looks += 1
        self.began = now if self.began is None else self.began
        self.sight.places.look_again()
        for space in self.spaces:
            self.hear(space, now)
        looks: list[Look] = []
        seen: list[Space] = []
        self.failure = None
        for space in self.spaces:
            try:
                looks.append(look(self._machine, self.sight.ephemeral, self.sight.places, space.link))
                seen.append(space)
            except NotSeenError as error:
                self.failure = error
        for space, sighting in zip(seen, self.sight.see(looks), strict=True):
            self._remember(space, sighting, now)
        for space in seen:
            late, space.late = space.late, []
            for end in late:
                self._datagram_ended(space, end, now)
        self._tried.clear()
        self._count(looks)
        self.memory.settle(now)
        self._machine.could_not_see.clear()
        self.seconds = time.monotonic() - started

    def hear(self, space: Space, now: int | None = None) -> None:
        """Take in the sockets that ended in a namespace."""
        if space.ends is None or space.last is None:
            return
        moment = now if now is not None else int(time.time() * 1000)
        try:
            for end in space.ends.drain():
                self._ended(space, end, moment)
        except RefusedError as error:
            self.layers["destroyed"].why = str(error)
            space.ends.close()
            space.ends = None

    def _open_own(self) -> None:
        own, layer = self.spaces[0], self.layers["destroyed"]
        try:
            own.ends = Destroyed()
            layer.up = True
        except RefusedError as error:
            layer.up, layer.why = False, str(error)

    def _remember(self, space: Space, sighting: Sighting, now: int) -> None:
        space.before = space.last.known.listening if space.last is not None else sighting.known.listening
        space.last = sighting
        for each in sighting.connections:
            self.memory.observe(key_of(each), now)

    def _ended(self, space: Space, end: End, now: int) -> None:
        row = end.row
        assert space.last is not None
        known = space.last.known
        if is_inbound(row, known.listening) or is_inbound(row, space.before):
            key = FlowKey("in", space.last.inbound(row), row.address, row.peer_address, row.port, row.protocol)
            self.memory.observe(key, now, sent=end.sent, received=end.received)
        elif row.protocol == "udp":
            if row.peer_port and len(space.late) < MOST_LATE:
                space.late.append(end)
        elif not row.peer_port:
            self.unplaced += 1
        elif not end.answered:
            self._tried.add(row.peer_port)
            self._failed(row)
        elif self._is_call(space, row):
            self._called(row, now, end)
        else:
            self.unplaced += 1

    def _is_call(self, space: Space, row: Socket) -> bool:
        """Tell whether the peer served: it is known to, or its port is none that kernels give to clients."""
        assert space.last is not None
        known = space.last.known
        if row.peer_port not in known.ephemeral or self.memory.calls(row.peer_address, row.peer_port, row.protocol):
            return True
        served_here = Socket(row.protocol, row.peer_address, row.peer_port, "", 0, "closed", 0, 0)
        if is_inbound(served_here, known.listening) or is_inbound(served_here, space.before):
            return True
        place = row.peer_address, row.peer_port, row.protocol
        first = space.once.get(place)
        if first is None and len(space.once) < MOST_ONCE:
            space.once[place] = row.port
        return first is not None and first != row.port

    def _called(self, row: Socket, now: int, end: End | None = None) -> None:
        key = FlowKey("out", "", row.address, row.peer_address, row.peer_port, row.protocol)
        self.memory.observe(key, now, sent=end.sent if end else None, received=end.received if end else None)

    def _failed(self, row: Socket) -> None:
        """Count a call that nobody answered with the flow that it would have been, if there is one."""
        key = FlowKey("out", "", row.address, row.peer_address, row.peer_port, row.protocol)
        self.memory.observe_failure(key)

    def _datagram_ended(self, space: Space, end: End, now: int) -> None:
        """Remember a connected datagram socket, unless it only asked for a route to a port called over TCP.

        The C library connects one to each address that a name has, to sort them (RFC 6724), and sends nothing.
        """
        row = end.row
        over_tcp = row.peer_port in self._tried or self.memory.calls_port(row.peer_port, "tcp")
        if row.peer_port == DNS or not over_tcp:
            if self._is_call(space, row):
                self._called(row, now)
            else:
                self.unplaced += 1

    def _count(self, looks: list[Look]) -> None:
        layer = self.layers["sock_diag"]
        answered = [each for each in looks if each.tally is not None and not each.refused]
        layer.up = bool(answered)
        layer.why = "" if answered else next((why for each in looks for why in each.refused.values()), "")
        layer.seen += sum(each.tally.messages for each in looks if each.tally is not None)
        layer.lost += sum(each.tally.torn for each in looks if each.tally is not None)
        ends = [each.ends for each in self.spaces if each.ends is not None]
        layer = self.layers["destroyed"]
        layer.seen = sum(each.seen for each in ends)
        layer.lost = sum(max(each.lost or 0, each.overflows) for each in ends)


def key_of(connection: Connection) -> FlowKey:
    """Return what a connection is remembered by."""
    return FlowKey(
        connection.direction,
        connection.service,
        connection.local_address,
        connection.peer_address,
        connection.port,
        connection.protocol,
    )
