"""Which service of which host stands behind an address and a port, and under which name a host calls."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from analyzers.measures.directory import parse
from analyzers.model.context import Service
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.host_names import is_loopback
from analyzers.model.matching import means_program

ANY = frozenset({"", "*", "0.0.0.0", "::"})  # noqa: S104 - read on hosts, never bound

_Port = tuple[str, int, str]
"""(host, port, protocol)."""


class Sockets:
    """Looks services up in one estate.

    An address means another machine depending on who sees it: loopback, bridges of containers and addresses that
    several hosts have are the host's own first.
    """

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.listening: dict[_Port, dict[str, set[str]]] = {}
        self.answering: dict[tuple[str, str, int, str], set[str]] = {}
        self.names: dict[tuple[str, str], set[str]] = {}
        self.own: dict[str, set[str]] = {}
        self.owners: dict[str, set[str]] = {}
        self.literal: dict[str, list[Service]] = {}
        self.patterned: list[Service] = []
        for entry in (each.declared for each in estate.services if each.declared is not None):
            names = _program_names(entry)
            if any(mark in name for mark in "*?[" for name in names):
                self.patterned.append(entry)
            for name in names:
                self.literal.setdefault(name, []).append(entry)
        for host in estate.read_hosts:
            self._add(host)

    def _add(self, host: EstateHost) -> None:
        assert host.facts is not None
        mine = self.own.setdefault(host.name, set())
        mine.update(canonical(each) for each in host.facts.addresses)
        for address in mine:
            self.owners.setdefault(address, set()).add(host.name)
        for each in host.facts.listeners or ():
            name = self.estate.service_of(host.name, each).name
            address = each.path or each.address if each.protocol == "unix" else canonical(each.address)
            self.listening.setdefault((host.name, each.port, each.protocol), {}).setdefault(address, set()).add(name)
            self.names.setdefault((host.name, each.service), set()).add(name)
            if each.protocol != "unix" and address not in ANY:
                mine.add(address)
        for call in host.facts.connections or ():
            if call.protocol == "unix":
                continue
            mine.add(canonical(call.local_address))
            if call.direction == "in" and call.service:
                where = host.name, canonical(call.local_address), call.port, call.protocol
                self.answering.setdefault(where, set()).add(self.caller(host, call.service))

    def place(self, seen_from: str, address: str) -> str:
        """Return the host behind an address, as one host sees it; empty when no host or several have it."""
        if is_loopback(address) or canonical(address) in self.own.get(seen_from, ()):
            return seen_from
        owners = self.owners.get(canonical(address), set())
        if len(owners) > 1:
            return ""
        if owners:
            return next(iter(owners))
        known = self.estate.host_named(canonical(address))
        return known.name if known is not None else ""

    def shared(self, address: str, port: int, protocol: str) -> str:
        """Return the one service that listens at an address that several hosts have, empty when there is none."""
        found = {self.server(host, address, port, protocol) for host in self.owners.get(canonical(address), ())} - {""}
        return next(iter(found)) if len(found) == 1 else ""

    def server(self, host: str, address: str, port: int, protocol: str) -> str:
        """Return the service that answers at an address and port of a host, empty when it is not known.

        Where a listener could not be seen, a catalogue entry that names this host and port stands for it.
        """
        exact = address if protocol == "unix" else canonical(address)
        here = self.listening.get((host, port, protocol), {})
        answering = self.answering.get((host, exact, port, protocol), set())
        wild = {name for each in ANY for name in here.get(each, ())}
        for found in (here.get(exact, set()), answering, wild):
            if len(found) == 1:
                return next(iter(found))
        return "" if here else self._declared(host, port)

    def _declared(self, host: str, port: int) -> str:
        """Return the entry that says that it listens on this port of a host, when one alone does."""
        known = self.estate.host_named(host)
        if known is None:
            return ""
        named = [
            each.name
            for each in self.estate.services
            if each.declared is not None
            and (rule := each.declared.match) is not None
            and port in rule.ports
            and any(alias_fits(known, pattern) for pattern in rule.hosts)
        ]
        return named[0] if len(named) == 1 else ""

    def caller(self, host: EstateHost, name: str) -> str:
        """Return the name in the estate of what calls, or answers, under a name on a host."""
        assert host.facts is not None
        listening = self.names.get((host.name, name), set())
        if len(listening) == 1:
            return next(iter(listening))
        meant = (each for each in self._entries(name) if means_program(each, host.facts, name))
        return next((each.name for each in meant), self.estate.listing.meant((name,)) or min(listening, default=name))

    def _entries(self, name: str) -> Iterator[Service]:
        """Yield the catalogue entries that may mean a program of this name."""
        yield from self.literal.get(name, ())
        yield from self.patterned


def alias_fits(host: EstateHost, pattern: str) -> bool:
    """Tell whether a pattern of names or addresses means a host."""
    return any(fnmatchcase(alias, pattern.lower()) for alias in host.aliases)


def _program_names(entry: Service) -> frozenset[str]:
    """Return the names, or patterns, under which an entry recognises a program."""
    rule = entry.match
    if rule is None or not (rule.units or rule.containers or rule.processes):
        return frozenset({entry.name})
    units = (*rule.units, *(each.removesuffix(".service") for each in rule.units))
    return frozenset((*units, *rule.containers, *rule.processes))


def canonical(address: str) -> str:
    """Return an address in one way of writing; a name as it is, lower case."""
    parsed = parse(address)
    return str(parsed) if parsed is not None else address.lower()
