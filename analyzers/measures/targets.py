"""Scrape targets, as the server lists them or, where it does not, as its series ``up`` shows them."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import count

from analyzers.measures.members import endpoint_evidence, query_evidence
from analyzers.model.estate import UNDECLARED_CRITICALITY, Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.host_names import bare_host, is_loopback
from analyzers.model.interval import Interval
from analyzers.model.monitoring import Monitoring, Target
from analyzers.model.reasons import Reason

ENDPOINT = "/api/v1/targets"
UP = "targets.up"

FRESH_FOR = dt.timedelta(minutes=5)
"""A target scraped longer ago than this, or than three of its intervals, is not fresh (the look-back of PromQL)."""

HOST_LABELS = ("instance", "host", "hostname", "nodename", "node", "server")
"""Labels that may name the host of a series."""

LISTS_ITS_OWN = frozenset({"prometheus"})
"""Servers whose empty list is a fact. Others answer 200 and nothing when somebody else scrapes or evaluates."""

_FAULTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("forbidden", ("status 401", "status 403")),
    ("http status", ("http status",)),
    ("dns", ("no such host", "server misbehaving", "lookup ")),
    ("tls", ("x509", "tls:", "certificate")),
    ("refused", ("connection refused",)),
    ("timeout", ("deadline exceeded", "timeout")),
    ("no route", ("no route to host", "network is unreachable", "host is down")),
    ("parse", ("expected", "parse", "invalid", "unsupported", "text format", "unexpected", "content-type")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTarget:
    """A target and how its last scrape went.

    Attributes
    ----------
    name
        Unique among the targets of the server.
    healthy
        True when it was scraped lately with success; None when it was not scraped yet.
    fault
        Class of the failure: refused, timeout, forbidden, tls, dns, parse...; empty when there is none.
    interval
        Seconds between scrapes; None when the server did not say.
    """

    name: str
    job: str
    instance: str
    labels: Mapping[str, str] = field(default_factory=dict)
    healthy: bool | None = True
    fault: str = ""
    interval: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The targets of a server; `reason` tells why they are not known."""

    found: tuple[SeenTarget, ...] = ()
    listed: bool = False
    reason: Reason | None = None

    def evidence(self, monitoring: Monitoring, key: str, value: str | float, unit: str = "") -> Evidence:
        """Return a fact that the list of targets tells, with the source that the list came from."""
        answer = monitoring.query(UP)
        if self.listed or answer is None:
            return endpoint_evidence(monitoring, ENDPOINT, key, value, unit)
        return query_evidence(monitoring, answer, key, value, unit)


def read_targets(monitoring: Monitoring) -> Targets:
    """Return the targets of a server: its own list first, else its series ``up``."""
    if monitoring.targets or (monitoring.targets is not None and monitoring.kind in LISTS_ITS_OWN):
        return Targets(found=_named(_listed(each, monitoring) for each in monitoring.targets), listed=True)
    answer = monitoring.query(UP)
    if answer is None:
        return Targets(reason=monitoring.answer(ENDPOINT).reason or "partial")
    if answer.reason is not None or not answer.samples:
        return Targets(reason=answer.reason or "partial")
    return Targets(
        found=_named(
            SeenTarget(
                name="",
                job=each.labels.get("job", ""),
                instance=each.labels.get("instance", ""),
                labels=each.labels,
                healthy=None if each.value is None else each.value > 0,
                fault="" if each.value is None or each.value > 0 else "down",
            )
            for each in answer.samples
        )
    )


def fault_of(last_error: str) -> str:
    """Return the class of a scrape error; the text itself may hold a secret and is not shown."""
    text = last_error.lower()
    return next((name for name, marks in _FAULTS if any(each in text for each in marks)), "other" if text else "down")


def host_of(target: SeenTarget, estate: Estate) -> EstateHost | None:
    """Return the known host that a target speaks for, None when its labels name none."""
    named = (estate.host_named(target.labels[each]) for each in HOST_LABELS if target.labels.get(each))
    return next((each for each in named if each is not None), None) or estate.host_named(target.instance)


