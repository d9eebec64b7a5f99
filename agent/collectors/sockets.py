"""What listens on this host, and with whom it speaks right now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.collectors.flow_sight import FlowSight, Sighting
from agent.collectors.flows.cgroups import MOST_FOLDERS
from agent.collectors.flows.look import look
from agent.collectors.grants import SEE_PROCESSES
from agent.collectors.joining import Known, unattributed
from agent.collectors.machine import Collector, Machine
from agent.collectors.processes.proc_net import Socket
from analyzers.model.facts import Connection, Listener


def collect_flows(machine: Machine) -> dict[str, tuple[Listener, ...] | tuple[Connection, ...]]:
    """Return listeners and connections, from one look at the sockets.

    Raises
    ------
    NotSeenError
        When the host shows no table of sockets.
    """
    sight = FlowSight(machine)
    seen = look(machine, sight.ephemeral, sight.places)
    (sighting,) = sight.see([seen])
    if seen.tally is not None:
        machine.source = f"{seen.source}, {OWNERS}, /sys/fs/cgroup"
    elif machine.live:
        machine.source = f"{seen.source}, {OWNERS}"
    tell_missed(machine, sight, sighting)
    _count_closed(machine, seen.flowing, sighting.known, sighting.connections)
    return {"listeners": sighting.listeners, "connections": sighting.connections}


def tell_missed(machine: Machine, sight: FlowSight, sighting: Sighting) -> None:
    """Record what could not be seen of the owners of sockets."""
    if sight.places.cut:
        machine.missed(f"cgroups beyond the first {MOST_FOLDERS}", "budget_exhausted")
    restricted = sight.owners.restricted
    if restricted and sighting.nameless:
        machine.missed("owners of outbound connections", "no_permission", SEE_PROCESSES)
    for each in sighting.listeners:
        if each.process or each.unit or each.container:
            continue
        what = f"owner of {each.protocol}/{each.port}"
        if restricted:
            machine.missed(what, "no_permission", SEE_PROCESSES)
        else:
            machine.missed(f"{what}: the kernel, or a process outside this view", "unreadable")


def _count_closed(machine: Machine, rows: Sequence[Socket], known: Known, found: Iterable[Connection]) -> None:
    """Count what closed connections no longer tell: the kernel keeps their addresses, not their owners.

    No right would show it, so that it stands in the source of the run and not among its blind spots.
    """
    nameless, unplaced = unattributed(rows, known.listening, found)
    if nameless:
        machine.source += f"; services behind closed connections not known: {nameless}"
    if unplaced:
        machine.source += f"; closed connections of which neither end is known to have served: {unplaced}"


OWNERS = "/proc/PID/{fd,cgroup,cmdline}"

COLLECTOR = Collector(
    name="flows",
    block="listeners",
    also=("connections",),
    source=f"/proc/net/{{tcp,udp}}{{,6}}, {OWNERS}",
    collect=collect_flows,
    pace="interval",
)
