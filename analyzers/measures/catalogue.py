"""The catalogue of services, confronted with what listens."""

from __future__ import annotations

from analyzers.measures.members import (
    aged,
    host_evidence,
    listed_evidence,
    of_hosts,
    run_of,
    stale,
    statement_evidence,
    unseen_host,
)
from analyzers.model.context import Service
from analyzers.model.estate import Estate, EstateHost, EstateService, Instance
from analyzers.model.evidence import Evidence, Kind, Member, Population
from analyzers.model.interval import Interval
from analyzers.model.listing import Listed
from analyzers.model.reasons import Reason

MOST_SOCKETS = 5
"""Listening sockets shown for one service: enough to find it."""


def entries(estate: Estate) -> Population:
    """Return the services that listen on the network: 1 with a fresh entry of the catalogue, 0 without.

    Without a catalogue nothing is measured: the entries may stand elsewhere. A host that was not read is a member of
    its own, for whatever listens there. Sockets of the file system are left out.
    """
    hosts = {host.name: host for host in estate.hosts}
    members = [
        _member(service, sockets, hosts, estate)
        for service in estate.services
        if (sockets := tuple(each for each in service.instances if each.listener.protocol != "unix"))
    ]
    unread = [unseen_host(host, "flows") for host in estate.hosts if _unread(host)]
    return of_hosts("services.catalogued", (*members, *unread), estate, "flows")


def _unread(host: EstateHost) -> bool:
    silent = host.facts is None or host.facts.listeners is None
    return silent and run_of(host, "flows").outcome != "not_applicable"


def _member(
    service: EstateService, sockets: tuple[Instance, ...], hosts: dict[str, EstateHost], estate: Estate
) -> Member:
    seen = tuple(_listening(hosts[each.host], each) for each in sockets[:MOST_SOCKETS])
    reason = _why_unknown(service, sockets, hosts, estate)
    known = service.declared is not None or bool(_listed(service))
    value = None if reason is not None else Interval.point(1 if known else 0)
    return Member(
        name=service.name,
        kind="service",
        weight=service.weight,
        measured=value,
        reason=reason,
        evidence=(*seen, *_said(service, estate)),
        services=(service.name,),
        hosts=tuple(sorted({each.host for each in sockets})),
    )


def _why_unknown(
    service: EstateService, sockets: tuple[Instance, ...], hosts: dict[str, EstateHost], estate: Estate
) -> Reason | None:
    if not estate.catalogued:
        return "not_declared"
    catalogue = estate.context.services if estate.context is not None else None
    entry, listed = service.declared, _listed(service)
    if any(not aged(estate, each) for each in listed):
        return None
    if listed or (entry is not None and stale(estate, entry.date)):
        return "stale" if entry is None or stale(estate, entry.date) else None
    unsure = bool(catalogue) or estate.listing.read if entry is None else not _says_where(entry)
    hidden = unsure and all(_owner_hidden(each) for each in sockets)
    return run_of(hosts[sockets[0].host], "flows").reason or "no_permission" if hidden else None


def _says_where(entry: Service) -> bool:
    """Tell whether an entry recognises a socket by its port or host; the name of a hidden owner is a stopgap."""
    return entry.match is not None and bool(entry.match.ports or entry.match.hosts)


def _owner_hidden(socket: Instance) -> bool:
    """Tell whether a socket may be of a declared service that the collector could not recognise."""
    listener = socket.listener
    return not (listener.process or listener.unit or listener.container)


def _listening(host: EstateHost, socket: Instance) -> Evidence:
    listener = socket.listener
    address = f"[{listener.address}]" if ":" in listener.address else listener.address
    return host_evidence(host, "flows", "listens", f"{host.name} {listener.protocol} {address}:{listener.port}")


def _said(service: EstateService, estate: Estate) -> tuple[Evidence, ...]:
    """Return what the context file says: the entry that matches, else how many entries do not."""
    catalogue = estate.context.services if estate.context is not None else None
    listed = tuple(
        listed_evidence(each, "entry", each.entry.name, "unknown" if aged(estate, each) else "reconciled")
        for each in _listed(service)
    )
    entry = service.declared
    if catalogue is None or (entry is None and listed):
        return listed
    if entry is None:
        return (statement_evidence(estate, "services", "entries", len(catalogue), kind="reconciled"),)
    kind: Kind = "unknown" if stale(estate, entry.date) else "reconciled"
    path = f"services[{catalogue.index(entry)}]"
    return (statement_evidence(estate, path, "entry", entry.name, entry.date, entry.author, kind), *listed)


def _listed(service: EstateService) -> tuple[Listed, ...]:
    """Return the entries of a service in catalogue files; to own the code of something is no entry."""
    return tuple(each for each in service.listed if each.entry.kind == "service")
