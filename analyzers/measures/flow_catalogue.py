"""Flows and the catalogue, confronted both ways: what is seen is it declared, what is declared is it seen."""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.dependencies import Dependency, dependencies
from analyzers.measures.flows import Node
from analyzers.measures.members import of_hosts, run_of
from analyzers.measures.reach import long_read
from analyzers.measures.unread import unread_hosts
from analyzers.model.estate import UNDECLARED_CRITICALITY, Estate
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import ONE, Interval
from analyzers.model.reasons import Reason

FLOWS_OF_A_HOST = 10
"""A host whose connections were not read counts as this many flows that nobody saw."""


def observed(estate: Estate) -> Population:
    """Return the dependencies that were seen: 1 when a fresh entry of the catalogue says so, 0 when none does.

    What no catalogue should hold is left out: the scanner's own traffic, tools that persons type, names and time,
    callers from outside. One whose ends are not known well enough is unknown, and so is all without a catalogue. A host
    whose connections were not read is a member of its own.
    """
    seen = [each for each in dependencies(estate) if each.counted and "observed" in each.origin]
    members = (_seen(each, estate) for each in seen)
    unread = unread_hosts(estate, "flows", "connections", FLOWS_OF_A_HOST)
    return of_hosts("flows.declared", (*members, *unread), estate, "flows")


def _seen(dependency: Dependency, estate: Estate) -> Member:
    value: Interval | None = Interval.point(1 if dependency.state == "confirmed" else 0)
    reason: Reason | None = None
    if dependency.state == "unverified":
        value, reason = None, _why_nameless(dependency, estate)
    elif dependency.state == "confirmed" and all(each.old for each in dependency.declared):
        value, reason = None, "stale"
    elif dependency.state == "undeclared" and not estate.catalogued:
        value, reason = None, "not_declared"
    return _member(dependency, estate, value, None, reason)


def documented(estate: Estate) -> Population:
    """Return the dependencies that are declared: 1 when they were seen, 0 when they are ghosts.

    A ghost disproves its statement: both ends were read in full, for a week at least, and it was never seen. Until then
    it is unknown: a statement cannot vouch for itself. There is nothing to look for once each entry says that it needs
    nothing.
    """
    said = [each for each in dependencies(estate) if each.declared]
    members = [_said(each, estate) for each in said]
    silent = any(each.declared is not None and each.declared.depends_on is None for each in estate.services)
    told = estate.catalogued and not (silent and not members)
    return Population(
        key="flows.observed", members=tuple(members), complete=told, missing=None if told else "not_declared"
    )


def _said(dependency: Dependency, estate: Estate) -> Member:
    if dependency.state == "unverified":
        return _member(dependency, estate, None, None, _why_unseen(dependency, estate))
    value = Interval.point(1 if dependency.state == "confirmed" else 0)
    fresh = any(not each.old for each in dependency.declared)
    return _member(dependency, estate, value, ONE if fresh else None, None)


def _member(
    dependency: Dependency, estate: Estate, value: Interval | None, declared: Fraction | None, reason: Reason | None
) -> Member:
    ends = dependency.source, dependency.destination
    services = {each.name for each in ends if each.kind == "service"}
    services |= {each for flow in dependency.flows for each in (flow.source.service, flow.destination.service) if each}
    hosts = {host for flow in dependency.flows for host in (flow.source.host, flow.destination.host) if host}
    return Member(
        name=f"{shown(dependency.source)} -> {shown(dependency.destination)}",
        kind="asset",
        weight=max(_weight(each, estate) for each in ends),
        measured=value,
        declared=declared,
        reason=reason,
        evidence=dependency.provenance,
        services=tuple(sorted(each for each in services if estate.service_named(each) is not None)),
        hosts=tuple(sorted(hosts)),
    )


def shown(node: Node) -> str:
    """Return a node as a list shows it; ``db1/?`` is a service of db1 that is not known."""
    return f"{node.name}/?" if node.kind == "host" else node.name


def _weight(node: Node, estate: Estate) -> Fraction:
    service = estate.service_named(node.name) if node.kind == "service" else None
    return service.weight if service is not None else UNDECLARED_CRITICALITY


def _why_nameless(dependency: Dependency, estate: Estate) -> Reason:
    hosts = {each.name: each for each in estate.hosts}
    looked = (run_of(hosts[name], "flows").reason for flow in dependency.flows for name, _ in flow.seen_from)
    return next((each for each in looked if each is not None), "partial")


def _why_unseen(dependency: Dependency, estate: Estate) -> Reason:
    """Return why it is not known whether a declared dependency exists: nobody looked, or not for long enough."""
    if not estate.read_hosts:
        return "no_source"
    names = {host for each in (dependency.source, dependency.destination) for host in _hosts(each, estate)}
    here = [each for each in estate.hosts if each.name in names]
    elsewhere = [each for each in estate.hosts if each.name not in names]
    if any(run_of(each, "flows").outcome == "ok" and not long_read(each) for each in here):
        return "too_few"
    dark = (run_of(each, "flows").reason for each in (*here, *elsewhere))
    return next((each for each in dark if each is not None), "partial")


def _hosts(node: Node, estate: Estate) -> tuple[str, ...]:
    if node.kind == "host":
        return (node.name,)
    service = estate.service_named(node.name)
    return service.hosts if service is not None else ()
