"""Known hosts and services, and whether metrics show them now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction

from analyzers.measures.members import host_evidence, host_member, query_evidence, run_of
from analyzers.measures.targets import (
    SeenTarget,
    Targets,
    by_host,
    has_address,
    host_of,
    nameless,
    read_targets,
    unmonitored,
)
from analyzers.model.estate import Estate, EstateHost, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason

KEY = "inventory.monitored"
UNITS = "units.active"
AGENT = "monitoring_agent"
"""Key of the evidence that another monitoring agent runs on a host."""

BROKEN = "broken_target"
"""Key of the evidence that a target does not answer, with the class of its fault."""

SERVICE_LABELS = ("job", "service", "app", "application", "component", "container", "name")
"""Labels that may name what a target measures."""

HTTP_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class _View:
    """What the server sees, ready to be asked about hosts and services."""

    monitoring: Monitoring
    targets: Targets
    by_host: Mapping[str, tuple[SeenTarget, ...]]
    units: frozenset[tuple[str, str]] | None
    units_reason: Reason | None
    nameless: bool

    def shown(self, target: SeenTarget) -> Evidence:
        """Return the evidence that a target is healthy, or why it is not."""
        if target.fault:
            return self.targets.evidence(self.monitoring, BROKEN, f"{target.name}: {target.fault}")
        key = "healthy_target" if target.healthy else "target_not_scraped_yet"
        return self.targets.evidence(self.monitoring, key, target.name)


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
    view = _view(monitoring, targets, estate)
    services = (each for each in estate.services if not each.external)
    members = (
        *(_host(host, view) for host in estate.hosts),
        *(_service(service, view, estate) for service in services),
        *_unlisted(estate),
    )
    return Population(key=KEY, members=members) if members else unmonitored(KEY, "no_source")


def _view(monitoring: Monitoring, targets: Targets, estate: Estate) -> _View:
    answer = monitoring.query(UNITS)
    reason: Reason | None = "partial" if answer is None else answer.reason
    units = None
    if answer is not None and reason is None:
        found = ((estate.host_named(each.labels.get("instance", "")), each) for each in answer.samples)
        units = frozenset((host.name, each.labels.get("name", "")) for host, each in found if host is not None)
    return _View(monitoring, targets, by_host(targets.found, estate), units, reason, nameless(targets.found, estate))


def _host(host: EstateHost, view: _View) -> Member:
    here = view.by_host.get(host.name, ())
    if not here:
        if view.nameless and not has_address(host):
            return host_member(host, None, reason="partial")
        nothing = view.targets.evidence(view.monitoring, "targets", 0)
        return host_member(host, Interval.point(0), nothing)
    value = _best(here)
    reason: Reason | None = "too_few" if value is None else None
    return host_member(host, value, *(view.shown(each) for each in _telling(here)), reason=reason)


def _best(targets: Iterable[SeenTarget]) -> Interval | None:
    """Return what the healthiest target says; one that was not scraped yet says nothing."""
    states = {each.healthy for each in targets}
    if True in states:
        return Interval.point(1)
    return None if None in states else Interval.point(0)


def _telling(targets: Iterable[SeenTarget]) -> list[SeenTarget]:
    """Return the healthy target that settles it, else every one that does not answer."""
    found = list(targets)
    return [each for each in found if each.healthy][:1] or found


def _service(service: EstateService, view: _View, estate: Estate) -> Member:
    places = _places(service, estate)
    named = [each for each in view.targets.found if _names(each) & _known_as(service)]
    if places:
        seen = [_at(place, service, ports, named, view, estate) for place, ports in sorted(places.items())]
    else:
        seen = [_anywhere(service, named, view)]
    values = [each[0] for each in seen]
    measured = Interval(_mean(each.low for each in values), _mean(each.high for each in values))
    settled = measured != UNKNOWN
    return Member(
        name=service.name,
        kind="service",
        weight=service.weight,
        measured=measured if settled else None,
        reason=None if measured.width == 0 else view.units_reason or "partial",
        evidence=tuple(dict.fromkeys(piece for _, pieces in seen for piece in pieces)),
        services=(service.name,),
        hosts=service.hosts,
    )


_Seen = tuple[Interval, tuple[Evidence, ...]]


def _at(
    place: str, service: EstateService, ports: frozenset[int], named: list[SeenTarget], view: _View, estate: Estate
) -> _Seen:
    """Return whether a service is seen on one of its hosts: by its port, its name, or its systemd unit."""
    here = [each for each in view.by_host.get(place, ()) if port_of(each.instance) in ports]
    here += [each for each in named if (host := host_of(each, estate)) is None or host.name == place]
    if any(each.healthy for each in here):
        return Interval.point(1), tuple(view.shown(each) for each in _telling(here))
    answer = view.monitoring.query(UNITS)
    unit = next((each for each in sorted(_units(service)) if (place, each) in (view.units or ())), None)
    if unit is not None and answer is not None:
        return Interval.point(1), (query_evidence(view.monitoring, answer, "unit", f"{place} {unit}"),)
    if view.units is None or any(each.healthy is None for each in here):
        return UNKNOWN, tuple(view.shown(each) for each in here)
    nothing = view.targets.evidence(view.monitoring, "targets", f"{place}: none")
    return Interval.point(0), tuple(view.shown(each) for each in here) or (nothing,)


def _anywhere(service: EstateService, named: list[SeenTarget], view: _View) -> _Seen:
    """Return whether a service that no host is known to run is seen; where it would listen is not known either."""
    value = _best(named) if named else None
    if value is not None:
        return value, tuple(view.shown(each) for each in _telling(named))
    answer = view.monitoring.query(UNITS)
    units = {unit for _, unit in view.units or ()} & _units(service)
    if units and answer is not None:
        return Interval.point(1), (query_evidence(view.monitoring, answer, "unit", min(units)),)
    return UNKNOWN, ()


def _places(service: EstateService, estate: Estate) -> dict[str, frozenset[int]]:
    """Return the ports of a service by host: where it listens, else where the catalogue says that it does."""
    found: dict[str, set[int]] = {}
    for each in service.instances:
        ports = {each.listener.port} if each.listener.protocol == "tcp" else set()
        found.setdefault(each.host, set()).update(ports)
    rule = service.declared.match if service.declared is not None else None
    if not found and rule is not None:
        found = {host.name: set(rule.ports) for host in estate.hosts if _matches(host, rule.hosts)}
    return {name: frozenset(ports) for name, ports in found.items()}


def _matches(host: EstateHost, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(alias, pattern.lower()) for alias in host.aliases for pattern in patterns)


def _known_as(service: EstateService) -> frozenset[str]:
    """Return the names that a label may give a service."""
    names = {service.name, *_units(service)}
    for each in service.instances:
        names |= {each.listener.service, each.listener.container, each.listener.process}
    return frozenset(plain for name in names if (plain := _plain(name)))


def _units(service: EstateService) -> frozenset[str]:
    rule = service.declared.match if service.declared is not None else None
    units = {each.listener.unit for each in service.instances} | set(rule.units if rule is not None else ())
    return frozenset(each for each in units if each)


def _names(target: SeenTarget) -> frozenset[str]:
    given = (target.labels.get(each, "") for each in SERVICE_LABELS)
    return frozenset(plain for each in (*given, target.job) if (plain := _plain(each)))


def _plain(name: str) -> str:
    """Return a name without what exporters, units and servers add to it: ``postgres_exporter`` measures postgres."""
    return re.sub(r"([-_.](exporter|service|server))+$", "", name.strip().casefold())


def port_of(instance: str) -> int | None:
    """Return the port that an instance or a URL means, None when it gives none."""
    scheme, _, rest = instance.strip().lower().rpartition("://")
    address = rest.split("/", 1)[0].rsplit("@", 1)[-1]
    found = re.fullmatch(r"(?:\[[^\]]*\]|[^:]*):(\d{1,5})", address)
    return int(found.group(1)) if found else HTTP_PORTS.get(scheme)


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


def _mean(values: Iterable[Fraction]) -> Fraction:
    found = list(values)
    return sum(found, ZERO) / len(found) if found else ONE
