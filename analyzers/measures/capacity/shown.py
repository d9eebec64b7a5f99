"""The forecasts that a report draws: the resources that fill first."""

from __future__ import annotations

from analyzers.measures.capacity.horizon import FULL
from analyzers.measures.capacity.usage import Usage, usages
from analyzers.model.estate import Estate
from analyzers.model.verdict import Forecasted

MOST = 12
"""Charts that a reader looks at; the rest is in the evidence."""

SOON_DAYS = 730
"""Resources that fill later than in two years need no chart."""


def filling_first(estate: Estate) -> tuple[Forecasted, ...]:
    """Return the resources that fill within two years, soonest first, `MOST` at most."""
    found = [(days, each) for used in usages(estate).values() for each in used if (days := _days(each)) is not None]
    found.sort(key=lambda pair: (pair[0], pair[1].host, pair[1].resource))
    return tuple(_shown(each, days) for days, each in found[:MOST] if days <= SOON_DAYS)


def _days(usage: Usage) -> float | None:
    return usage.forecast.days_until(FULL) if usage.forecast is not None else None


def _shown(usage: Usage, days: float) -> Forecasted:
    assert usage.forecast is not None
    return Forecasted(
        host=usage.host,
        resource=usage.resource,
        start=usage.points.start,
        step_seconds=usage.points.step_seconds,
        values=tuple(None if each is None else round(each, 4) for each in usage.points.values),
        level=usage.forecast.at(0),
        slope=usage.forecast.slope,
        days_until_full=round(days, 1),
        error=usage.forecast.error,
    )
