"""Remote ends of connections: who is known, who is not."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from fractions import Fraction

from analyzers.measures.directory import Directory, Identity, parse
from analyzers.measures.members import host_evidence, of_hosts, run_of, stale, statement_evidence, unseen_host
from analyzers.measures.sockets import Sockets
from analyzers.model.estate import UNDECLARED_CRITICALITY, Estate, EstateHost, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import Connection
from analyzers.model.interval import ONE, ZERO, Interval

MOST_FLOWS = 3
"""Connections shown for one remote end: enough to find it."""

PUBLIC = "public"
"""Name of the one remote end that stands for all unknown clients of a service that is declared public."""

CLIENT_PREFIX = {4: 24, 6: 64}
"""Unknown clients of one network count as one remote end."""


@dataclass(slots=True)
class _End:
    """One remote end, as connections of the read hosts show it."""

    identity: Identity | None
    weight: Fraction = ZERO
    hosts: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    evidence: list[Evidence] = field(default_factory=list)


def identified(estate: Estate) -> Population:
    """Return remote ends of connections, one an address, port and direction: 1 when somebody is known there, else 0.

    Known means a host of the estate, a declared service or a provider's range. Unknown clients are gathered by
    network; those of a service that is declared public are the public. Containers of a host are the host. A host that
    was not read is a member of its own.
    """
    directory, sockets = Directory(estate), Sockets(estate)
    ends: dict[str, _End] = {}
    for host in estate.read_hosts:
        assert host.facts is not None
        for connection in host.facts.connections or ():
            if sockets.place(host.name, connection.peer_address) == host.name:
                continue
            service = estate.service_named(sockets.caller(host, connection.service)) if connection.service else None
            _add(ends, host, connection, service, directory)
    members = [_member(name, end) for name, end in sorted(ends.items())]
    unread = [unseen_host(host, "flows") for host in estate.hosts if _unread(host)]
    return of_hosts("endpoints.identified", (*members, *unread), estate, "flows")


def _unread(host: EstateHost) -> bool:
    silent = host.facts is None or host.facts.connections is None
    return silent and run_of(host, "flows").outcome != "not_applicable"


def _add(
    ends: dict[str, _End],
    host: EstateHost,
    connection: Connection,
    service: EstateService | None,
    directory: Directory,
) -> None:
    if connection.protocol == "unix" or not _remote(connection.peer_address):
        return
    identity = directory.who(connection.peer_address)
    if identity is None and connection.direction == "in":
        identity = _public(service, directory.estate)
    end = ends.setdefault(_name(connection, identity), _End(identity))
    end.weight = max(end.weight, service.weight if service is not None else UNDECLARED_CRITICALITY)
    end.hosts.add(host.name)
    if service is not None:
        end.services.add(service.name)
    if len(end.evidence) < MOST_FLOWS:
        end.evidence.append(_flow(host, connection, service))


def _remote(text: str) -> bool:
    address = parse(text)
    return address is None or not (address.is_loopback or address.is_multicast or address.is_unspecified)


def _public(service: EstateService | None, estate: Estate) -> Identity | None:
    """Return the public, for the unknown clients of a service that is declared open to it."""
    declared = service.declared if service is not None else None
    if declared is None or not declared.public or estate.context is None:
        return None
    path = f"services[{(estate.context.services or ()).index(declared)}].public"
    said = statement_evidence(estate, path, "public", value=True, date=declared.date, author=declared.author)
    return Identity(name=PUBLIC, kind="service", evidence=(said,), stale=stale(estate, declared.date))


def _name(connection: Connection, identity: Identity | None) -> str:
    """Return ``peer:port`` for what the estate calls, ``peer -> :port`` for who calls it."""
    address = parse(connection.peer_address)
    peer = str(address) if address is not None else connection.peer_address
    if connection.direction == "out":
        return f"[{peer}]:{connection.port}" if ":" in peer else f"{peer}:{connection.port}"
    if identity is None and address is not None:
        peer = str(ipaddress.ip_network((address, CLIENT_PREFIX[address.version]), strict=False))
    elif identity is not None and identity.name == PUBLIC:
        peer = PUBLIC
    return f"{peer} -> :{connection.port}"


def _flow(host: EstateHost, connection: Connection, service: EstateService | None) -> Evidence:
    name = service.name if service is not None else connection.service
    local = f"{host.name}/{name}" if name else host.name
    served = f"{connection.port}/{connection.protocol}"
    told = f"{local} -> {connection.peer_address}:{served}"
    if connection.direction == "in":
        told = f"{local}:{served} <- {connection.peer_address}"
    return host_evidence(host, "flows", "flow", told)


def _member(name: str, end: _End) -> Member:
    old = end.identity is not None and end.identity.stale
    return Member(
        name=name,
        kind="asset",
        weight=end.weight,
        measured=None if old else Interval.point(ONE if end.identity is not None else ZERO),
        reason="stale" if old else None,
        evidence=(*end.evidence, *(end.identity.evidence if end.identity is not None else ())),
        services=tuple(sorted(end.services)),
        hosts=tuple(sorted(end.hosts)),
    )
