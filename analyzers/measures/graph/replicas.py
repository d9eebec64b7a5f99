"""On how many hosts a service runs, and what hangs on those that run on one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import networkx as nx

from analyzers.measures.acceptances import acceptance
from analyzers.measures.flows import Node
from analyzers.measures.graph.estate import EstateGraph, estate_graph
from analyzers.measures.graph.populations import cited, gaps, member, of_critical
from analyzers.measures.members import host_evidence
from analyzers.measures.sockets import alias_fits
from analyzers.measures.truth import Truth
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import Interval

ENOUGH = 2
"""Hosts on which a service survives the loss of one."""


def replicated(service: EstateService, graph: EstateGraph) -> Truth:
    """Tell whether a service of ours runs on two hosts; None while another instance may be where nobody looked.

    One that no read host runs, or that only calls, may be anywhere.
    """
    if len(service.hosts) >= ENOUGH:
        return True
    if not service.hosts or any(_may_run_on(service, graph)):
        return None
    return False


def _may_run_on(service: EstateService, graph: EstateGraph) -> Iterator[str]:
    rule = service.declared.match if service.declared is not None else None
    patterns = rule.hosts if rule is not None else ()
    for host in graph.unread:
        if not patterns or any(alias_fits(host, pattern) for pattern in patterns):
            yield host.name
    for pattern in patterns:
        if not any(alias_fits(host, pattern) for host in graph.estate.hosts):
            yield pattern


def redundancy(estate: Estate) -> Population:
    """Return critical services: 1 when they listen on two hosts or more, 0 when on one and every other was read."""
    graph = estate_graph(estate)
    members = (_redundant(each, graph) for each in graph.critical)
    return of_critical("services.redundant", graph, members)


def _redundant(service: EstateService, graph: EstateGraph) -> Member:
    truth = replicated(service, graph)
    value = None if truth is None else Interval.point(truth)
    return member(service, value, _instances(service, graph), reason="partial" if truth is None else None)


def single_points(estate: Estate) -> Population:
    """Return what runs on one host and a critical service needs, or is: 1 when somebody accepted it, owned and dated.

    Accepting is a statement; without a register of risks nothing is said of it. A host that was not read may hide
    more of them, and what may run on it too is not known to be one. Where all was read and none is
    found, the estate is 1.
    """
    graph = estate_graph(estate)
    found = tuple(_points(graph))
    unread = gaps(graph.unread)
    if graph.critical and not found and not unread:
        return Population(key="single_points.decided", members=(_none(graph),))
    return of_critical("single_points.decided", graph, (*found, *(unread if graph.critical else ())))


def _points(graph: EstateGraph) -> Iterator[Member]:
    needed: dict[Node, list[EstateService]] = {}
    for service in graph.critical:
        start = Node("service", service.name)
        for node in (start, *nx.descendants(graph.believed, start)):
            needed.setdefault(node, []).append(service)
    for node, users in sorted(needed.items()):
        needy = graph.service(node)
        if needy is None or needy.external:
            continue
        truth = replicated(needy, graph)
        if truth is False:
            yield _point(needy, users, graph)
        elif truth is None:
            yield member(needy, None, _instances(needy, graph), reason="partial", others=users)


def _point(service: EstateService, users: list[EstateService], graph: EstateGraph) -> Member:
    decided = acceptance((service.name, *service.hosts), graph.estate)
    edges = graph.believed.in_edges(Node("service", service.name))
    evidence = (*_instances(service, graph), *cited(graph, sorted(edges)), *decided.evidence)
    found = member(service, None, evidence, reason=decided.reason, others=users)
    return replace(found, declared=decided.value)


def _none(graph: EstateGraph) -> Member:
    seen = tuple(piece for each in graph.critical for piece in _instances(each, graph))
    return Member(name="estate", kind="estate", measured=Interval.point(1), evidence=seen)


def _instances(service: EstateService, graph: EstateGraph) -> tuple[Evidence, ...]:
    read = {each.name: each for each in graph.estate.read_hosts}
    return tuple(host_evidence(read[each], "flows", "instance", f"{service.name} on {each}") for each in service.hosts)
