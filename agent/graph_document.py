"""From an estate to the document of its graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from analyzers.measures.dependencies import Dependency, dependencies
from analyzers.measures.flows import End, Flow, Node
from analyzers.measures.flows import flows as observed_flows
from analyzers.measures.graph.blast import blast_radius
from analyzers.measures.graph.estate import estate_graph
from analyzers.measures.graph.impact import impact_on
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.host_names import is_address
from exporters.graph.parts import FlowDestination, FlowSource, GraphDocument, GraphFlow, GraphNode, NodeKind, State

ORIGINS: tuple[Literal["observed", "declared"], ...] = ("observed", "declared")
_KINDS: dict[str, NodeKind] = {"endpoint": "endpoint", "provider": "provider"}


def graph_document(estate: Estate) -> GraphDocument:
    """Return the graph of an estate, under the names that it holds: hide the people before it leaves."""
    found = dependencies(estate)
    flows = (*(flow for each in found for flow in _flows(each)), *_inner(found, estate))
    nodes = {
        each.id: each for each in (*_hosts(estate), *_services(estate), *_people(estate), *_mentioned(found, estate))
    }
    for flow in flows:
        for end in (flow.source, flow.destination):
            nodes.setdefault(end.id, _instance(end.service, end.host, estate))
    return GraphDocument(
        taken_at=estate.taken_at,
        nodes=tuple(nodes[key] for key in sorted(nodes)),
        flows=tuple(sorted(flows, key=_order)),
    )


def _hosts(estate: Estate) -> Iterator[GraphNode]:
    graph = estate_graph(estate)
    for host in estate.hosts:
        yield GraphNode(
            id=f"host:{host.name}",
            kind="host",
            name=host.name,
            host=host.name,
            addresses=_addresses(host),
            criticality=max((level for each in host.services if (level := _level(each, estate))), default=None),
            reaches=len(impact_on(host.name, graph).services) if host.services else 0,
        )


def _services(estate: Estate) -> Iterator[GraphNode]:
    reached = blast_radius(estate_graph(estate).believed)
    for service in estate.services:
        entry = service.declared
        yield GraphNode(
            id=f"service:{service.name}",
            kind="service",
            name=service.name,
            addresses=entry.addresses if entry is not None else (),
            criticality=_level(service.name, estate),
            owner=_owner(service.name, estate),
            reaches=reached.get(Node("service", service.name), 0),
        )
        yield from (_instance(service.name, host, estate) for host in service.hosts)


def _instance(service: str, host: str, estate: Estate) -> GraphNode:
    known = estate.host_named(host)
    return GraphNode(
        id=f"instance:{service}@{host}",
        kind="instance",
        name=service,
        host=host,
        addresses=_addresses(known) if known is not None else (),
        criticality=_level(service, estate),
        owner=_owner(service, estate),
    )


def _people(estate: Estate) -> Iterator[GraphNode]:
    context = estate.context
    if context is None:
        return
    named = {each.id for each in context.people or ()}
    for service in context.services or ():
        named |= {each for each in (service.owner, service.deputy) if each is not None}
    teams = {each.team for each in context.people or () if each.team is not None}
    teams |= {each.team for each in context.on_call or ()}
    companies = {each.name for each in context.providers or ()} | {each.provider for each in context.contracts or ()}
    wanted: tuple[tuple[NodeKind, set[str]], ...] = (
        ("person", named - teams - companies),
        ("team", teams - companies),
        ("provider", companies),
    )
    yield from (GraphNode(id=f"{kind}:{name}", kind=kind, name=name) for kind, names in wanted for name in names)


def _mentioned(found: Iterable[Dependency], estate: Estate) -> Iterator[GraphNode]:
    """Yield nodes that only flows or statements speak of."""
    known = {each.name for each in estate.services}
    for dependency in found:
        for node in (dependency.source, dependency.destination):
            if node.kind in {"service", "program"} and node.name not in known:
                yield GraphNode(id=f"service:{node.name}", kind="service", name=node.name)
            elif node.kind in {"endpoint", "provider"}:
                yield GraphNode(id=_id(node), kind=_KINDS[node.kind], name=node.name)


def _flows(dependency: Dependency) -> Iterator[GraphFlow]:
    origin = tuple(each for each in ORIGINS if each in dependency.origin)
    if not dependency.flows:
        yield GraphFlow(
            source=FlowSource(id=_id(dependency.source), service=_name(dependency.source)),
            destination=FlowDestination(id=_id(dependency.destination), service=_name(dependency.destination)),
            origin=origin,
            state=dependency.state,
        )
    for flow in dependency.flows:
        yield _observed(flow, origin, dependency.state)


def _observed(flow: Flow, origin: tuple[Literal["observed", "declared"], ...], state: State) -> GraphFlow:
    return GraphFlow(
        source=FlowSource(**_end(flow.source)),
        destination=FlowDestination(**_end(flow.destination), port=flow.port or None, protocol=flow.protocol),
        origin=origin,
        state=state,
        first_seen=flow.first_seen,
        last_seen=flow.last_seen,
        observations=flow.observations,
    )


def _inner(found: Iterable[Dependency], estate: Estate) -> Iterator[GraphFlow]:
    """Yield what services say to themselves, such as a database to its replica: flows, though no dependency."""
    told = {flow for each in found for flow in each.flows}
    for flow in observed_flows(estate):
        if flow not in told:
            yield _observed(flow, ("observed",), "unverified")


def _end(end: End) -> dict[str, str]:
    here = f"instance:{end.service}@{end.host}" if end.service and end.host else _id(end.node)
    return {"id": here, "host": end.host, "service": end.service, "address": end.address}


def _id(node: Node) -> str:
    return f"{'service' if node.kind == 'program' else node.kind}:{node.name}"


def _name(node: Node) -> str:
    return node.name if node.kind in {"service", "program"} else ""


def _order(flow: GraphFlow) -> tuple[str, str, int, str]:
    return flow.source.id, flow.destination.id, flow.destination.port or 0, flow.destination.address


def _level(service: str, estate: Estate) -> int | None:
    found = estate.service_named(service)
    return found.declared.criticality if found is not None and found.declared is not None else None


def _owner(service: str, estate: Estate) -> str | None:
    found = estate.service_named(service)
    return found.declared.owner if found is not None and found.declared is not None else None


def _addresses(host: EstateHost) -> tuple[str, ...]:
    if host.facts is not None:
        return host.facts.addresses
    return tuple(sorted(each for each in host.aliases if is_address(each)))
