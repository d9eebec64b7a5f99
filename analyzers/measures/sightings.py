"""How a server sees the services of the estate: by a port, by a name in a label, by a systemd unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from fractions import Fraction

from analyzers.measures.members import query_evidence
from analyzers.measures.targets import SeenTarget, Targets, by_host, host_of, nameless
from analyzers.model.estate import Estate, EstateHost, EstateService
from analyzers.model.evidence import Evidence, Member
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason

UNITS = "units.active"
BROKEN = "broken_target"
"""Key of the evidence that a target does not answer, with the class of its fault."""

SERVICE_LABELS = ("job", "service", "app", "application", "component", "container", "name")
"""Labels that may name what a target measures."""

HTTP_PORTS = {"http": 80, "https": 443}

_Seen = tuple[Interval, tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the server sees, ready to be asked about hosts and services.

    Attributes
    ----------
    here, called
        Targets by the name of the host that they speak for, and by the names that their labels give.
    units
        (host, unit) of the services that systemd runs; None for `units_reason`.
    nameless
        Whether a target is only an address that no known host has.
    """

    monitoring: Monitoring
    targets: Targets
    here: Mapping[str, tuple[SeenTarget, ...]]
    called: Mapping[str, tuple[SeenTarget, ...]]
    units: frozenset[tuple[str, str]] | None
    units_reason: Reason | None
    nameless: bool

    def shown(self, target: SeenTarget) -> Evidence:
        """Return the evidence that a target is healthy, or why it is not."""
        if target.fault:
            return self.targets.evidence(self.monitoring, BROKEN, f"{target.name}: {target.fault}")
        key = "healthy_target" if target.healthy else "target_not_scraped_yet"
        return self.targets.evidence(self.monitoring, key, target.name)


def look(monitoring: Monitoring, targets: Targets, estate: Estate) -> View:
    """Return what a server sees of an estate, through these targets."""
    answer = monitoring.query(UNITS)
    reason: Reason | None = "partial" if answer is None else answer.reason
    units = None
    if answer is not None and reason is None:
        found = ((estate.host_named(each.labels.get("instance", "")), each) for each in answer.samples)
        units = frozenset((host.name, each.labels.get("name", "")) for host, each in found if host is not None)
    called: dict[str, list[SeenTarget]] = {}
    for target in targets.found:
        for name in _names(target):
            called.setdefault(name, []).append(target)
    return View(
        monitoring=monitoring,
        targets=targets,
        here=by_host(targets.found, estate),
        called={name: tuple(each) for name, each in called.items()},
        units=units,
        units_reason=reason,
        nameless=nameless(targets.found, estate),
    )


def best(targets: Iterable[SeenTarget]) -> Interval | None:
    """Return what the healthiest target says; one that was not scraped yet says nothing."""
    states = {each.healthy for each in targets}
    if True in states:
        return Interval.point(1)
    return None if None in states else Interval.point(0)


def telling(targets: Iterable[SeenTarget]) -> list[SeenTarget]:
    """Return the healthy target that settles it, if there is one, and every one that does not answer."""
    found = list(targets)
    healthy = [each for each in found if each.healthy]
    return healthy[:1] + [each for each in found if not each.healthy]


def sighting(service: EstateService, view: View, estate: Estate) -> Member:
    """Return a service valued 1 when it is seen fresh, 0 when not, the mean over the hosts where it runs."""
    places = _places(service, estate)
    found = {each.name: each for name in _known_as(service) for each in view.called.get(name, ())}
    named = [found[name] for name in sorted(found)]
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


def _at(
    place: str, service: EstateService, ports: frozenset[int], named: list[SeenTarget], view: View, estate: Estate
) -> _Seen:
    """Return whether a service is seen on one of its hosts: by its port, its name, or its systemd unit."""
    here = [each for each in view.here.get(place, ()) if port_of(each.instance) in ports]
    here += [each for each in named if (host := host_of(each, estate)) is None or host.name == place]
    if any(each.healthy for each in here):
        return Interval.point(1), tuple(view.shown(each) for each in telling(here))
    answer = view.monitoring.query(UNITS)
    unit = next((each for each in sorted(_units(service)) if (place, each) in (view.units or ())), None)
    if unit is not None and answer is not None:
        return Interval.point(1), (query_evidence(view.monitoring, answer, "unit", f"{place} {unit}"),)
    if view.units is None or any(each.healthy is None for each in here):
        return UNKNOWN, tuple(view.shown(each) for each in here)
    nothing = view.targets.evidence(view.monitoring, "targets", f"{place}: none")
    return Interval.point(0), tuple(view.shown(each) for each in here) or (nothing,)


def _anywhere(service: EstateService, named: list[SeenTarget], view: View) -> _Seen:
    """Return whether a service that no host is known to run is seen; where it would listen is not known either."""
    value = best(named) if named else None
    if value is not None:
        return value, tuple(view.shown(each) for each in telling(named))
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


def _mean(values: Iterable[Fraction]) -> Fraction:
    found = list(values)
    return sum(found, ZERO) / len(found) if found else ONE
