"""Whether hosts still have headroom after a year of growth."""

from __future__ import annotations

from analyzers.measures.capacity.usage import Usage, usages, why_no_days
from analyzers.measures.members import host_member, of_hosts, stale, statement_evidence
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

YEAR_DAYS = 365
RESOURCES = frozenset({"cpu", "memory", "disk"})


def absorbed(estate: Estate) -> Population:
    """Return hosts valued 1 when every resource keeps its headroom after twelve months of growth, else 0.

    The growth is what the organisation declares; where it declares none, each resource's own trend.
    """
    used = usages(estate)
    growth = declared_growth(estate)
    members = (_member(each, used.get(each.name, ()), growth, estate) for each in estate.hosts)
    return of_hosts("hosts.growth_absorbed", members, estate)


def declared_growth(estate: Estate) -> float | None:
    """Return the growth a year that the organisation declares, as a share; None when it declares none in force."""
    organisation = estate.context.organisation if estate.context is not None else None
    percent = organisation.growth_percent_per_year if organisation is not None else None
    return None if percent is None or stale(estate, None) else percent / 100


def _member(host: EstateHost, used: tuple[Usage, ...], growth: float | None, estate: Estate) -> Member:
    after = [(each, _in_a_year(each, growth)) for each in used]
    known = [(each, share) for each, share in after if share is not None]
    if not known:
        return host_member(host, None, reason="too_few" if used else why_no_days(estate))
    evidence = [
        each.evidence("used in a year", round(share, 4), "ratio")
        for each, share in sorted(known, key=lambda pair: pair[0].bar - pair[1])
    ]
    evidence += _statement(estate, growth)
    if any(share >= each.bar for each, share in known):
        return host_member(host, Interval.point(0), *evidence)
    if len(known) < len(used) or {each.resource.split()[0] for each, _ in known} < RESOURCES:
        reason: Reason = "too_few" if len(known) < len(used) else "partial"
        return host_member(host, Interval.between(0, 1), *evidence, reason=reason)
    return host_member(host, Interval.point(1), *evidence)


def _in_a_year(usage: Usage, growth: float | None) -> float | None:
    """Return the used share in a year; a declared growth multiplies what is used now, at its busiest of the week."""
    if growth is None:
        return usage.forecast.at(YEAR_DAYS) if usage.forecast is not None else None
    now = usage.forecast.at(0) if usage.forecast is not None else usage.last
    return None if now is None else now * (1 + growth)


def _statement(estate: Estate, growth: float | None) -> list[Evidence]:
    if growth is None:
        return []
    path = "organisation.growth_percent_per_year"
    return [statement_evidence(estate, path, "growth a year", round(growth * 100, 2))]
