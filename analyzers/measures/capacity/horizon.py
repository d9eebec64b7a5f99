"""In how many days the first resource runs out."""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.capacity.usage import Usage, usages, why_no_days
from analyzers.measures.members import host_member
from analyzers.measures.series import exact
from analyzers.model.estate import CRITICAL_FROM, Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO, Interval

SOON_DAYS, FAR_DAYS = Fraction(30), Fraction(180)
"""Worth 0 and 1 (catalogue, saturation-horizon)."""

FULL = 1.0
"""Used share at which a resource is gone."""

SHOWN_DAYS = 3650
"""Beyond ten years a date is a figure of speech."""

RESOURCES = ("cpu", "memory", "disk")
"""What must be known of a host before it is said to last."""


def until_full(estate: Estate) -> Population:
    """Return the hosts that matter, each valued by its resource that runs out first; the worst host counts.

    Hosts of critical services matter; where nothing is declared critical, all do.
    """
    used = usages(estate)
    critical = [each for each in estate.hosts if each.weight >= CRITICAL_FROM]
    members = tuple(_member(each, used.get(each.name, ()), estate) for each in critical or estate.hosts)
    return Population(key="hosts.saturation_horizon", members=members, shape="worst", missing="no_source")


def _member(host: EstateHost, used: tuple[Usage, ...], estate: Estate) -> Member:
    told = [each for each in used if each.forecast is not None]
    if not told:
        return host_member(host, None, reason="too_few" if used else why_no_days(estate))
    values = [(value_of(_days(each)), each) for each in told]
    worst = min(value for value, _ in values)
    lacking = [each for each in RESOURCES if not any(one.resource.split()[0] == each for one in told)]
    untold = len(told) < len(used) or bool(lacking)
    evidence = tuple(piece for _, each in sorted(values, key=lambda pair: pair[0]) for piece in _facts(each))
    if untold:
        return host_member(
            host, Interval(ZERO, worst), *evidence, reason="too_few" if len(told) < len(used) else "partial"
        )
    return host_member(host, Interval.point(worst), *evidence)


def value_of(days: float | None) -> Fraction:
    """Return 0 at 30 days or less, 1 at 180 or more, linear between; never is 1."""
    if days is None:
        return ONE
    return min(ONE, max(ZERO, (exact(round(days, 3)) - SOON_DAYS) / (FAR_DAYS - SOON_DAYS)))


def _days(usage: Usage) -> float | None:
    assert usage.forecast is not None
    return usage.forecast.days_until(FULL)


def _facts(usage: Usage) -> tuple[Evidence, ...]:
    assert usage.forecast is not None
    days = _days(usage)
    never = days is None or days > SHOWN_DAYS
    shown = usage.evidence("full in", "never" if never else round(days or 0.0, 1), "" if never else "days")
    if usage.forecast.error is None:
        return (shown,)
    return shown, usage.evidence(
        "error of the same forecast a week ago", round(usage.forecast.error, 4), "of used share"
    )
