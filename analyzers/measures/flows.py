"""Who speaks to whom: the connections of every read host, each flow once, both ends named.

A flow that two hosts saw is one flow. An end is a service where the sockets tell it, else the program that called, the
host that nobody read there, the provider whose range it is, or an address that nobody knows.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from analyzers.measures.directory import Directory, parse
from analyzers.measures.sockets import Sockets
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.facts import Connection

CLIENT_PREFIX = {4: 24, 6: 64}
"""Unknown clients of one network count as one end."""

PUBLIC = "public"
"""Name of the end that stands for all unknown clients of a service that is declared public."""


Kind: TypeAlias = Literal["service", "program", "host", "provider", "endpoint"]


class Node(NamedTuple):
    """One end of a dependency.

    Attributes
    ----------
    kind
        "service": in the catalogue, or it listens; "program": it only calls; "host": a known host on which the service
        is not known; "provider": a range or a domain of a provider; "endpoint": an address that nobody knows.
    name
        Unique within its kind: ``boutique``, ``db1``, ``InfoServ``, ``203.0.113.9:443``, ``192.168.4.0/24``.
    """

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a flow starts or ends; `host` is empty when it is none of ours, `service` when it is not known."""

    node: Node
    host: str = ""
    service: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What one service was seen sending another, whatever the number of connections.

    Attributes
    ----------
    port, protocol
        Of the destination.
    observations
        How often the end that saw it best did.
    seen_from
        (host, number of times it looked, None when not known) for each host that saw it.
    """

    source: End
    destination: End
    port: int
    protocol: Literal["tcp", "udp", "unix"]
    first_seen: datetime
    last_seen: datetime
    observations: int
    seen_from: tuple[tuple[str, int | None], ...]


def flows(estate: Estate) -> tuple[Flow, ...]:
    """Return every flow that the read hosts saw, sorted by its ends; computed once for an estate.

    Left out: multicast, and what has no address. A flow whose caller is not known counts for the one service of the
    same host that was seen calling the same way; with several, it says nothing new.
    """
    return estate.once(_flows)


def _flows(estate: Estate) -> tuple[Flow, ...]:
    resolver = _Resolver(estate)
    found: dict[_Key, Flow] = {}
    for host in estate.read_hosts:
        assert host.facts is not None
        for connection in host.facts.connections or ():
            flow = resolver.flow(host, connection)
            if flow is not None:
                key = _key(flow)
                found[key] = _united(found[key], flow) if key in found else flow
    return tuple(sorted(_named(found), key=_order))


_Key = tuple[Node, Node, str, str, int, str, str]
_Way = tuple[str, Node, str, int, str]


def _named(found: Mapping[_Key, Flow]) -> Iterable[Flow]:
    """Yield flows, those without a caller folded into those of the same way that have one."""
    callers: dict[_Way, list[Flow]] = {}
    for each in found.values():
        if each.source.service:
            callers.setdefault(_way(each), []).append(each)
    nameless = {_way(each): each for each in found.values() if not each.source.service}
    for each in found.values():
        way = _way(each)
        if not each.source.service:
            if way not in callers:
                yield each
        elif way in nameless and len(callers[way]) == 1:
            yield _united(each, nameless[way])
        else:
            yield each


def _way(flow: Flow) -> _Way:
    return flow.source.host or flow.source.node.name, flow.destination.node, flow.destination.host, *_served(flow)


def _served(flow: Flow) -> tuple[int, str]:
    return flow.port, flow.protocol


def _key(flow: Flow) -> _Key:
    """Return what tells a flow from others; addresses of a known host do not."""
    source, destination = flow.source, flow.destination
    return source.node, destination.node, source.host, destination.host, *_served(flow), _place(flow)


def _place(flow: Flow) -> str:
    """Return the addresses of a flow's ends that are no host of ours: several of a provider are several flows."""
    return " ".join("" if each.host else each.address for each in (flow.source, flow.destination))


def _order(flow: Flow) -> _Key:
    return _key(flow)


def _united(one: Flow, other: Flow) -> Flow:
    """Return one flow of what two hosts, or two addresses of one, say of it."""
    return replace(
        one,
        first_seen=min(one.first_seen, other.first_seen),
        last_seen=max(one.last_seen, other.last_seen),
        observations=max(one.observations, other.observations),
        seen_from=tuple(sorted({*one.seen_from, *other.seen_from})),
    )


