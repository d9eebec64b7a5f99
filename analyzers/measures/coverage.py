"""Known hosts and services, and whether metrics show them now."""

from __future__ import annotations

from analyzers.measures.members import host_evidence, host_member, run_of
from analyzers.measures.sightings import View, best, look, sighting, telling
from analyzers.measures.targets import has_address, read_targets, unmonitored
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

KEY = "inventory.monitored"
AGENT = "monitoring_agent"
"""Key of the evidence that another monitoring agent runs on a host."""


def of_inventory(estate: Estate) -> Population:
    """Return known hosts and services of the estate: 1 seen fresh in metrics, 0 not, the mean over a service's hosts.

    A broken target is 0. External services are others' to measure. What nobody was asked about is unknown: without a
    server every member is, and a host whose services were not listed stands for them.
    """
    monitoring = estate.monitoring
    if monitoring is None:
        members = tuple(_unasked(host) for host in estate.hosts) + _unlisted(estate)
        return Population(key=KEY, members=members, missing="no_monitoring_source")
    targets = read_targets(monitoring)
    if targets.reason is not None:
        members = tuple(host_member(host, None, reason=targets.reason) for host in estate.hosts)
        return Population(key=KEY, members=members, missing=targets.reason)
    view = look(monitoring, targets, estate)
    services = (each for each in estate.services if not each.external)
    members = (
        *(_host(host, view) for host in estate.hosts),
        *(sighting(service, view, estate) for service in services),
        *_unlisted(estate),
    )
    return Population(key=KEY, members=members) if members else unmonitored(KEY, "no_source")


def _host(host: EstateHost, view: View) -> Member:
    here = view.here.get(host.name, ())
    if not here:
        if view.nameless and not has_address(host):
            return host_member(host, None, reason="partial")
        nothing = view.targets.evidence(view.monitoring, "targets", 0)
        return host_member(host, Interval.point(0), nothing)
    value = best(here)
    reason: Reason | None = "too_few" if value is None else None
    return host_member(host, value, *(view.shown(each) for each in telling(here)), reason=reason)


def _unasked(host: EstateHost) -> Member:
    """Return a host that no server was asked about, with the other monitoring agents that run there."""
    agents = (host.facts.agents or ()) if host.facts is not None else ()
    evidence = (host_evidence(host, "agents", AGENT, each.name) for each in agents)
    return host_member(host, None, *evidence, reason="no_monitoring_source")


def _unlisted(estate: Estate) -> tuple[Member, ...]:
    """Return, for each host whose services nobody listed, a member that stands for them."""
    return tuple(
        Member(
            name=f"services of {host.name}",
            kind="service",
            weight=host.weight,
            reason=run_of(host, "flows").reason or "partial",
            services=host.services,
            hosts=(host.name,),
        )
        for host in estate.hosts
        if (host.facts is None or host.facts.listeners is None) and run_of(host, "flows").outcome != "not_applicable"
    )
