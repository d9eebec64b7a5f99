"""The estate: hosts and services, observed and declared, under one name each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import TypeVar, cast

from analyzers.model.context import Context, Service
from analyzers.model.facts import CollectorRun, Host, Listener
from analyzers.model.host_names import aliases_of, bare_host, is_loopback
from analyzers.model.listing import Listed, Listing
from analyzers.model.matching import Entries
from analyzers.model.monitoring import Alerting, Monitoring
from analyzers.model.reasons import Reason
from analyzers.model.snapshot import Snapshot

UNDECLARED_CRITICALITY = Fraction(3)
"""Weight of what nobody valued: a shadow must never weigh nothing (catalogue, last paragraph)."""

STALE_AFTER = timedelta(days=30)
"""Facts of a host older than this at the time of the scan say nothing of it now.

A month spans a cycle of patches and of certificates. It stands here as the published rubric, frozen, does not name it.
"""

CRITICAL_FROM = 4
"""A service is called critical from this declared criticality on, of 5."""


Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A service on a host, with one of its listening sockets."""

    host: str
    listener: Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateService:
    """A service, declared or only observed (a shadow).

    Attributes
    ----------
    declared
        Its entry of the context file.
    listed
        Its entries in other files: catalogues, compose files, owners of code.
    """

    name: str
    declared: Service | None = None
    listed: tuple[Listed, ...] = ()
    instances: tuple[Instance, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names of the hosts it listens on, sorted."""
        return tuple(sorted({each.host for each in self.instances}))

    @property
    def weight(self) -> Fraction:
        """Criticality from 1 to 5."""
        if self.declared is None or self.declared.criticality is None:
            return UNDECLARED_CRITICALITY
        return Fraction(self.declared.criticality)

    @property
    def critical(self) -> bool:
        """Tell whether it was declared critical."""
        return self.declared is not None and (self.declared.criticality or 0) >= CRITICAL_FROM

    @property
    def external(self) -> bool:
        """Tell whether somebody else runs it."""
        return self.declared is not None and self.declared.external


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateHost:
    """A host that at least one source knows.

    Attributes
    ----------
    aliases
        Every name and address that means this host, lower case.
    facts
        What its collectors read; None when no collector ran there.
    known_from
        "host", "prometheus", "agent", "context", "catalogue": the sources that name it.
    unread
        Why no collector speaks of it, where none does.
    """

    name: str
    aliases: frozenset[str] = frozenset()
    facts: Host | None = None
    weight: Fraction = UNDECLARED_CRITICALITY
    services: tuple[str, ...] = ()
    known_from: tuple[str, ...] = ()
    unread: Reason = "no_source"


@dataclass(frozen=True, kw_only=True)
class Estate:
    """Everything a measure may look at. `taken_at` is its only clock."""

    taken_at: datetime
    snapshot: Snapshot
    hosts: tuple[EstateHost, ...]
    services: tuple[EstateService, ...]
    assignments: Mapping[tuple[str, str, str, int], str] = field(default_factory=dict)
    _known: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def today(self) -> date:
        """Day of the scan, UTC."""
        return self.taken_at.date()

    @property
    def context(self) -> Context | None:
        """What people declared, None without a context file."""
        return self.snapshot.declared.context if self.snapshot.declared else None

    @property
    def context_file(self) -> str:
        """Name of the context file, for provenance."""
        return self.snapshot.declared.file if self.snapshot.declared else ""

    @property
    def catalogued(self) -> bool:
        """Tell whether a catalogue of services was read, be it empty."""
        return self.listing.read or (self.context is not None and self.context.services is not None)

    @cached_property
    def listing(self) -> Listing:
        """What catalogue files declare."""
        return Listing(self.snapshot.catalogues)

    @property
    def monitoring(self) -> Monitoring | None:
        """The Prometheus-compatible server that was asked."""
        return self.snapshot.monitoring

    @property
    def alerting(self) -> Alerting | None:
        """The Alertmanager that was asked."""
        return self.snapshot.alerting

    @property
    def read_hosts(self) -> tuple[EstateHost, ...]:
        """Hosts on which collectors ran."""
        return tuple(each for each in self.hosts if each.facts is not None)

    @cached_property
    def _host_by_alias(self) -> dict[str, EstateHost]:
        found: dict[str, EstateHost] = {}
        for each in self.hosts:
            for alias in each.aliases:
                found.setdefault(alias, each)
        return found

    @cached_property
    def _service_by_name(self) -> dict[str, EstateService]:
        return {each.name: each for each in self.services}

    def once(self, compute: Callable[[Estate], Answer]) -> Answer:
        """Return what a pure function of the estate gives, computed the first time that it is asked."""
        if compute not in self._known:
            self._known[compute] = compute(self)
        return cast("Answer", self._known[compute])

    def host_named(self, text: str) -> EstateHost | None:
        """Return the host that a name, an address or ``name:port`` means, None when nobody knows it."""
        name = bare_host(text)
        if is_loopback(name) and self.monitoring is not None:
            name = self.monitoring.local_host.lower()
        return self._host_by_alias.get(name) or self._host_by_alias.get(name.split(".")[0])

    def service_named(self, name: str) -> EstateService | None:
        """Return a service by its name in the estate."""
        return self._service_by_name.get(name)

    def service_of(self, host: str, listener: Listener) -> EstateService:
        """Return the service that a listening socket of `host` belongs to."""
        return self._service_by_name[self.assignments[_socket(host, listener)]]


def build(snapshot: Snapshot) -> Estate:
    """Return the estate that a snapshot describes."""
    declared = (snapshot.declared.context.services or ()) if snapshot.declared else ()
    hosts = tuple(_fresh(each, snapshot.taken_at) for each in snapshot.hosts)
    listing = Listing(snapshot.catalogues)
    instances, assignments = _instances(hosts, declared, listing)
    names = sorted({*instances, *(each.name for each in declared)})
    by_name = {each.name: each for each in declared}
    services = tuple(
        EstateService(
            name=name,
            declared=by_name.get(name),
            listed=listing.named(name),
            instances=tuple(instances.get(name, ())),
        )
        for name in names
    )
    return Estate(
        taken_at=snapshot.taken_at,
        snapshot=snapshot,
        hosts=_hosts(hosts, snapshot, services),
        services=services,
        assignments=assignments,
    )


def _fresh(host: Host, taken_at: datetime) -> Host:
    """Return a host without what was read of it too long ago; its names stay."""
    if taken_at - host.collected_at <= STALE_AFTER:
        return host
    return Host(
        id=host.id,
        name=host.name,
        fqdn=host.fqdn,
        addresses=host.addresses,
        collected_at=host.collected_at,
        privileged=host.privileged,
        tool=host.tool,
        runs=tuple(
            CollectorRun(name=each.name, outcome="unknown", reason="stale", source=each.source) for each in host.runs
        ),
    )


def _instances(
    hosts: Iterable[Host], declared: Iterable[Service], listing: Listing
) -> tuple[dict[str, list[Instance]], dict[tuple[str, str, str, int], str]]:
    instances: dict[str, list[Instance]] = {}
    assignments = {}
    catalogue = Entries(declared)
    for host in hosts:
        for listener in host.listeners or ():
            name = (
                catalogue.meaning(host, listener)
                or listing.meant((listener.service, listener.container))
                or listener.service
            )
            instances.setdefault(name, []).append(Instance(host=host.name, listener=listener))
            assignments[_socket(host.name, listener)] = name
    return instances, assignments


def _socket(host: str, listener: Listener) -> tuple[str, str, str, int]:
    return host, listener.protocol, listener.address or listener.path, listener.port


def _hosts(hosts: Iterable[Host], snapshot: Snapshot, services: Iterable[EstateService]) -> tuple[EstateHost, ...]:
    on_host: dict[str, list[EstateService]] = {}
    for service in services:
        for name in service.hosts:
            on_host.setdefault(name, []).append(service)
    found: dict[str, EstateHost] = {}
    taken: dict[str, str] = {}
    for facts in sorted(hosts, key=lambda each: each.name):
        aliases = aliases_of(facts.name, facts.fqdn, *facts.addresses)
        here = on_host.get(facts.name, [])
        found[facts.name] = EstateHost(
            name=facts.name,
            aliases=aliases,
            facts=facts,
            weight=max((each.weight for each in here), default=UNDECLARED_CRITICALITY),
            services=tuple(sorted(each.name for each in here)),
            known_from=("host",),
        )
        taken.update(dict.fromkeys(aliases, facts.name))
    silent = {name: (reason, aliases) for reason, name, aliases in _silent(snapshot)}
    asked = (("agent", name, aliases) for name, (_, aliases) in silent.items())
    named = (*asked, *_monitored(snapshot.monitoring), *_declared(snapshot), *_listed(snapshot))
    for source, name, aliases in named:
        already = next((taken[alias] for alias in sorted(aliases) if alias in taken), None)
        if already is None:
            unread = silent[name][0] if source == "agent" else "no_source"
            found[name] = EstateHost(name=name, aliases=aliases, known_from=(source,), unread=unread)
            taken.update(dict.fromkeys(aliases, name))
        else:
            known = found[already]
            found[already] = replace(
                known,
                aliases=known.aliases | aliases,
                known_from=known.known_from if source in known.known_from else (*known.known_from, source),
            )
            taken.update(dict.fromkeys(aliases - taken.keys(), already))
    return tuple(found[name] for name in sorted(found))


def _monitored(monitoring: Monitoring | None) -> Iterable[tuple[str, str, frozenset[str]]]:
    """Return hosts that a node exporter speaks for, under the name that they give themselves."""
    answer = monitoring.query("hosts.uname") if monitoring is not None else None
    for sample in answer.samples if answer is not None else ():
        name = sample.labels.get("nodename", "")
        instance = bare_host(sample.labels.get("instance", ""))
        if name:
            yield "prometheus", name, aliases_of(name, "" if is_loopback(instance) else instance)


def _listed(snapshot: Snapshot) -> Iterable[tuple[str, str, frozenset[str]]]:
    """Return the hosts that inventories name."""
    for file in snapshot.catalogues:
        for each in file.hosts:
            yield "catalogue", each.name, aliases_of(each.name, *each.aliases)


def _silent(snapshot: Snapshot) -> Iterable[tuple[Reason, str, frozenset[str]]]:
    """Yield hosts whose agent was asked and gave nothing: they exist, and what they hold is not known.

    An agent on a loopback address is this machine's own, unless nothing read this machine: then it may be a tunnel.
    """
    here = any(each.kind == "host" for each in snapshot.origins)
    for each in snapshot.origins:
        if each.kind != "agent" or each.reason is None or each.reason == "partial":
            continue
        name = bare_host(each.where)
        if not is_loopback(name):
            yield each.reason, name, aliases_of(name)
        elif not here:
            yield each.reason, each.where.split("://", 1)[-1], frozenset()


def _declared(snapshot: Snapshot) -> Iterable[tuple[str, str, frozenset[str]]]:
    context = snapshot.declared.context if snapshot.declared else None
    if context is None:
        return
    for contract in context.contracts or ():
        for name in contract.assets.hosts if contract.assets else ():
            yield "context", name, aliases_of(name)
    for service in context.services or ():
        for name in service.match.hosts if service.match else ():
            if not any(mark in name for mark in "*?["):
                yield "context", name, aliases_of(name)
