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
from agent.collectors.processes.reader import owners_of, read_process, started
from agent.collectors.systemd import booted

_LISTEN_COLUMN = re.compile(r"\[?(?P<address>[^\]]*?)\]?:(?P<port>\d+)")


_LOOKS_UNTIL_ACCOUNTS = 240
"""An hour of a look every 15 s: accounts and names of containers seldom change."""

_LOOKS_UNTIL_NOBODY = 20
"""A socket that no visible process holds is the kernel's or somebody's whom we may not see: ask again in 5 minutes."""


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
        self._pids: dict[int, int] = {}
        self._starts: dict[int, str] = {}
        self._nobody: dict[int, int] = {}
        self._names: dict[int, tuple[ServiceName, int | None] | None] = {}
        self._refused = 0
        self._looks = 0
        self._socket_units: Mapping[tuple[str, int], str] | None = None
        self._read_accounts()
        self.refresh(rows)

    def refresh(self, rows: Iterable[Socket]) -> None:
        """Turn to another look at the sockets: what was learnt of sockets that are still there is kept."""
        self.refresh_inodes({each.inode for each in rows if each.inode})

    def refresh_inodes(self, inodes: set[int]) -> None:
        """Do as `refresh` does, for sockets of any kind."""
        self._looks += 1
        if not self._looks % _LOOKS_UNTIL_ACCOUNTS:
            self._read_accounts()
        self._pids = {inode: pid for inode, pid in self._pids.items() if inode in inodes}
        self._nobody = {inode: look for inode, look in self._nobody.items() if inode in inodes and look > self._looks}
        unknown = inodes - self._pids.keys() - self._nobody.keys()
        if unknown:
            self._socket_units = None
            self._find(unknown)
        held = set(self._pids.values())
        self._names = {pid: name for pid, name in self._names.items() if pid in held and name is not None}
        self._starts = {pid: start for pid, start in self._starts.items() if pid in held}

    @property
    def restricted(self) -> bool:
        """Tell whether some processes hide what they hold from this account."""
        return bool(self._refused) or not self._machine.exists("/proc/1")

    def _find(self, unknown: set[int]) -> None:
        found = owners_of(self._machine, unknown)
        self._refused = found.refused
        for pid in set(found.pids.values()):
            start = started(self._machine, pid)
            if self._starts.get(pid, start) != start:
                # The number was given to another process: what the former one opened is somebody else's by now.
                self._names.pop(pid, None)
                self._pids = {inode: each for inode, each in self._pids.items() if each != pid}
            self._starts[pid] = start
        self._pids.update(found.pids)
        again = self._looks + _LOOKS_UNTIL_NOBODY
        self._nobody.update((inode, again) for inode in unknown - found.pids.keys())

    def _read_accounts(self) -> None:
        accounts = local_accounts(self._machine)
        self._users = {each.uid: each.name for each in accounts}
        self._containers = Containers(self._machine, {each.uid: each.home for each in accounts})
        self._socket_units = None

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

    def holder(self, inode: int) -> ServiceName | None:
        """Return the service whose process holds a socket of any kind, None when nobody may say."""
        pid = self._pids.get(inode)
        known = self._process(pid) if pid is not None else None
        return known[0] if known is not None else None

    def process(self, pid: int, comm: str) -> str:
        """Return the service of a process that is still the one of that name, empty when it is gone."""
        process = read_process(self._machine, pid)
        if process is None or process.comm != comm:
            return ""
        return name_process(process, self._containers.name).service

    def at_address(self, address: str) -> str:
        """Return the container that has an address, empty when none is known to."""
        return self._containers.at_address(address)

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
