"""PromQL about the series themselves: are they alive, well made, and will the server hold?"""

from __future__ import annotations

from agent.sources.prometheus.query import Query

ALIVE = ("node_load1", "node_memory_MemAvailable_bytes", "node_context_switches_total", "process_cpu_seconds_total")
"""Metrics that move on any machine that works (signal P29)."""


def _moving(metric: str) -> str:
    return f'label_replace(changes({metric}[{{window}}]) > bool 0, "metric", "{metric}", "", "")'


HYGIENE = (
    Query(
        id="hygiene.moving",
        promql=" or ".join(f"avg by (metric) ({_moving(each)})" for each in ALIVE),
        windows=("1d",),
        cost="scrapes",
        gives="share of the series of a metric that moved in the window; they move on any machine that works",
    ),
    Query(
        id="hygiene.series",
        promql=" or ".join(f'label_replace(count({each}), "metric", "{each}", "", "")' for each in ALIVE),
        gives="series of each of these metrics",
    ),
    Query(
        id="hygiene.hosts_scraped",
        promql="count by (nodename) (node_uname_info)",
        gives="targets that give the same host: over 1, its series exist twice",
    ),
    Query(
        id="hygiene.buckets",
        promql='sum by (__name__, le) ({__name__=~".+_bucket"})',
        gives="observations under each bound, by histogram",
    ),
)

SCALE = (
    Query(
        id="scale.growth",
        promql="max(deriv(prometheus_tsdb_head_series[{window}]) * 86400 * 30 / prometheus_tsdb_head_series)",
        windows=("7d",),
        cost="scrapes",
        series=1,
        gives="growth of the series in memory, share a month",
    ),
    Query(
        id="scale.churn",
        promql="max(rate(prometheus_tsdb_head_series_created_total[{window}]) * 3600 / prometheus_tsdb_head_series)",
        windows=("6h",),
        cost="scrapes",
        series=1,
        gives="series created, share an hour",
    ),
    Query(
        id="scale.query_slots",
        promql=(
            "max(max_over_time((prometheus_engine_queries / prometheus_engine_queries_concurrent_max)[{window}:1m]))"
        ),
        windows=("1d", "1h"),
        cost="steps:1440",
        series=1,
        gives="query slots in use at the busiest moment, share",
    ),
)
