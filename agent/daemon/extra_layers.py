"""Ways of seeing flows that not every host allows: tracked connections, calls as they start, unix-domain peers."""

from __future__ import annotations

import time
from collections.abc import Iterable

from agent.collectors.flow_sight import FlowSight
from agent.collectors.flows.addresses import local_addresses
from agent.collectors.flows.conntrack import tracked
from agent.collectors.flows.nat import Forwarded, Nat, place
from agent.collectors.flows.netlink import Link, NonsenseError, RefusedError
from agent.collectors.flows.tracepoint import Call, Tracepoint
from agent.collectors.flows.unix_diag import local_flows, unix_sockets
from agent.collectors.joining import is_inbound
from agent.collectors.machine import Machine
from agent.collectors.processes.owners import SocketOwners
from agent.collectors.processes.proc_net import Socket
from agent.daemon.flow_memory import FlowKey, FlowMemory
from agent.daemon.spaces import Layer, Space

COSTLY_SECONDS = 0.005
SELDOM = 4
"""What costs more than that, or changes little, is asked at every fourth look."""

MOST_CALLS = 4096


class Extras:
    """Layers beside the looks at tables and the ends of sockets; each works where it may.

    Attributes
    ----------
    nat
        What translated addresses hide, as of the last time that tracked connections were read.
    forwarded
        Ways that this host forwards for others, as of then.
    unnamed
        Connections through unix-domain sockets of which an end could not be named.
    tracing
        None where calls may not be traced.
    """

    def __init__(self, machine: Machine, sight: FlowSight, memory: FlowMemory, layers: dict[str, Layer]) -> None:
        self._sight, self._memory, self._layers = sight, memory, layers
        self._unix_owners = SocketOwners(machine, (), sight.places)
        self._machine = machine
        self._own = local_addresses(machine)
        self._looks = 0
        self._cost = 0.0
        self._calls: dict[tuple[str, int], list[str]] = {}
        self.nat = Nat()
        self.forwarded = self.unnamed = 0
        self.tracing: Tracepoint | None = None

    def open(self) -> None:
        """Trace calls, where that is allowed."""
        layers = self._layers
        try:
            self.tracing = Tracepoint()
            layers["tracepoint"].up = True
        except RefusedError as error:
            layers["tracepoint"].up, layers["tracepoint"].why = False, str(error)

    def close(self) -> None:
        """Leave no trace behind."""
        if self.tracing is not None:
            self.tracing.close()
            self.tracing = None

    def track(self) -> None:
        """Read the tracked connections, seldom when they are many."""
        self._looks += 1
        if self._looks % SELDOM == 1:
            self._own = local_addresses(self._machine)
        if self._cost > COSTLY_SECONDS and self._looks % SELDOM:
            return
        layer, started = self._layers["conntrack"], time.process_time()
        try:
            found = list(tracked())
        except (RefusedError, NonsenseError) as error:
            layer.up, layer.why = False, str(error)
            self.nat = Nat()
            return
        layer.up, layer.why = True, ""
        layer.seen += len(found)
        self.nat = Nat(found)
        self._cost = time.process_time() - started

    def remember(self, spaces: Iterable[Space], now: int) -> None:
        """Remember what only these layers show; the looks have been taken in before."""
        seen = [each for each in spaces if each.last is not None]
        if self.nat.ways and seen:
            self._remember_tracked(seen, now)
        if self._looks % SELDOM == 1:
            self._remember_unix(now)

    def trace(self, space: Space) -> None:
        """Take in the calls that were traced."""
        if self.tracing is None or space.last is None:
            return
        now = int(time.time() * 1000)
        for call in self.tracing.drain():
            self._called(call, now)
        layer = self._layers["tracepoint"]
        layer.seen, layer.lost = self.tracing.seen, self.tracing.lost

    def _called(self, call: Call, now: int) -> None:
        peer = call.peer_address, call.peer_port
        if call.step == "started":
            waiting = self._calls.get(peer, [])
            if len(self._calls) < MOST_CALLS and len(waiting) < MOST_CALLS:
                self._calls[peer] = [*waiting, self._sight.owners.process(call.pid, call.comm)]
            return
        waiting = self._calls.pop(peer, [])
        if len(waiting) > 1:
            self._calls[peer] = waiting[1:]
        # Two services that call the same place at the same moment cannot be told apart here.
        service = waiting[0] if len(set(waiting)) == 1 else ""
        if call.address not in self._own:
            return
        key = FlowKey("out", service, call.address, call.peer_address, call.peer_port, "tcp")
        if call.step == "failed":
            self._memory.observe_failure(key)
        else:
            self._memory.observe(key, now)

    def _remember_tracked(self, spaces: list[Space], now: int) -> None:
        here = spaces[0].last
        assert here is not None
        elsewhere = {row.address for each in spaces[1:] if each.last is not None for row in each.last.rows}
        self.forwarded = 0
        for way in self.nat.ways:
            nat = "" if way.asked == way.server else place(way.asked, way.asked_port)
            if way.caller in self._own:
                self._memory.observe(FlowKey("out", "", way.seen_as, way.server, way.port, way.protocol, nat), now)
            if way.server in self._own:
                row = Socket(way.protocol, way.server, way.port, way.caller, 0, "open", 0, 0)
                if is_inbound(row, here.known.listening):
                    self._served(here.inbound(row), way, now)
            elif not {way.caller, way.server} & (self._own | elsewhere):
                self.forwarded += not self._of_container(way, now)

    def _of_container(self, way: Forwarded, now: int) -> bool:
        """Remember what a container does whose namespace could not be entered; tell whether it is one."""
        caller, server = (self._sight.owners.at_address(each) for each in (way.caller, way.server))
        if caller:
            key = FlowKey("out", caller, way.seen_as, way.server, way.port, way.protocol, way.caller)
            self._memory.observe(key, now)
        if server:
            self._served(server, way, now)
        return bool(caller or server)

    def _served(self, service: str, way: Forwarded, now: int) -> None:
        inside = "" if (way.asked, way.asked_port) == (way.server, way.port) else place(way.server, way.port)
        key = FlowKey("in", service, way.asked, way.caller, way.asked_port, way.protocol, inside)
        self._memory.observe(key, now)

    def _remember_unix(self, now: int) -> None:
        layer = self._layers["unix"]
        try:
            with Link() as link:
                found = local_flows(unix_sockets(link))
        except (RefusedError, NonsenseError) as error:
            layer.up, layer.why = False, str(error)
            return
        layer.up, layer.why = True, ""
        self._unix_owners.refresh_inodes({inode for each in found.flows for inode in each[1:]})
        self.unnamed = found.unplaced
        seen = set()
        for each in found.flows:
            caller, listener = self._unix_owners.holder(each.caller), self._unix_owners.holder(each.listener)
            if caller is None or listener is None:
                self.unnamed += 1
            elif caller.service != listener.service:
                seen.add(FlowKey("out", caller.service, "", each.path, 0, "unix", "", listener.service))
        layer.seen += len(found.flows)
        for key in seen:
            self._memory.observe(key, now)
