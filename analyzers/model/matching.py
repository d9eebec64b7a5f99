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
