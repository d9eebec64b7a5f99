"""Looks at the sockets of this host, again and again, and hears of those that end in between."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable
from functools import partial

from agent.collectors.flow_sight import FlowSight, Sighting
from agent.collectors.flows.destroyed import Destroyed, End
from agent.collectors.flows.look import Look, look
from agent.collectors.flows.nat import Nat
from agent.collectors.flows.netlink import RefusedError
from agent.collectors.joining import is_inbound
from agent.collectors.machine import Machine, NotSeenError
from agent.collectors.processes.proc_net import Socket
from agent.daemon.extra_layers import Extras
from agent.daemon.flow_memory import FlowKey, FlowMemory
from agent.daemon.spaces import LAYERS, Layer, Space, refresh_spaces
from analyzers.model.facts import Connection, FlowWatch, Listener

DNS = 53
"""The one port to which a datagram socket that only connected most likely asked something."""


MOST_ONCE = 4096
MOST_LATE = 4096

JUMP_SECONDS = 3600.0
STEADY_SECONDS = 86_400.0
"""A clock that jumped further than that forgets no flow for a day: most are put right or their flows seen by then."""


class Watch:
    """Fills a memory of flows from looks and ends.

    Attributes
    ----------
    layers
        How each way of seeing fares.
    unplaced
        Connections that ended without telling which end served.
    looked
        It has looked once since it was made.
    seconds, failure
        How long the last look took, and why it saw nothing.
    """

    def __init__(self, memory: FlowMemory, machine: Machine | None = None) -> None:
        self._machine = machine or Machine()
        self.memory = memory
        self.sight = FlowSight(self._machine)
        self.layers = {name: Layer() for name in LAYERS}
        self.extras = Extras(self._machine, self.sight, memory, self.layers)
        self.unplaced = 0
        self.seconds = 0.0
        self.failure: NotSeenError | None = None
        self.spaces = [Space()]
        self._tried: set[int] = set()
        self._polled = 0, 0.0
        self._steady_from = time.monotonic() + STEADY_SECONDS
        self.looked = False

    def close(self) -> None:
        """Close the ways to ask the kernel."""
        for each in self.spaces:
            each.close()
        self.extras.close()

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Return what listens on this host, as of the last look."""
        return self.spaces[0].last.listeners if self.spaces[0].last is not None else ()

    @property
    def watched(self) -> FlowWatch | None:
        """Return since when flows are watched, and from how many looks; None before the first.

        A flow that is older than the first counted look comes from a state that counted none.
        """
        if not self.memory.looks:
            return None
        oldest = min((record.first for _, record in self.memory.items()), default=self.memory.since)
        since = dt.datetime.fromtimestamp(min(oldest, self.memory.since) / 1000, dt.UTC)
        return FlowWatch(since=since, polls=self.memory.looks if oldest >= self.memory.since else None)

    def readers(self) -> Iterable[tuple[int, Callable[[], None]]]:
        """Yield descriptors that become readable when sockets end, and what to call then."""
        own = self.spaces[0]
        if own.ends is not None:
            yield own.ends.fileno(), partial(self.hear, own)
        if self.extras.tracing is not None:
            yield self.extras.tracing.fileno(), partial(self.extras.trace, own)

    def poll(self, now: int) -> None:
        """Look once at everything; `now` is in milliseconds since 1970."""
        started = time.monotonic()
        if not self.looked:
            self.looked = True
            self._open_own()
            self.extras.open()
        self.memory.looks += 1
        self.memory.since = self.memory.since or now
        self.sight.places.look_again()
        refresh_spaces(self._machine, self.spaces, self.layers["namespaces"])
        self.extras.trace(self.spaces[0])
        for space in self.spaces:
            self.hear(space, now)
        looks: list[Look] = []
        seen: list[Space] = []
        self.failure = None
        for space in self.spaces:
            try:
                looks.append(look(space.machine or self._machine, self.sight.ephemeral, self.sight.places, space.link))
                seen.append(space)
            except NotSeenError as error:
                self.failure = error
        self.extras.track()
        for space, sighting in zip(seen, self.sight.see(looks), strict=True):
            self._remember(space, sighting, now)
        self.extras.remember(seen, now)
        for space in seen:
            late, space.late = space.late, []
            for end in late:
                self._datagram_ended(space, end, now)
        self._tried.clear()
        self._count(looks)
        self.memory.settle(now, forget=self._steady(now, started))
        self._machine.could_not_see.clear()
        self.seconds = time.monotonic() - started

    def _steady(self, now: int, monotonic: float) -> bool:
        """Tell whether the clock went as time did for a day: one that jumps makes flows look old that are not."""
        before, then = self._polled
        self._polled = now, monotonic
        if before and abs((now - before) / 1000 - (monotonic - then)) > JUMP_SECONDS:
            self._steady_from = monotonic + STEADY_SECONDS
        return monotonic >= self._steady_from

    def hear_elsewhere(self) -> None:
        """Take in the sockets that ended in other namespaces than the agent's."""
        for space in self.spaces[1:]:
            self.hear(space)

    def hear(self, space: Space, now: int | None = None) -> None:
        """Take in the sockets that ended in a namespace."""
        if space.ends is None or space.last is None:
            return
        moment = now if now is not None else int(time.time() * 1000)
        try:
            for end in space.ends.drain():
                self._ended(space, end, moment)
        except RefusedError as error:
            # It stays open: a loop waits on its descriptor, and a kernel short of memory gives some again.
            self.layers["destroyed"].why = str(error)

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
            for key in keys_of(each, self.extras.nat):
                self.memory.observe(key, now)

    def _ended(self, space: Space, end: End, now: int) -> None:
        row = end.row
        assert space.last is not None
        known = space.last.known
        if is_inbound(row, known.listening) or is_inbound(row, space.before):
            for meant in self.extras.nat.serves(row.protocol, row.address, row.peer_address, row.port):
                key = FlowKey("in", space.last.inbound(row), *meant[:3], row.protocol, meant.nat)
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
        for meant in self.extras.nat.calls(row.protocol, row.address, row.peer_address, row.peer_port):
            key = FlowKey("out", "", *meant[:3], row.protocol, meant.nat)
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


def keys_of(each: Connection, nat: Nat) -> Iterable[FlowKey]:
    """Yield what a connection is remembered by: several when one translated address stands for several servers."""
    of = nat.serves if each.direction == "in" else nat.calls
    for meant in of(each.protocol, each.local_address, each.peer_address, each.port):
        yield FlowKey(
            each.direction,
            each.service,
            meant.local_address,
            meant.peer_address,
            meant.port,
            each.protocol,
            meant.nat,
        )
