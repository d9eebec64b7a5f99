"""Diversity of systems: releases of a declared standard, or how many different ones serve the same role."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from analyzers.measures.members import host_evidence, host_member, of_hosts, stale, statement_evidence, unseen_host
from analyzers.model.context import Standards
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Kind, Member, Population
from analyzers.model.facts import OperatingSystem
from analyzers.model.interval import ZERO, Interval

ON_STANDARD = "hosts.on_standard"
RELEASES = "hosts.releases"


def diversity(estate: Estate) -> Population:
    """Return hosts, judged by the declared standard, or without one by how alike the hosts of each role are.

    With a standard (key `ON_STANDARD`): 1 on a supported release of it, else 0; [0, 1] when nobody knows when its
    support ends. Without (key `RELEASES`): 1 / number of distinct families and major releases in the role of the
    host, a shape that is known only when every host was read. A role is the most critical declared service of a host.
    """
    standards = estate.context.standards if estate.context is not None else None
    if standards is None or not standards.os:
        return _by_role(estate, ())
    if stale(estate, standards.date):
        return _by_role(estate, (_said(standards, estate, "unknown"),))
    said = _said(standards, estate, "reconciled")
    members = (_on_standard(host, standards, estate, said) for host in estate.hosts)
    return of_hosts(ON_STANDARD, members, estate)


def _said(standards: Standards, estate: Estate, kind: Kind) -> Evidence:
    names = ", ".join(standards.os)
    return statement_evidence(estate, "standards.os", "standard", names, standards.date, standards.author, kind)


def _on_standard(host: EstateHost, standards: Standards, estate: Estate, said: Evidence) -> Member:
    system = _system(host)
    if system is None:
        return unseen_host(host, "inventory")
    evidence = (_release_evidence(host, system), said)
    if not any(_fits(system, each) for each in standards.os):
        return host_member(host, Interval.point(0), *evidence)
    if system.support_end is None:
        return host_member(host, Interval.between(0, 1), *evidence, reason="partial")
    return host_member(host, Interval.point(0 if system.support_end < estate.today else 1), *evidence)


def _fits(system: OperatingSystem, standard: str) -> bool:
    """Tell whether a release is the standard: ``rocky 9`` means each 9.x, ``debian`` each release."""
    name, _, version = standard.strip().lower().partition(" ")
    release = system.version_id.lower()
    return name == system.id.lower() and (not version or release == version or release.startswith(f"{version}."))


def _by_role(estate: Estate, said: tuple[Evidence, ...]) -> Population:
    releases: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for host in estate.hosts:
        system = _system(host)
        if system is not None:
            releases[_role(host, estate)].add(_release(system))
    members = []
    for host in estate.hosts:
        system = _system(host)
        if system is None:
            members.append(unseen_host(host, "inventory"))
            continue
        value = Interval.point(Fraction(1, len(releases[_role(host, estate)])))
        members.append(host_member(host, value, _release_evidence(host, system), *said))
    population = of_hosts(RELEASES, members, estate)
    return Population(
        key=RELEASES,
        members=population.members,
        shape="whole",
        complete=population.complete,
        missing=population.missing,
        whole_value=_mean(members),
    )


def _mean(members: list[Member]) -> Fraction | None:
    if not members or any(each.measured is None for each in members):
        return None
    total = sum((each.weight for each in members), ZERO)
    return sum((each.weight * each.measured.low for each in members if each.measured is not None), ZERO) / total


def _role(host: EstateHost, estate: Estate) -> str:
    """Return the most critical declared service of a host, empty when none of its services is declared."""
    declared = [
        service
        for name in host.services
        if (service := estate.service_named(name)) is not None and service.declared is not None
    ]
    return min(((-each.weight, each.name) for each in declared), default=(ZERO, ""))[1]


def _system(host: EstateHost) -> OperatingSystem | None:
    inventory = host.facts.inventory if host.facts is not None else None
    return inventory.os if inventory is not None and inventory.os.id else None


def _release(system: OperatingSystem) -> tuple[str, str]:
    return (system.family or system.id).lower(), system.version_id.split(".")[0]


def _release_evidence(host: EstateHost, system: OperatingSystem) -> Evidence:
    ended = system.support_end.isoformat() if system.support_end is not None else ""
    told = f"{system.id} {system.version_id} {ended}".strip()
    return host_evidence(host, "inventory", "release", told)
