"""What a snapshot already knows of services, of who they speak to, and of who enters."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from agent.people_names import ROLES
from analyzers.measures.data_services import of_estate
from analyzers.measures.dependencies import dependencies
from analyzers.model.context import Match, Service
from analyzers.model.estate import Estate, EstateService, build
from analyzers.model.facts import Connection
from analyzers.model.matching import matches
from analyzers.model.snapshot import Snapshot

FIRST_HUMAN_UID = 1000
NOBODY = 65534
LONGEST_NAME = 200
MOST_HOSTS = 12
"""A rule that would name more hosts names none: the service is everywhere."""

OWN_NETWORKS = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
"""Ranges that companies number their own hosts from; what is elsewhere is somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenService:
    """A service that listens on the network.

    Attributes
    ----------
    sockets
        Where it listens, such as ``0.0.0.0:8080/tcp``.
    match
        What recognises it and nothing else that was seen; None when its name does.
    needs
        Services of the estate that it was seen calling.
    keeps_data
        Its software is known to hold data that would be lost.
    tools
        Backup tools seen on its hosts.
    """

    name: str
    hosts: tuple[str, ...]
    sockets: tuple[str, ...]
    match: Match | None
    needs: tuple[str, ...] = ()
    keeps_data: bool = False
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPeer:
    """An address that services call and that no host of the snapshot has; `own` when it is in a private range."""

    address: str
    own: bool
    ports: tuple[str, ...]
    callers: tuple[str, ...]


@dataclass(frozen=True)
class Observed:
    """A snapshot, asked what a context file needs."""

    snapshot: Snapshot
    estate: Estate

    @classmethod
    def of(cls, snapshot: Snapshot) -> Observed:
        """Return what can be asked of a snapshot."""
        return cls(snapshot, build(snapshot))

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names of the hosts that were read."""
        return tuple(each.name for each in self.snapshot.hosts)

    @property
    def systems(self) -> tuple[str, ...]:
        """Releases that run, as ``standards`` writes them."""
        found = {
            f"{host.inventory.os.id} {host.inventory.os.version_id.split('.')[0]}".strip()
            for host in self.snapshot.hosts
            if host.inventory is not None and host.inventory.os.id
        }
        return tuple(sorted(found))

    @cached_property
    def services(self) -> tuple[SeenService, ...]:
        """Services that listen on the network, by name."""
        data = {each.service.name for each in of_estate(self.estate)}
        seen = (self._service(each, each.name in data) for each in self.estate.services)
        return tuple(each for each in seen if each is not None)

    @cached_property
    def peers(self) -> tuple[SeenPeer, ...]:
        """Other ends that nobody here is, by address."""
        found: dict[str, list[Connection]] = {}
        for host in self.snapshot.hosts:
            for each in host.connections or ():
                if each.direction == "out" and each.protocol != "unix" and self._stranger(each.peer_address):
                    found.setdefault(each.peer_address, []).append(each)
        peers = [_peer(address, calls) for address, calls in found.items()]
        return tuple(sorted(peers, key=lambda each: _rank(each.address)))

    @property
    def accounts(self) -> tuple[str, ...]:
        """Local accounts that look like a person's, functions left out."""
        found = {
            each.name
            for host in self.snapshot.hosts
            for each in (host.access.accounts or () if host.access else ())
            if each.interactive and not each.system and FIRST_HUMAN_UID <= each.uid != NOBODY
        }
        return tuple(sorted(each for each in found if each.casefold() not in ROLES and 0 < len(each) <= LONGEST_NAME))

    def _service(self, service: EstateService, keeps_data: bool) -> SeenService | None:  # noqa: FBT001 - what was seen
        sockets = [each for each in service.instances if each.listener.protocol != "unix"]
        if not sockets or not 0 < len(service.name) <= LONGEST_NAME:
            return None
        hosts = tuple(sorted({each.host for each in sockets}))
        there = [each for each in self.snapshot.hosts if each.name in hosts]
        return SeenService(
            name=service.name,
            hosts=hosts,
            sockets=tuple(
                dict.fromkeys(
                    _socket(each.listener.address, each.listener.port, each.listener.protocol) for each in sockets
                )
            ),
            match=self._match(service, hosts),
            needs=tuple(sorted(self._needs.get(service.name, ()))),
            keeps_data=keeps_data,
            tools=tuple(sorted({tool.name for host in there for tool in host.backups or ()})) if keeps_data else (),
        )

    def _match(self, service: EstateService, hosts: tuple[str, ...]) -> Match | None:
        """Return a rule that takes every socket of the service and no other; None when only its name does."""
        sockets = [each.listener for each in service.instances if each.listener.protocol != "unix"]
        here = tuple(each.lower() for each in hosts) if len(hosts) <= MOST_HOSTS else ()
        if max(map(len, here), default=0) > LONGEST_NAME:
            return None
        candidates = (
            Match(units=_names(each.unit for each in sockets), hosts=here),
            Match(containers=_names(each.container for each in sockets), hosts=here),
            Match(processes=_names(each.process for each in sockets), hosts=here),
            Match(ports=tuple(sorted({each.port for each in sockets})), hosts=here),
        )
        # A rule of hosts alone would take whatever comes to listen there.
        telling = (each for each in candidates if each != Match(hosts=here))
        return next((each for each in telling if self._takes(each) == {service.name}), None)

    def _takes(self, rule: Match) -> set[str]:
        """Return the services of which a rule takes sockets, with a mark for those of which it leaves some."""
        entry = Service(name="-", match=rule)
        whole = {each.name: each for each in self.snapshot.hosts if not rule.hosts or each.name.lower() in rule.hosts}
        taken: set[str] = set()
        left: set[str] = set()
        for service in self.estate.services:
            for each in service.instances:
                if each.listener.protocol != "unix":
                    fits = each.host in whole and matches(entry, whole[each.host], each.listener)
                    (taken if fits else left).add(service.name)
        return {f"part of {each}" if each in left else each for each in taken}

    @cached_property
    def _needs(self) -> dict[str, set[str]]:
        """What each service was seen calling, of what a catalogue can name."""
        found: dict[str, set[str]] = {}
        for each in dependencies(self.estate):
            if each.counted and each.flows and each.source.kind == each.destination.kind == "service":
                found.setdefault(each.source.name, set()).add(each.destination.name)
        return found

    def _stranger(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        local = parsed.is_loopback or parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified
        return not local and self.estate.host_named(str(parsed)) is None


def _names(found: Iterable[str]) -> tuple[str, ...]:
    """Return distinct names, none when one cannot be written: the rule would leave its socket out."""
    names = set(found)
    return tuple(sorted(names)) if all(0 < len(each) <= LONGEST_NAME for each in names) else ()


def _rank(address: str) -> tuple[int, int]:
    parsed = ipaddress.ip_address(address)
    return parsed.version, int(parsed)


def _peer(address: str, calls: list[Connection]) -> SeenPeer:
    parsed = ipaddress.ip_address(address)
    return SeenPeer(
        address=address,
        own=any(parsed.version == each.version and parsed in each for each in OWN_NETWORKS),
        ports=tuple(f"{port}/{protocol}" for port, protocol in sorted({(each.port, each.protocol) for each in calls})),
        callers=tuple(sorted({each.service for each in calls})),
    )


def _socket(address: str, port: int, protocol: str) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{host}:{port}/{protocol}"
