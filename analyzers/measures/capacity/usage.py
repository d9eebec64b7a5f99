"""Used shares of each resource of each host, a value a day, with the forecast that they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analyzers.measures.capacity.trend import Forecast
from analyzers.measures.headroom import BARS, CPU, DISK, MEMORY
from analyzers.measures.members import query_evidence
from analyzers.measures.series import why_no_series
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence
from analyzers.model.monitoring import Monitoring, Points, QueryResult
from analyzers.model.reasons import Reason

DAILY = {"capacity.cpu": BARS[CPU], "capacity.memory": BARS[MEMORY], "capacity.disk": BARS[DISK]}
"""Queries that give a used share a day, with the share under which there is headroom (catalogue, headroom-now)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One resource of one host.

    Attributes
    ----------
    resource
        "cpu", "memory" or "disk /srv".
    bar
        Used share under which there is headroom, in [0, 1].
    forecast
        None when there are too few days.
    """

    host: str
    resource: str
    bar: float
    points: Points
    forecast: Forecast | None
    answer: QueryResult
    monitoring: Monitoring

    @property
    def last(self) -> float | None:
        """Used share on the last day that holds a value."""
        return next((each for each in reversed(self.points.values) if each is not None), None)

    def evidence(self, key: str, value: float | str | None, unit: str) -> Evidence:
        """Return a fact that was derived from these days."""
        return query_evidence(self.monitoring, self.answer, f"{self.resource}: {key}", value, unit)


def usages(estate: Estate) -> Mapping[str, tuple[Usage, ...]]:
    """Return the resources of each known host by host name; a host that no query speaks of is absent."""
    from analyzers.measures.capacity.forecast import forecast  # noqa: PLC0415 - numpy, for those who assess

    found: dict[str, list[Usage]] = {}
    monitoring = estate.monitoring
    if monitoring is None:
        return {}
    for query_id, bar in DAILY.items():
        answer = monitoring.query(query_id)
        for points in answer.points if answer is not None else ():
            host = estate.host_named(points.labels.get("instance", ""))
            if host is None or answer is None:
                continue
            usage = Usage(
                host=host.name,
                resource=" ".join((query_id.split(".")[1], points.labels.get("mountpoint", ""))).strip(),
                bar=float(bar),
                points=points,
                forecast=forecast(points.values),
                answer=answer,
                monitoring=monitoring,
            )
            found.setdefault(host.name, []).append(usage)
    return {name: tuple(sorted(each, key=lambda one: one.resource)) for name, each in sorted(found.items())}


def why_no_days(estate: Estate) -> Reason:
    """Return why a host has no days."""
    return why_no_series(estate, DAILY)
