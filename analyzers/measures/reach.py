"""What the scan can be sure of: which service lives where, and whether a flow that was not seen does not exist."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cached_property

from analyzers.measures.directory import parse
from analyzers.measures.flows import End, Flow, Node, flows
from analyzers.measures.members import host_evidence, run_of
from analyzers.measures.sockets import alias_fits
from analyzers.model.estate import Estate, EstateHost, EstateService
from analyzers.model.evidence import Evidence
from analyzers.model.facts import FlowWatch

LONG_ENOUGH = timedelta(days=7)
"""A dependency that was not seen is a ghost only after this long: a week holds the weekly jobs and backups.

It stands here as the published rubric, frozen, does not name it.
"""

_EXAMPLES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))
"""Networks that documents write public addresses with."""


def watch(host: EstateHost) -> FlowWatch | None:
    """Return how long the flows of a host were watched, None when it does not say."""
    return host.facts.flow_watch if host.facts is not None else None


def long_read(host: EstateHost) -> bool:
    """Tell whether the flows of a host were read in full, for long enough to miss nothing that comes each week."""
    facts = host.facts
    if facts is None or facts.connections is None or run_of(host, "flows").outcome != "ok":
        return False
    began = [each.first_seen for each in facts.connections]
    if facts.flow_watch is not None:
        began.append(facts.flow_watch.since)
    return bool(began) and facts.collected_at - min(began) >= LONG_ENOUGH


class Sight:
    """Asks one estate what its flows can prove."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.hosts = {each.name: each for each in estate.hosts}
        self._known_places: dict[str, tuple[EstateHost, ...] | None] = {}
        self._long: dict[str, bool] = {}

    def ours(self, node: Node) -> bool:
        """Tell whether a node is something that we run, or a host of ours of which the caller is not known."""
        if node.kind == "service":
            service = self.estate.service_named(node.name)
            return service is None or not service.external
        return node.kind in {"program", "host"}

    def shown(self, flow: Flow) -> Evidence:
        """Return the evidence that a flow was seen, from the first host that saw it."""
        host = self.hosts[flow.seen_from[0][0]]
        source, end = flow.source, flow.destination
        caller = "/".join(filter(None, (source.host, source.service))) or source.node.name
        called = "/".join(filter(None, (end.host, end.service))) or end.address
        return host_evidence(host, "flows", "flow", f"{caller} -> {called}:{flow.port}/{flow.protocol}")

    def may_be(self, found: Iterable[Flow], needs: Mapping[Node, object]) -> bool:
        """Tell whether flows to somebody who is not known may be what their source declares."""
        return any(self._may_be(flow, need) for flow in found for need in needs)

    def _may_be(self, flow: Flow, need: Node) -> bool:
        end = flow.destination
        if end.node.kind not in {"host", "endpoint"} or need.kind == "host":
            return False
        service = self.estate.service_named(need.name) if need.kind == "service" else None
        if need.kind == "provider" or (service is not None and service.external):
            return end.node.kind == "endpoint" and is_public(end.address) and not self._addressed(need)
        places = self._places(service) if service is not None else None
        return places is None or any(each.name == end.host for each in places)

    def searched(self, source: Node, destination: Node) -> tuple[EstateHost, ...]:
        """Return the hosts where a declared dependency was looked for in vain; none while it may be somewhere.

        Both ends must have been read in full and for long enough, and no caller of the source's hosts be unknown there.
        """
        callers, called = self._ends(source), self._ends(destination)
        if not callers or called is None or not all(map(self._long_read, (*callers, *called))):
            return ()
        from_here = {each.name for each in callers}
        to_there = {each.name for each in called}
        for host in from_here:
            for end in self._nameless.get(host, ()):
                if end.host in to_there or end.node == destination:
                    return ()
        return callers

    def _long_read(self, host: EstateHost) -> bool:
        if host.name not in self._long:
            self._long[host.name] = long_read(host)
        return self._long[host.name]

    @cached_property
    def _nameless(self) -> dict[str, set[End]]:
        """Where callers of a host went whom nobody knows."""
        found: dict[str, set[End]] = {}
        for each in flows(self.estate):
            if not each.source.service:
                found.setdefault(each.source.host, set()).add(each.destination)
        return found

    @cached_property
    def _whole(self) -> bool:
        """Tell whether the connections of every known host were read."""
        return all(each.facts is not None and each.facts.connections is not None for each in self.estate.hosts)

    def _ends(self, node: Node) -> tuple[EstateHost, ...] | None:
        """Return the hosts on which a node lives, none for what others run at known addresses, None when unknown."""
        if node.kind == "host":
            return (self.hosts[node.name],)
        service = self.estate.service_named(node.name) if node.kind == "service" else None
        if node.kind == "provider" or (service is not None and service.external):
            return () if self._addressed(node) else None
        return self._places(service) if service is not None else None

    def _places(self, service: EstateService) -> tuple[EstateHost, ...] | None:
        """Return the hosts of a service of ours, None when it may live on one that is not known or was not read."""
        if service.name not in self._known_places:
            self._known_places[service.name] = self._looked_up(service)
        return self._known_places[service.name]

    def _looked_up(self, service: EstateService) -> tuple[EstateHost, ...] | None:
        rule = service.declared.match if service.declared is not None else None
        if rule is not None and rule.hosts:
            fits = [[each for each in self.estate.hosts if alias_fits(each, pattern)] for pattern in rule.hosts]
            return tuple({each.name: each for found in fits for each in found}.values()) if all(fits) else None
        if not self._whole:
            return None
        return tuple(self.hosts[each] for each in service.hosts) or None

    def _addressed(self, node: Node) -> bool:
        """Tell whether the addresses of what others run are known, all of them: a domain may be anywhere."""
        if node.kind == "provider":
            providers = (self.estate.context.providers or ()) if self.estate.context is not None else ()
            return any(each.name == node.name and each.ranges and not each.domains for each in providers)
        service = self.estate.service_named(node.name)
        entry = service.declared if service is not None else None
        return entry is not None and bool(entry.addresses) and not entry.domains


def is_public(address: str) -> bool:
    """Tell whether an address, or a name that stands for one, is beyond the networks that companies number alone."""
    parsed = parse(address)
    if parsed is None or parsed.is_global:
        return True
    return any(parsed.version == each.version and parsed in each for each in _EXAMPLES)
