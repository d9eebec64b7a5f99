"""Services that depend on themselves through others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from analyzers.measures.flows import Node
from analyzers.measures.graph.cycles import circles, example
from analyzers.measures.graph.estate import EstateGraph, estate_graph
from analyzers.measures.graph.populations import cited, gaps, member, said
from analyzers.measures.members import host_evidence, of_hosts, stale
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO, Interval


def services_in_circles(estate: Estate) -> Population:
    """Return services of ours: 0 in a circle of dependencies, 1 outside of any.

    A circle that was seen is measured, one that is at least in part only said is declared. Being outside of any is
    measured once every host was watched for long enough; until then, where every host was read, it is declared by what
    the catalogue says that the service needs. A host that was not read stands for what lives there.
    """
    graph = estate_graph(estate)
    seen = {node for group in circles(graph.observed) for node in group}
    turning = {node: group for group in circles(graph.believed) for node in group}
    members = (
        _member(each, turning, seen, graph)
        for each in estate.services
        if not each.external and (each.declared is not None or each.instances)
    )
    return of_hosts("services.outside_circles", (*members, *gaps(graph.unread)), estate, "flows")


def _member(
    service: EstateService, turning: dict[Node, frozenset[Node]], seen: set[Node], graph: EstateGraph
) -> Member:
    node = Node("service", service.name)
    if node in turning:
        way = example(graph.believed, node, turning[node])
        evidence = cited(graph, pairwise(way))
        found = member(service, Interval.point(0) if node in seen else None, evidence)
        return found if node in seen else replace(found, declared=ZERO)
    return _outside(service, graph)


def _outside(service: EstateService, graph: EstateGraph) -> Member:
    read = {each.name: each for each in graph.estate.read_hosts}
    listens = tuple(
        host_evidence(read[each], "flows", "instance", f"{service.name} on {each}") for each in service.hosts
    )
    told = tuple(_told(service, graph))
    evidence: tuple[Evidence, ...] = (*listens, *told)
    watched = bool(listens) and not graph.unread and not graph.brief
    found = member(service, Interval.point(1) if watched else None, evidence, reason=None if watched else "too_few")
    return replace(found, declared=ONE) if told else found


def _told(service: EstateService, graph: EstateGraph) -> Iterator[Evidence]:
    entry = service.declared
    if graph.unread:
        return
    if entry is not None and entry.depends_on is not None and not stale(graph.estate, entry.date):
        yield said(service, graph.estate, "depends_on", ", ".join(entry.depends_on) or "nothing")
