"""What the populations of the questions about the graph share: critical services, hosts that leave gaps, evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from analyzers.measures.flows import Node
from analyzers.measures.graph.estate import EstateGraph, why_not_whole
from analyzers.measures.members import host_member, stale, statement_evidence
from analyzers.measures.unread import heavier
from analyzers.model.estate import CRITICAL_FROM, Estate, EstateHost, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

MOST_EVIDENCE = 5
"""Dependencies shown for one service: enough to find them."""

SERVICES_OF_A_HOST = 10
"""A host that was not read counts as this many services that nobody saw: more than a small server runs."""

NO_CRITICAL = f"services[].criticality < {CRITICAL_FROM}"


def of_critical(key: str, graph: EstateGraph, members: Iterable[Member]) -> Population:
    """Return a population over critical services.

    Without any, it is declared empty when the catalogue values every entry; otherwise nobody knows which are critical.
    """
    listed = tuple(members)
    if graph.critical or listed:
        return Population(key=key, members=listed)
    context = graph.estate.context
    catalogue = context.services if context is not None else None
    valued = catalogue is not None and all(each.criticality is not None for each in catalogue)
    return Population(key=key, missing="not_declared", declared_empty=NO_CRITICAL if valued else None)


def gaps(hosts: Iterable[EstateHost]) -> tuple[Member, ...]:
    """Return hosts that leave the graph with a gap, a member each: what hangs on them is not known."""
    return tuple(heavier(host_member(each, None, reason=why_not_whole(each)), SERVICES_OF_A_HOST) for each in hosts)


def member(
    service: EstateService,
    measured: Interval | None,
    evidence: Iterable[Evidence],
    *,
    reason: Reason | None = None,
    others: Iterable[EstateService] = (),
) -> Member:
    """Return a service as a member, weighted by the most critical of itself and the `others` that need it."""
    concerned = (service, *others)
    return Member(
        name=service.name,
        kind="service",
        weight=max(each.weight for each in concerned),
        measured=measured,
        reason=reason,
        evidence=tuple(dict.fromkeys(evidence)),
        services=tuple(sorted({each.name for each in concerned})),
        hosts=service.hosts,
    )


def said(service: EstateService, estate: Estate, field: str, value: str) -> Evidence:
    """Return what the catalogue says of a service, in one field of its entry."""
    entry = service.declared
    assert entry is not None
    assert estate.context is not None
    path = f"services[{(estate.context.services or ()).index(entry)}].{field}"
    old = stale(estate, entry.date)
    evidence = statement_evidence(estate, path, field, value, entry.date, entry.author)
    return replace(evidence, kind="unknown") if old else evidence


def cited(graph: EstateGraph, edges: Iterable[tuple[Node, Node]]) -> tuple[Evidence, ...]:
    """Return the evidence of some dependencies, the first of each."""
    shown = (graph.believed.edges[edge]["dependency"].provenance[:1] for edge in edges)
    return tuple(piece for each in shown for piece in each)[:MOST_EVIDENCE]
