"""Is each promised availability met, as we measure it?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.answers import Answer, answer
from analyzers.measures.members import stale, statement_evidence
from analyzers.measures.written.statements import NO_PROVIDER
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.host_names import bare_host
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason

KEY = "sla.met"
AVAILABLE, SAMPLES = "sla.availability", "sla.samples"
BLIND = Fraction(1, 100)
"""Share of the window without probes that an availability still speaks for (catalogue)."""

SURE = 1.96
"""Normal quantile of the 95 % interval (E. B. Wilson, 1927)."""

LABELS = ("job", "instance", "service")
AVAILABILITY, PROMISED = "availability", "promised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An availability that is promised for a service, in percent, and where that is written."""

    service: str
    percent: Fraction
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What probes say of a service: the 95 % interval of its availability, and the share of the window not probed."""

    low: float
    share: float
    high: float
    blind: float | None
    instance: str


def met(estate: Estate) -> Population:
    """Return promises: 1 when the lower bound of what probes measure reaches it, 0 when the upper one does not.

    Probes are blackbox's ``probe_success``, of the service by a label or by the address probed. In between, and where
    more than 1 % of the window was not probed, the service is open. A service without a probe is unknown: what nobody
    measures is neither kept nor broken.
    """
    promises = promised(estate)
    context = estate.context
    if not promises:
        if context is not None and context.providers is not None and not context.providers:
            return Population(key=KEY, complete=True, declared_empty=NO_PROVIDER)
        return Population(key=KEY, missing="not_declared")
    return Population(key=KEY, members=tuple(_member(each, estate) for each in promises))


def promised(estate: Estate) -> tuple[Promise, ...]:
    """Return the availability of contracts for the services that they cover, and of the catalogue for the others."""
    context = estate.context
    if context is None:
        return ()
    found: dict[str, Promise] = {}
    for rank, contract in enumerate(context.contracts or ()):
        sla = contract.sla.availability if contract.sla is not None else None
        if sla is None or stale(estate, contract.date):
            continue
        path = f"contracts[{rank}].sla.availability"
        said = statement_evidence(estate, path, PROMISED, sla, contract.date, contract.author)
        for name in contract.assets.services if contract.assets is not None else ():
            promise = Promise(service=name, percent=Fraction(sla).limit_denominator(10000), evidence=said)
            if name not in found or promise.percent > found[name].percent:
                found[name] = promise
    return tuple(found[name] for name in sorted(found))


def probed(service: EstateService, estate: Estate) -> tuple[Probed | None, Reason | None, Answer | None]:
    """Return what probes say of a service, else why they do not."""
    monitoring = estate.monitoring
    if monitoring is None:
        return None, "no_monitoring_source", None
    shares, samples = answer(monitoring, AVAILABLE, *LABELS), answer(monitoring, SAMPLES, *LABELS)
    for each in (shares, samples):
        if each.reason is not None:
            return None, each.reason, None
    mine = sorted(key for key in shares.values if _is_of(key, service) and samples.values.get(key, 0) >= 1)
    if not mine:
        return None, "no_source", None
    worst = min(mine, key=lambda key: (shares.values[key], key))
    count = samples.values[worst]
    low, high = _wilson(shares.values[worst], count)
    blind = _blind(worst, count, samples.window_seconds, monitoring)
    found = Probed(low=low, share=shares.values[worst], high=high, blind=blind, instance=worst[1])
    return found, None, shares


def _member(promise: Promise, estate: Estate) -> Member:
    service = estate.service_named(promise.service) or EstateService(name=promise.service)
    seen, reason, shares = probed(service, estate)
    measured: Interval | None = None
    evidence: tuple[Evidence, ...] = (promise.evidence,)
    if seen is not None and shares is not None and estate.monitoring is not None:
        blind = seen.blind is None or Fraction(seen.blind) > BLIND
        bar = promise.percent / 100
        if Fraction(seen.high) < bar and not blind:
            measured = Interval.point(0)
        elif Fraction(seen.low) >= bar and not blind:
            measured = Interval.point(1)
        else:
            measured, reason = UNKNOWN, "partial" if blind else "too_few"
        told = f"{100 * seen.low:.3f} to {100 * seen.high:.3f} at {seen.instance}"
        evidence = (shares.evidence(estate.monitoring, AVAILABILITY, told, "%"), *evidence)
    return Member(
        name=promise.service,
        kind="service",
        weight=service.weight,
        measured=measured,
        reason=reason,
        evidence=evidence,
        services=(promise.service,),
        hosts=service.hosts,
    )


def _is_of(key: tuple[str, ...], service: EstateService) -> bool:
    job, instance, label = key
    name = service.name.casefold()
    if name in {label.casefold(), job.casefold()}:
        return True
    host = bare_host(instance)
    entry = service.declared
    addresses = {each.casefold() for each in (*entry.addresses, *entry.domains)} if entry is not None else set()
    return host in addresses or host.split(".")[0] == name


def _wilson(share: float, count: float) -> tuple[float, float]:
    """Return the 95 % interval of a proportion."""
    spread = SURE * SURE / count
    middle = (share + spread / 2) / (1 + spread)
    half = SURE / (1 + spread) * math.sqrt(max(0.0, share * (1 - share)) / count + spread / count / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def _blind(key: tuple[str, ...], count: float, window: float | None, monitoring: Monitoring) -> float | None:
    intervals: Mapping[tuple[str, str], float | None] = {
        (each.job, each.instance): each.scrape_interval_seconds for each in monitoring.targets or ()
    }
    interval = intervals.get((key[0], key[1]))
    if not interval or not window:
        return None
    return max(0.0, 1 - (count + 1) * interval / window)
