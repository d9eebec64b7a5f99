"""Who holds a socket, by name: the meeting of sockets, processes, containers and units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from agent.collectors.flows.cgroups import CgroupPlaces
from agent.collectors.machine import Machine
from agent.collectors.naming import ServiceName, name_place, name_process, unit_service
from agent.collectors.passwd import local_accounts
from agent.collectors.processes.containers import Containers
from agent.collectors.processes.proc_net import Socket, plain_address
from agent.collectors.processes.reader import owners_of, read_process
from agent.collectors.systemd import booted

_LISTEN_COLUMN = re.compile(r"\[?(?P<address>[^\]]*?)\]?:(?P<port>\d+)")


class SocketOwners:
    """Names of the holders of a set of sockets; each process is read once.

    Parameters
    ----------
    rows
        The sockets whose processes are wanted; others are named by their cgroup alone.
    places
        What cgroups say.
    """

    def __init__(self, machine: Machine, rows: Iterable[Socket], places: CgroupPlaces | None = None) -> None:
        self._machine = machine
        self._places = places or CgroupPlaces(machine)
        found = owners_of(machine, {each.inode for each in rows if each.inode})
        self._pids = found.pids
        accounts = local_accounts(machine)
        self._users = {each.uid: each.name for each in accounts}
        self._containers = Containers(machine, {each.uid: each.home for each in accounts})
        self._names: dict[int, tuple[ServiceName, int | None] | None] = {}
        self._socket_units: Mapping[tuple[str, int], str] | None = None
        self.restricted = bool(found.refused) or not machine.exists("/proc/1")
        """Some processes hide what they hold from this account."""

    def name(self, row: Socket) -> ServiceName | None:
        """Return the service that a socket belongs to, None when nobody may say.

        What systemd holds, or what nobody is seen holding, may be a socket that it opened for a service. Where the
        process may not be seen, the cgroup in which the socket was opened still names the unit or the container.
        """
        pid = self._pids.get(row.inode)
        known = self._process(pid) if pid is not None else None
        if known is not None and pid != 1:
            return known[0]
        activated = self._activated(row) if row.state == "listening" else ""
        if activated:
            return ServiceName(service=unit_service(activated), unit=activated)
        by_cgroup = name_place(self._places.place(row.cgroup), self._containers.name) if row.cgroup else None
        return by_cgroup or (known[0] if known is not None else None)

    def user(self, row: Socket) -> str:
        """Return the account of the process that holds a socket, else the one that opened it."""
        pid = self._pids.get(row.inode)
        known = self._process(pid) if pid is not None else None
        uid = known[1] if known is not None and known[1] is not None else row.uid
        return self._users.get(uid, str(uid))

    def _process(self, pid: int) -> tuple[ServiceName, int | None] | None:
        if pid not in self._names:
            process = read_process(self._machine, pid)
            if process is None:
                self._names[pid] = None
            else:
                name = name_process(process, self._containers.name)
                proxied = self._containers.at_address(_after("-container-ip", process.argv))
                if name.process == "docker-proxy" and proxied:
                    name = ServiceName(service=proxied, container=proxied, process=name.process)
                self._names[pid] = name, process.uid
        return self._names[pid]

    def _activated(self, row: Socket) -> str:
        """Return the unit that systemd starts for a socket, empty when it knows nothing of it."""
        if self._socket_units is None:
            asked = ["systemctl", "list-sockets", "--all", "--no-legend", "--full"]
            text = self._machine.run(asked) if booted(self._machine) else None
            self._socket_units = parse_sockets(text or "")
        wildcards = ("", "*", "0.0.0.0", "::")  # noqa: S104 - compared with, never bound
        places = ((address, row.port) for address in (row.address, *wildcards))
        return next((self._socket_units[place] for place in places if place in self._socket_units), "")


def parse_sockets(text: str) -> dict[tuple[str, int], str]:
    """Return the unit that each address and port starts, from ``systemctl list-sockets --no-legend``."""
    found = {}
    for line in text.splitlines():
        words = line.split()
        match = _LISTEN_COLUMN.fullmatch(words[0]) if len(words) >= 3 else None  # noqa: PLR2004 - listen, unit, activates
        if match is not None:
            found[plain_address(match["address"]), int(match["port"])] = words[2]
    return found


def _after(option: str, argv: tuple[str, ...]) -> str:
    return argv[argv.index(option) + 1] if option in argv[:-1] else ""
