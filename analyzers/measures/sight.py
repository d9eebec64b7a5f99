"""What the scan itself could see, host by host."""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.members import (
    agent_evidence,
    host_evidence,
    host_member,
    listed_evidence,
    of_hosts,
    query_evidence,
    silent_agents,
    statement_evidence,
)
from analyzers.model.catalogue import CatalogueEntry
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import CollectorRun
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.listing import Listed

WORTH = {"ok": ONE, "not_applicable": ONE, "partial": Fraction(1, 2), "unknown": ZERO}
"""What an outcome says of a collector: a thing that does not exist here was seen not to."""


def of_known_hosts(estate: Estate) -> Population:
    """Return known hosts, each valued by the share of its collectors that answered in full.

    A host that a server or a contract names and that nobody read is 0: that we did not see it is known.
    """
    return of_hosts("hosts.seen", (_member(host, estate) for host in estate.hosts), estate)


def _member(host: EstateHost, estate: Estate) -> Member:
    if host.facts is None:
        return host_member(host, Interval.point(0), *_named_by(host, estate), reason=host.unread)
    runs = host.facts.runs
    worth = sum((WORTH[each.outcome] for each in runs), ZERO)
    value = worth / len(runs) if runs else ZERO
    answered = sum(1 for each in runs if WORTH[each.outcome] == ONE)
    summary = host_evidence(host, "collectors", "collectors_in_full", f"{answered}/{len(runs)}")
    blind = (_blind(host, each) for each in runs if WORTH[each.outcome] < ONE)
    return host_member(host, Interval.point(value), summary, *blind)


def _blind(host: EstateHost, run: CollectorRun) -> Evidence:
    told = ", ".join((*run.could_not_see, *((run.detail,) if run.detail else ())))
    return host_evidence(host, run.name, f"not seen by {run.name}", f"{run.reason or run.outcome}: {told}".strip(": "))


def _named_by(host: EstateHost, estate: Estate) -> list[Evidence]:
    """Return where the name of an unread host comes from."""
    evidence = []
    answer = estate.monitoring.query("hosts.uname") if estate.monitoring is not None else None
    if estate.monitoring is not None and answer is not None and "prometheus" in host.known_from:
        evidence.append(query_evidence(estate.monitoring, answer, "named_by_prometheus", host.name))
    for file in estate.snapshot.catalogues if "catalogue" in host.known_from else ():
        for each in file.hosts:
            if each.name.lower() in host.aliases:
                said = CatalogueEntry(name=each.name, line=each.line)
                listed = Listed(kind=file.kind, file=file.file, date=file.date, entry=said)
                evidence.append(listed_evidence(listed, "named_by_inventory", host.name))
    if "agent" in host.known_from:
        evidence.extend(
            agent_evidence(each, estate, "named_by_agent", host.name) for each in silent_agents(host, estate)
        )
    if "context" in host.known_from:
        evidence.append(statement_evidence(estate, _path(host, estate), "named_by_context", host.name))
    return evidence


def _path(host: EstateHost, estate: Estate) -> str:
    """Return the place of the context file that names a host."""
    context = estate.context
    assert context is not None
    for index, contract in enumerate(context.contracts or ()):
        if contract.assets is not None and host.aliases.intersection(each.lower() for each in contract.assets.hosts):
            return f"contracts[{index}].assets.hosts"
    for index, service in enumerate(context.services or ()):
        if service.match is not None and host.aliases.intersection(each.lower() for each in service.match.hosts):
            return f"services[{index}].match.hosts"
    return "services"
