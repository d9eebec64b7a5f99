"""What stands in a population for a host that nobody read: things that may live there, seen by nobody."""

from __future__ import annotations

from dataclasses import replace

from analyzers.measures.members import run_of, unseen_host
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Member, Population


def unread_hosts(estate: Estate, collector: str, block: str, things: int) -> tuple[Member, ...]:
    """Return the hosts whose `block` was not read, a member each that weighs as much as `things` things.

    A service, a socket or a certificate of a host that goes dark leaves its population. Were nothing put in its place,
    what was bad there would be forgotten, and not seeing would raise the low.
    """
    return tuple(
        unread_host(host, collector, things)
        for host in estate.hosts
        if (host.facts is None or getattr(host.facts, block) is None)
        and run_of(host, collector).outcome != "not_applicable"
    )


def unread_host(host: EstateHost, collector: str, things: int) -> Member:
    """Return one such host."""
    return heavier(unseen_host(host, collector), things)


def heavier(member: Member, things: int) -> Member:
    """Return the member, weighing as much as `things` of it."""
    return replace(member, weight=member.weight * things)


def things(population: Population) -> int:
    """Return how many members are things that were seen or declared, and not hosts that nobody read."""
    return sum(1 for each in population.members if each.kind != "host")
