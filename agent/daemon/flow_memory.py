"""What an agent remembers of flows: first seen, last seen, how often; bounded, and counting what it left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

MOST_FLOWS = 8192
"""Some 4 MB. Each direction may fill half: the many clients of a public server do not push out what it depends on."""

KEPT_MILLISECONDS = 28 * 86_400_000
"""A flow that was not seen for as long as history is kept is forgotten."""


class FlowKey(NamedTuple):
    """What makes two sightings one flow; ports of clients are no part of it."""

    direction: str
    service: str
    local_address: str
    peer_address: str
    port: int
    protocol: str
    nat: str = ""
    peer_service: str = ""


class Record:
    """Times in milliseconds since 1970; bytes are known where connections were seen to end."""

    __slots__ = ("failed", "first", "last", "received", "seen", "sent")

    def __init__(self, now: int) -> None:
        self.first = self.last = now
        self.seen = self.failed = 0
        self.sent: int | None = None
        self.received: int | None = None

    def add(self, *, sent: int | None, received: int | None) -> None:
        """Count bytes of a connection that ended."""
        if sent is not None:
            self.sent = (self.sent or 0) + sent
        if received is not None:
            self.received = (self.received or 0) + received

    def absorb(self, other: Record) -> None:
        """Take over what is known of the same flow under another name."""
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.seen += other.seen
        self.failed += other.failed
        self.add(sent=other.sent, received=other.received)


Peer = tuple[str, int, str]
"""(address, port, protocol) of what is called."""


class FlowMemory:
    """Flows by key, in the order in which they were first seen.

    Attributes
    ----------
    since, looks
        Since when it is filled, in milliseconds since 1970, and from how many looks.
    dropped
        How many sightings found no room, and how many flows were forgotten with age, by reason.
    """

    def __init__(self, most: int = MOST_FLOWS, kept: int = KEPT_MILLISECONDS) -> None:
        self._most, self._kept = most, kept
        self._flows: dict[FlowKey, Record] = {}
        self._count = {"in": 0, "out": 0}
        self._speakers: dict[Peer, dict[str, int]] = {}
        self._ports: dict[tuple[int, str], int] = {}
        self.dropped = {"memory_full": 0, "forgotten": 0}
        self.since = 0
        self.looks = 0
        self.changes = 0
        """Grows with each sighting: what was made from the flows before is out of date."""

    def __len__(self) -> int:
        return len(self._flows)

    def observe(self, key: FlowKey, now: int, *, sent: int | None = None, received: int | None = None) -> None:
        """Count one sighting of a flow, and the bytes of a connection that ended."""
        self.changes += 1
        record = self._flows.get(key)
        if record is None and not key.service and key.direction == "out":
            key = self._attributed(key)
            record = self._flows.get(key)
        if record is None:
            record = self._made(key, now)
            if record is None:
                self.dropped["memory_full"] += 1
                return
        record.first = min(record.first, now)
        record.last = now
        record.seen += 1
        record.add(sent=sent, received=received)

    def observe_failure(self, key: FlowKey) -> None:
        """Count a call that nobody answered; it makes no flow that was not known: nothing flowed."""
        record = self._flows.get(self._attributed(key))
        if record is not None:
            self.changes += 1
            record.failed += 1

    def _attributed(self, key: FlowKey) -> FlowKey:
        speaker = "" if key.service else self.only_speaker(key.peer_address, key.port, key.protocol)
        return key._replace(service=speaker) if speaker else key

    def only_speaker(self, address: str, port: int, protocol: str) -> str:
        """Return the one service that was seen calling there, empty when none or several were."""
        services = self._speakers.get((address, port, protocol), {})
        return next(iter(services)) if len(services) == 1 else ""

    def calls(self, address: str, port: int, protocol: str) -> bool:
        """Tell whether some service of this host was seen calling there."""
        return (address, port, protocol) in self._speakers

    def calls_port(self, port: int, protocol: str) -> bool:
        """Tell whether this host was seen calling a port, wherever."""
        return self._ports.get((port, protocol), 0) > 0

    def items(self) -> Iterable[tuple[FlowKey, Record]]:
        """Return the flows."""
        return self._flows.items()

    def settle(self, now: int, *, forget: bool = True) -> None:
        """Let flows without a service join the service that turned out to be theirs; forget what is too old."""
        old = now - self._kept
        for key in [each for each, record in self._flows.items() if forget and record.last < old]:
            self._remove(key)
            self.dropped["forgotten"] += 1
        for key in [each for each in self._flows if each.direction == "out" and not each.service]:
            speaker = self.only_speaker(key.peer_address, key.port, key.protocol)
            if speaker:
                record = self._remove(key)
                named = key._replace(service=speaker)
                if named in self._flows:
                    self._flows[named].absorb(record)
                else:
                    self.restore(named, record)

    def restore(self, key: FlowKey, record: Record) -> None:
        """Put back a flow as it was saved; what finds no room is dropped."""
        made = self._made(key, record.first)
        if made is None:
            self.dropped["memory_full"] += 1
        else:
            self._flows[key] = record

    def _made(self, key: FlowKey, now: int) -> Record | None:
        direction = key.direction
        if self._count[direction] >= self._most // 2:
            return None
        self._count[direction] += 1
        if direction == "out":
            port = key.port, key.protocol
            self._ports[port] = self._ports.get(port, 0) + 1
        if direction == "out" and key.service:
            peer = key.peer_address, key.port, key.protocol
            services = self._speakers.setdefault(peer, {})
            services[key.service] = services.get(key.service, 0) + 1
        record = self._flows[key] = Record(now)
        return record

    def _remove(self, key: FlowKey) -> Record:
        self._count[key.direction] -= 1
        if key.direction == "out":
            self._ports[key.port, key.protocol] -= 1
        peer = key.peer_address, key.port, key.protocol
        services = self._speakers.get(peer, {})
        if key.direction == "out" and key.service in services:
            services[key.service] -= 1
            if not services[key.service]:
                del services[key.service]
            if not services:
                del self._speakers[peer]
        self.changes += 1
        return self._flows.pop(key)
