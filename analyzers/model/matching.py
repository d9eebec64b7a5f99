"""Which catalogue entry means which socket."""

from __future__ import annotations

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
    return all(
        any(fnmatchcase(value, pattern) for value in values for pattern in patterns) for patterns, values in asked
    )