class _Resolver:
    """Names the ends of connections in one estate."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.directory = Directory(estate)
        self.sockets = Sockets(estate)
        self.read = {each.name: each.facts for each in estate.read_hosts if each.facts is not None}
        self.callers: dict[tuple[str, str], str] = {}

    def flow(self, host: EstateHost, connection: Connection) -> Flow | None:
        """Return the flow that a connection shows, None when it shows none."""
        assert host.facts is not None
        peer = parse(connection.peer_address)
        if peer is not None and (peer.is_multicast or peer.is_unspecified):
            return None
        if connection.protocol == "unix":
            if connection.direction == "in":
                return None
            source, destination = self._client(host, connection), self._own(host, connection.peer_address, connection)
        elif connection.direction == "out":
            source, destination = self._client(host, connection), self._server(host, connection)
        else:
            destination = self._own(host, connection.local_address, connection)
            source = self._caller(host, connection, destination)
        if connection.protocol == "udp" and self._nobody(destination):
            return None
        watch = host.facts.flow_watch
        return Flow(
            source=source,
            destination=destination,
            port=connection.port,
            protocol=connection.protocol,
            first_seen=connection.first_seen,
            last_seen=connection.last_seen,
            observations=connection.observations,
            seen_from=((host.name, watch.polls if watch is not None else None),),
        )

    def _nobody(self, end: End) -> bool:
        """Tell whether a read host has no socket there: nothing was served.

        A resolver connects a UDP socket to each address of a name, with the port of the service to come, only to sort
        them (RFC 6724): nothing is sent, and the kernel shows an end of a flow all the same.
        """
        if end.service or end.host not in self.read:
            return False
        return self.read[end.host].listeners is not None

    def _client(self, host: EstateHost, connection: Connection) -> End:
        """Return the end of a host that called."""
        if not connection.service:
            return End(node=Node("host", host.name), host=host.name, address=connection.local_address)
        known = host.name, connection.service
        if known not in self.callers:
            self.callers[known] = self.sockets.caller(host, connection.service)
        name = self.callers[known]
        kind: Kind = "service" if self.estate.service_named(name) is not None else "program"
        return End(node=Node(kind, name), host=host.name, service=name, address=connection.local_address)

    def _own(self, host: EstateHost, address: str, connection: Connection) -> End:
        """Return the end of a read host that was called."""
        name = self.sockets.server(host.name, address, connection.port, connection.protocol)
        if not name and connection.direction == "in" and connection.service:
            name = self.sockets.caller(host, connection.service)
        return self._at(host.name, name, address)

    def _at(self, host: str, name: str, address: str) -> End:
        node = Node("service", name) if name else Node("host", host)
        return End(node=node, host=host, service=name, address=address)

    def _server(self, host: EstateHost, connection: Connection) -> End:
        """Return the other end of a call."""
        peer, port, protocol = connection.peer_address, connection.port, connection.protocol
        place = self.sockets.place(host.name, peer)
        if place:
            return self._at(place, self.sockets.server(place, peer, port, protocol), peer)
        shared = self.sockets.shared(peer, port, protocol)
        if shared:
            return End(node=Node("service", shared), service=shared, address=peer)
        return self._claimed(peer) or End(node=Node("endpoint", endpoint(peer, port)), address=peer)

    def _caller(self, host: EstateHost, connection: Connection, destination: End) -> End:
        """Return who called a service of ours."""
        peer = connection.peer_address
        place = self.sockets.place(host.name, peer)
        if place:
            return End(node=Node("host", place), host=place, address=peer)
        claimed = self._claimed(peer)
        if claimed is not None:
            return claimed
        service = self.estate.service_named(destination.service)
        if service is not None and service.declared is not None and service.declared.public:
            return End(node=Node("endpoint", PUBLIC), address=network(peer))
        return End(node=Node("endpoint", network(peer)), address=network(peer))

    def _claimed(self, peer: str) -> End | None:
        who = self.directory.who(peer)
        if who is None:
            return None
        if who.kind == "host":
            return End(node=Node("host", who.name), host=who.name, address=peer)
        service = who.name if who.kind == "service" else ""
        return End(node=Node(who.kind, who.name), service=service, address=peer)


def endpoint(address: str, port: int) -> str:
    """Return ``address:port`` as people write it."""
    parsed = parse(address)
    shown = str(parsed) if parsed is not None else address
    return f"[{shown}]:{port}" if ":" in shown else f"{shown}:{port}"


def network(address: str) -> str:
    """Return the network that an unknown client counts for."""
    parsed = parse(address)
    if parsed is None:
        return address
    return str(ipaddress.ip_network((parsed, CLIENT_PREFIX[parsed.version]), strict=False))
