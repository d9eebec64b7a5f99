"""The PromQL that checks need: one row a signal, named, with its window and what it costs.

An answer without any series means "the metric is not there", never "all is well": rows that look for trouble return 0
where there is none, so that a measure tells the two apart.
"""

from __future__ import annotations

from agent.sources.prometheus.queries_alerts import ALERTS
from agent.sources.prometheus.queries_capacity import CAPACITY_BY_DAY, ROOM
from agent.sources.prometheus.queries_estate import CAPACITY, IDENTITY, OPERATIONS
from agent.sources.prometheus.queries_hygiene import HYGIENE, SCALE
from agent.sources.prometheus.queries_telemetry import TELEMETRY
from agent.sources.prometheus.query import Query

__all__ = ["QUERIES", "Query"]

QUERIES: tuple[Query, ...] = (
    *IDENTITY,
    *TELEMETRY,
    *CAPACITY,
    *OPERATIONS,
    *ALERTS,
    *ROOM,
    *HYGIENE,
    *SCALE,
    *CAPACITY_BY_DAY,
)
"""At the same price, the first are asked first when the budget is short: what a prerequisite rests on leads."""
