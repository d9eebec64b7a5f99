"""Days of use, as a server gives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from analyzers.model.monitoring import Points, QueryResult
from tests import builders as b


def points(values: Sequence[float | None], host: str = "web1", **labels: str) -> Points:
    start = b.NOW - dt.timedelta(days=len(values) - 1)
    found = {"instance": f"{host}:9100", **labels}
    return Points(labels=found, start=start, step_seconds=86400, values=tuple(values))


def by_day(query_id: str, *found: Points) -> QueryResult:
    return QueryResult(id=query_id, query=f"{query_id}[56d:1d]", window="56d", collected_at=b.NOW, points=found)


def level(value: float, days: int = 28) -> tuple[float, ...]:
    return (value,) * days


def rising(to: float, slope: float, days: int = 28) -> tuple[float, ...]:
    """Return days that end at `to` after growing by `slope` a day."""
    return tuple(to - slope * (days - 1 - day) for day in range(days))


def calm(host: str = "web1", cpu: float = 0.2, memory: float = 0.3, disk: float = 0.4) -> list[QueryResult]:
    """Return a month of a host on which nothing moves."""
    return [
        by_day("capacity.cpu", points(level(cpu), host)),
        by_day("capacity.memory", points(level(memory), host)),
        by_day("capacity.disk", points(level(disk), host, mountpoint="/")),
    ]
