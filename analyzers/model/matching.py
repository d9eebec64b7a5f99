"""Which catalogue entry means which socket, and which program."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from analyzers.model.context import Service
from analyzers.model.facts import Host, Listener


def matches(service: Service, host: Host, listener: Listener) -> bool:
    """Tell whether a catalogue entry means this socket: every list it gives must hold an element that fits."""
    rule = service.match
    if rule is None:
        return service.name == listener.service
    names = {host.name.lower(), host.fqdn.lower(), *host.addresses}
    unit_names = {listener.unit, f"{listener.service}.service"} - {""}
    given = [
        (rule.units, unit_names),
        (rule.containers, {listener.container} - {""}),
        (rule.processes, {listener.process, listener.service} - {""}),
        (rule.hosts, names),
        (rule.ports, {str(listener.port)}),
    ]
    asked = [(tuple(str(each) for each in patterns), values) for patterns, values in given if patterns]
    if not asked:
        return service.name == listener.service
    return all(_fits(values, patterns) for patterns, values in asked)


class Entries:
    """The entries of a catalogue, asked which one means a socket: the first that does, in the order of the file.

    A catalogue of thousands is looked up by what its entries name, so that each socket is compared with a few.
    """

    def __init__(self, entries: Iterable[Service]) -> None:
        self._entries = tuple(entries)
        self._literal: dict[tuple[str, str], list[int]] = {}
        self._general: list[int] = []
        for index, entry in enumerate(self._entries):
            for key in _keys(entry):
                self._literal.setdefault(key, []).append(index)
            if not _keys(entry):
                self._general.append(index)

    def meaning(self, host: Host, listener: Listener) -> str:
        """Return the name of the entry that means a socket, empty when none does."""
        told = (
            ("name", listener.service),
            ("unit", listener.unit),
            ("unit", f"{listener.service}.service"),
            ("container", listener.container),
            ("process", listener.process),
            ("process", listener.service),
            ("port", str(listener.port)),
        )
        few = sorted({*self._general, *(index for key in told for index in self._literal.get(key, ()))})
        found = (self._entries[index] for index in few)
        return next((each.name for each in found if matches(each, host, listener)), "")


def _keys(entry: Service) -> list[tuple[str, str]]:
    """Return what a socket must say for an entry to mean it, one of these; none when it may say anything."""
    rule = entry.match
    if rule is None or not any(getattr(rule, each) for each in rule.__struct_fields__):
        return [("name", entry.name)]
    given = (("unit", rule.units), ("container", rule.containers), ("process", rule.processes))
    for kind, patterns in given:
        if patterns and not any(mark in each for mark in "*?[" for each in patterns):
            return [(kind, each) for each in patterns]
    return [("port", str(each)) for each in rule.ports]


def means_program(service: Service, host: Host, name: str) -> bool:
    """Tell whether a catalogue entry means a program of `host` that calls under this name: a unit, container, process.

    Ports recognise what listens and say nothing of who calls.
    """
    rule = service.match
    if rule is None:
        return service.name == name
    names = {host.name.lower(), host.fqdn.lower(), *host.addresses}
    if rule.hosts and not _fits(names, rule.hosts):
        return False
    if not (rule.units or rule.containers or rule.processes):
        return service.name == name
    return _fits({name, f"{name}.service"}, rule.units) or _fits({name}, (*rule.containers, *rule.processes))


def _fits(values: Iterable[str], patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(value, pattern) for value in values for pattern in patterns)
