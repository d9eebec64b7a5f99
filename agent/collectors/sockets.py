"""What listens on this host, and with whom it speaks right now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from agent.collectors.flows.cgroups import MOST_FOLDERS, CgroupPlaces
from agent.collectors.flows.look import look
from agent.collectors.grants import SEE_PROCESSES
from agent.collectors.joining import WILDCARDS, Known, flows, is_inbound, listening_set, unattributed
from agent.collectors.machine import Collector, Machine
from agent.collectors.naming import unnamed_service
from agent.collectors.processes.owners import SocketOwners
from agent.collectors.processes.proc_net import Socket, ephemeral_ports
from analyzers.model.facts import Connection, Listener

Place = tuple[str, str, int]
"""(protocol, address, port) of a listening socket."""


def collect_flows(machine: Machine) -> dict[str, tuple[Listener, ...] | tuple[Connection, ...]]:
    """Return listeners and connections, from one look at the sockets.

    Raises
    ------
    NotSeenError
        When the host shows no table of sockets.
    """
    ephemeral = ephemeral_ports(machine)
    places = CgroupPlaces(machine)
    seen = look(machine, ephemeral, places)
    known = Known(listening_set(seen.listening), ephemeral)
    outgoing = [each for each in seen.flowing if each.state == "open" and not is_inbound(each, known.listening)]
    unnamed = (each for each in outgoing if not places.tells(each.cgroup))
    owners = SocketOwners(machine, [*seen.listening, *unnamed], places)
    if places.cut:
        machine.missed(f"cgroups beyond the first {MOST_FOLDERS}", "budget_exhausted")
    if seen.tally is not None:
        machine.source = f"{seen.source}, {_OWNERS}, /sys/fs/cgroup"
    elif machine.live:
        machine.source = f"{seen.source}, {_OWNERS}"
    if owners.restricted and any(owners.name(each) is None for each in outgoing):
        machine.missed("owners of outbound connections", "no_permission", SEE_PROCESSES)
    listeners = _listeners(machine, seen.listening, owners)
    connections = _connections(seen.flowing, known, _services(seen.listening, owners), owners, machine.clock())
    _count_closed(machine, seen.flowing, known, connections)
    return {"listeners": listeners, "connections": connections}


def _listeners(machine: Machine, rows: Iterable[Socket], owners: SocketOwners) -> tuple[Listener, ...]:
    """Return one listener an address and port; one without a visible owner is named after its port and missed."""
    found: dict[Place, Listener] = {}
    for row in rows:
        place = row.protocol, row.address, row.port
        if place not in found or not found[place].process:
            found[place] = _listener(row, owners)
    for listener in found.values():
        if not (listener.process or listener.unit or listener.container):
            _miss_owner(machine, f"{listener.protocol}/{listener.port}", owners)
    return tuple(found[place] for place in sorted(found, key=lambda each: (each[2], each[0], each[1])))


def _connections(
    rows: Iterable[Socket], known: Known, services: Mapping[Place, str], owners: SocketOwners, now: dt.datetime
) -> tuple[Connection, ...]:
    """Return current flows, loopback included. What came in belongs to the listener, whichever process accepted it."""

    def inbound(row: Socket) -> str:
        places = ((row.protocol, address, row.port) for address in (row.address, *WILDCARDS))
        return next((services[place] for place in places if place in services), "")

    def outbound(row: Socket) -> str:
        name = owners.name(row)
        return name.service if name is not None else ""

    return flows(rows, known, inbound, outbound, now)


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


def _miss_owner(machine: Machine, what: str, owners: SocketOwners) -> None:
    if owners.restricted:
        machine.missed(f"owner of {what}", "no_permission", SEE_PROCESSES)
    else:
        machine.missed(f"owner of {what}: the kernel, or a process outside this view", "unreadable")


def _count_closed(machine: Machine, rows: Sequence[Socket], known: Known, found: Iterable[Connection]) -> None:
    """Count what closed connections no longer tell: the kernel keeps their addresses, not their owners.

    No right would show it, so that it stands in the source of the run and not among its blind spots.
    """
    nameless, unplaced = unattributed(rows, known.listening, found)
    if nameless:
        machine.source += f"; services behind closed connections not known: {nameless}"
    if unplaced:
        machine.source += f"; closed connections of which neither end is known to have served: {unplaced}"


_OWNERS = "/proc/PID/{fd,cgroup,cmdline}"

COLLECTOR = Collector(
    name="flows",
    block="listeners",
    also=("connections",),
    source=f"/proc/net/{{tcp,udp}}{{,6}}, {_OWNERS}",
    collect=collect_flows,
    pace="interval",
)