def by_host(targets: Iterable[SeenTarget], estate: Estate) -> dict[str, tuple[SeenTarget, ...]]:
    """Return the targets that speak for each known host, by its name."""
    found: dict[str, list[SeenTarget]] = {}
    for each in targets:
        host = host_of(each, estate)
        if host is not None:
            found.setdefault(host.name, []).append(each)
    return {name: tuple(each) for name, each in found.items()}


def nameless(targets: Iterable[SeenTarget], estate: Estate) -> bool:
    """Tell whether a target is only an address that no known host has: it may be any host without a known address."""
    return any(is_address(each.instance) and host_of(each, estate) is None for each in targets)


def has_address(host: EstateHost) -> bool:
    """Tell whether an address of the host is known, by which a target would be recognised."""
    return any(is_address(each) for each in host.aliases)


def is_address(text: str) -> bool:
    """Tell whether an instance is only an address, which no inventory of names can join (signal P20)."""
    name = bare_host(text)
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return is_loopback(name)
    return True


def target_member(
    target: SeenTarget,
    estate: Estate,
    measured: Interval | None,
    *evidence: Evidence,
    reason: Reason | None = None,
) -> Member:
    """Return a target as a member, weighted as the host that it speaks for."""
    host = host_of(target, estate)
    return Member(
        name=target.name,
        kind="target",
        weight=host.weight if host is not None else UNDECLARED_CRITICALITY,
        measured=measured,
        reason=reason,
        evidence=evidence,
        services=host.services if host is not None else (),
        hosts=(host.name,) if host is not None else (),
    )


def lacking(key: str, evidence: Evidence) -> Population:
    """Return the population of an estate that has none of what the question is about: what it lacks counts 0."""
    member = Member(name="estate", kind="estate", measured=Interval.point(0), evidence=(evidence,))
    return Population(key=key, members=(member,), complete=True)


def unmonitored(key: str, reason: Reason = "no_monitoring_source") -> Population:
    """Return the population of which nothing is known, and why."""
    return Population(key=key, missing=reason)


def exact(value: float) -> Fraction:
    """Return a share, exact to the millionth and clamped to [0, 1]: the same on every machine."""
    return Fraction(round(min(1.0, max(0.0, value)) * 1_000_000), 1_000_000)


def unique(names: Sequence[str]) -> list[str]:
    """Return the names, each made unique by a number where it repeats."""
    taken = set(names)
    seen: set[str] = set()
    result = []
    for name in names:
        candidates = (f"{name} ({number})" for number in count(2))
        chosen = name if name not in seen else next(each for each in candidates if each not in taken)
        seen.add(name)
        taken.add(chosen)
        result.append(chosen)
    return result


def _named(targets: Iterable[SeenTarget]) -> tuple[SeenTarget, ...]:
    ordered = sorted(targets, key=lambda each: (each.job, each.instance, sorted(each.labels.items())))
    names = unique([f"{each.job}/{each.instance}" for each in ordered])
    return tuple(replace(each, name=name) for each, name in zip(ordered, names, strict=True))


def _listed(target: Target, monitoring: Monitoring) -> SeenTarget:
    late = _late(target, monitoring)
    healthy = None if target.health == "unknown" else target.health == "up" and not late
    fault = "" if healthy is not False else "not scraped lately" if late else fault_of(target.last_error)
    return SeenTarget(
        name="",
        job=target.job,
        instance=target.instance,
        labels=target.labels,
        healthy=healthy,
        fault=fault,
        interval=target.scrape_interval_seconds or None,
    )


def _late(target: Target, monitoring: Monitoring) -> bool:
    if target.last_scrape is None:
        return False
    allowed = max(FRESH_FOR, dt.timedelta(seconds=3 * (target.scrape_interval_seconds or 0.0)))
    return monitoring.collected_at - target.last_scrape > allowed
