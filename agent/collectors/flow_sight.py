"""From looks at sockets to named listeners and flows; whoever keeps it learns processes and cgroups only once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.collectors.flows.cgroups import CgroupPlaces
from agent.collectors.flows.look import Look
from agent.collectors.joining import WILDCARDS, Known, flows, is_inbound, listening_set
from agent.collectors.machine import Machine
from agent.collectors.naming import unnamed_service
from agent.collectors.processes.owners import SocketOwners
from agent.collectors.processes.proc_net import Socket, ephemeral_ports
from analyzers.model.facts import Connection, Listener

Place = tuple[str, str, int]
"""(protocol, address, port) of a listening socket."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look at one network namespace told.

    Attributes
    ----------
    listeners
        One an address and port.
    connections
        Flows, loopback included.
    known
        Where this namespace listens, and its ports for clients.
    services
        From the place of a listening socket to its service.
    rows
        The sockets of two ends, as they were looked at.
    nameless
        Whether the owner of an outgoing socket could not be told.
    """

    listeners: tuple[Listener, ...]
    connections: tuple[Connection, ...]
    known: Known
    services: Mapping[Place, str]
    rows: Sequence[Socket]
    nameless: bool = False

    def inbound(self, row: Socket) -> str:
        """Return the service that a connection came in to, empty when it is not known."""
        places = ((row.protocol, address, row.port) for address in (row.address, *WILDCARDS))
        return next((self.services[place] for place in places if place in self.services), "")


class FlowSight:
    """Names what looks show, keeping what it learnt from one look to the next."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.ephemeral = ephemeral_ports(machine)
        self.places = CgroupPlaces(machine)
        self.owners = SocketOwners(machine, (), self.places)

    def see(self, looks: Sequence[Look]) -> list[Sighting]:
        """Return what each look tells, one a network namespace, all taken at about the same time."""
        knowns = [Known(listening_set(each.listening), self.ephemeral) for each in looks]
        outgoing = [
            [row for row in each.flowing if row.state == "open" and not is_inbound(row, known.listening)]
            for each, known in zip(looks, knowns, strict=True)
        ]
        asked = [row for each in looks for row in each.listening]
        asked += [row for rows in outgoing for row in rows if not self.places.tells(row.cgroup)]
        self.owners.refresh(asked)
        now = self._machine.clock()
        return [self._sighting(*each, now) for each in zip(looks, knowns, outgoing, strict=True)]

    def _sighting(self, seen: Look, known: Known, outgoing: Sequence[Socket], now: dt.datetime) -> Sighting:
        services = _services(seen.listening, self.owners)
        bare = Sighting((), (), known, services, seen.flowing)

        def outbound(row: Socket) -> str:
            name = self.owners.name(row)
            return name.service if name is not None else ""

        return Sighting(
            _listeners(seen.listening, self.owners),
            flows(seen.flowing, known, bare.inbound, outbound, now),
            known,
            services,
            seen.flowing,
            any(self.owners.name(each) is None for each in outgoing),
        )


def _listeners(rows: Iterable[Socket], owners: SocketOwners) -> tuple[Listener, ...]:
    """Return one listener an address and port; one without a visible owner is named after its port."""
    found: dict[Place, Listener] = {}
    for row in rows:
        place = row.protocol, row.address, row.port
        if place not in found or not found[place].process:
            found[place] = _listener(row, owners)
    return tuple(found[place] for place in sorted(found, key=lambda each: (each[2], each[0], each[1])))


def _services(listeners: Iterable[Socket], owners: SocketOwners) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for row in listeners:
        name = owners.name(row)
        place = row.protocol, row.address, row.port
        if name is not None:
            found[place] = name.service
        else:
            found.setdefault(place, unnamed_service(row.protocol, row.port))
    return found


def _listener(row: Socket, owners: SocketOwners) -> Listener:
    name = owners.name(row)
    return Listener(
        address=row.address,
        port=row.port,
        protocol=row.protocol,
        service=name.service if name else unnamed_service(row.protocol, row.port),
        process=name.process if name else "",
        unit=name.unit if name else "",
        container=name.container if name else "",
        user=owners.user(row),
    )
