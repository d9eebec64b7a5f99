"""What a measure reads, the scan must ask: an id that differs by one letter would be unknown for ever."""

from __future__ import annotations

import pytest

from agent.sources.prometheus.queries import QUERIES
from analyzers.measures import clocks, elasticity, headroom, saturation, units

READ = (
    clocks.OFFSET,
    clocks.SYNC,
    units.FAILED,
    units.RESTARTS,
    *units.NAMES,
    *headroom.BARS,
    *(each.query_id for each in saturation.RESOURCES),
    *elasticity.CHANGED,
    elasticity.HISTORY,
)


@pytest.mark.parametrize("query_id", READ)
def test_what_is_read_is_asked_by_host(query_id: str) -> None:
    (query,) = (each for each in QUERIES if each.id == query_id)
    assert "by (instance" in query.promql
