"""Is personal or regulated data located and classified?"""

from __future__ import annotations

from analyzers.measures.data_services import DataService, of_estate
from analyzers.measures.members import host_evidence, of_hosts, stale, statement_evidence, unseen_host
from analyzers.measures.written.statements import entry_path
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Kind, Member, Population
from analyzers.model.interval import ONE, ZERO, Interval

KEY = "data.classified"


def classified(estate: Estate) -> Population:
    """Return the services that keep data: declared 1 when their entry gives the class of the data, 0 when it does not.

    A data service that listens and has no entry in a catalogue that exists is measured 0: nobody could have classified
    what nobody lists. A host whose sockets were not read may keep data.
    """
    unread = [unseen_host(each, "flows") for each in estate.hosts if each.facts is None or each.facts.listeners is None]
    members = tuple(_member(each, estate) for each in of_estate(estate))
    return of_hosts(KEY, (*members, *unread), estate, "flows")


def _member(data: DataService, estate: Estate) -> Member:
    entry = data.service.declared
    seen = _seen(data, estate)
    given = {"name": data.name, "kind": "service", "weight": data.service.weight, "hosts": data.hosts}
    if entry is None:
        listed = estate.context is not None and estate.context.services is not None
        return Member(
            **given,  # type: ignore[arg-type]
            measured=Interval.point(0) if listed and seen else None,
            reason=None if listed and seen else "not_declared",
            evidence=seen,
            services=(data.service.name,),
        )
    old = stale(estate, entry.date)
    kind: Kind = "unknown" if old else "declared"
    path = entry_path(estate, entry, "data_class")
    said = statement_evidence(estate, path, "data_class", entry.data_class or "missing", entry.date, entry.author, kind)
    return Member(
        **given,  # type: ignore[arg-type]
        declared=None if old else ONE if entry.data_class is not None else ZERO,
        reason="stale" if old else None,
        evidence=(said, *seen),
        services=(data.service.name,),
    )


def _seen(data: DataService, estate: Estate) -> tuple[Evidence, ...]:
    hosts = (estate.host_named(name) for name in data.hosts)
    return tuple(
        host_evidence(host, "flows", "keeps data", f"{host.name} {data.service.name}")
        for host in hosts
        if host is not None and host.facts is not None
    )
