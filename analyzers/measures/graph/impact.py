"""What a change reaches: who depends on what changes, and whether the catalogue foresees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import networkx as nx

from analyzers.measures.flows import Node
from analyzers.measures.graph.blast import agreement
from analyzers.measures.graph.estate import EstateGraph, Graph, estate_graph, why_not_whole
from analyzers.measures.graph.populations import MOST_EVIDENCE, member, of_critical
from analyzers.measures.members import host_evidence
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """The services that a change reaches, sorted: all of them, and the critical ones among them."""

    services: tuple[str, ...]
    critical: tuple[str, ...]


def impact_on(host_or_service: str, graph: EstateGraph) -> Impact:
    """Return what a change to a service, or to a host with all that runs there, reaches; itself is not counted."""
    service = graph.estate.service_named(host_or_service)
    hit = {Node("service", service.name)} if service is not None else _on_host(host_or_service, graph)
    reached = {node for each in hit for node in ancestors(graph.believed, each)} | (hit if service is None else set())
    services = sorted(node.name for node in reached if node.kind in {"service", "program"})
    known = [each for name in services if (each := graph.estate.service_named(name)) is not None]
    return Impact(services=tuple(services), critical=tuple(each.name for each in known if each.critical))


def _on_host(name: str, graph: EstateGraph) -> set[Node]:
    host = graph.estate.host_named(name)
    here = {Node("service", each) for each in host.services} if host is not None else set()
    return here | ({Node("host", host.name)} if host is not None else set())


def ancestors(graph: Graph, node: Node) -> frozenset[Node]:
    """Return what depends on a node, directly or not; nothing depends on one that the graph does not have."""
    return frozenset(nx.ancestors(graph, node)) if node in graph else frozenset()


def foreseeable(estate: Estate) -> Population:
    """Return critical services: the share of what really depends on each, or is said to, on which both agree.

    Exact (a Jaccard index of two sets) or unknown: it needs every host read for long enough, every dependency settled
    that leads to the service, and a catalogue that says at least once what a service needs.
    """
    graph = estate_graph(estate)
    asked = [Node("service", each.name) for each in graph.critical]
    shared = agreement(graph.declared, graph.observed, asked) if asked else {}
    members = (_agreed(service, *shared[node], graph) for service, node in zip(graph.critical, asked, strict=True))
    return of_critical("impact.agreement", graph, members)


def _agreed(service: EstateService, both: int, either: int, graph: EstateGraph) -> Member:
    node = Node("service", service.name)
    reason = _why_open(node, graph)
    value = Interval.point(Fraction(both, either) if either else 1) if reason is None else None
    return member(service, value, (*_differing(node, graph), *_looked(graph)), reason=reason)


def _why_open(node: Node, graph: EstateGraph) -> Reason | None:
    context = graph.estate.context
    if not any(each.depends_on is not None for each in (context.services or () if context is not None else ())):
        return "not_declared"
    if not graph.estate.read_hosts:
        return "no_source"
    for host in (*graph.unread, *graph.brief):
        return why_not_whole(host)
    if not graph.estate.read_hosts:
        return "no_source"
    concerned = ancestors(graph.believed, node) | {node}
    return "partial" if concerned & graph.unsettled else None


def _differing(node: Node, graph: EstateGraph) -> Iterable[Evidence]:
    """Return the dependencies that lead to a node and that only one side knows."""
    concerned = ancestors(graph.believed, node) | ancestors(graph.declared, node) | {node}
    apart = (each for each in graph.found if each.destination in concerned and each.state in {"undeclared", "ghost"})
    return [piece for each in apart for piece in each.provenance[:1]][:MOST_EVIDENCE]


def _looked(graph: EstateGraph) -> tuple[Evidence, ...]:
    """Return how many connections the read hosts show, a few of them: what the flows are known from."""
    read = ((each, each.facts.connections or ()) for each in graph.estate.read_hosts if each.facts is not None)
    return tuple(host_evidence(each, "flows", "connections", len(seen)) for each, seen in read)[:MOST_EVIDENCE]
