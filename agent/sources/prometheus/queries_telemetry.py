"""PromQL about the monitoring itself: continuity and depth of collection."""

from __future__ import annotations

from agent.sources.prometheus.query import Query


def _oldest(query_id: str, series: str) -> Query:
    return Query(
        id=query_id,
        promql=(
            f"(max by (job, instance) (time() - min_over_time(timestamp({series})[{{window}}:6h]))"
            f" or max by (job, instance) (time() - timestamp({series}))) / 86400"
        ),
        windows=("30d", "8d"),
        cost="steps:120",
        gives="age of the oldest sample, days, at most the window",
    )


TELEMETRY = (
    Query(
        id="continuity.samples",
        promql=(
            'label_replace(max by (job, instance) (count_over_time(up[{window}])), "scrapes", "tried", "", "")'
            ' or label_replace(max by (job, instance) (sum_over_time(up[{window}])), "scrapes", "succeeded", "", "")'
        ),
        windows=("7d", "1d"),
        cost="scrapes",
        gives="scrapes of the target in the window, all of them and those that succeeded",
    ),
    Query(
        id="continuity.first_seen",
        promql=(
            "max by (job, instance) (time() - min_over_time(timestamp(up)[{window}:5m]))"
            " or max by (job, instance) (time() - timestamp(up))"
        ),
        windows=("7d", "1d"),
        cost="steps:2016",
        gives="seconds since the first scrape in the window",
    ),
    Query(
        id="continuity.exporter",
        promql=(
            "max by (job, instance)"
            " (count_over_time(node_load1[{window}]) / on (job, instance) (sum_over_time(up[{window}]) > 0))"
        ),
        windows=("7d", "1d"),
        cost="scrapes",
        gives="samples of the node exporter for each scrape that succeeded",
    ),
    Query(
        id="continuity.targets_before",
        promql="count by (job) (up offset {window})",
        windows=("7d", "1d"),
        gives="targets of the job at the beginning of the window",
    ),
    Query(
        id="continuity.interval",
        promql="max by (job, instance) (max_over_time(count_over_time(up[1h])[{window}:1h]))",
        windows=("1d",),
        cost="scrapes",
        gives="scrapes done in the fullest hour of the window",
    ),
    _oldest("history.load", "node_load1"),
    _oldest("history.cpu", 'node_cpu_seconds_total{mode="idle",cpu="0"}'),
    _oldest("history.memory", "node_memory_MemAvailable_bytes"),
    _oldest("history.filesystem", 'node_filesystem_avail_bytes{mountpoint="/"}'),
    _oldest("history.up", "up"),
    Query(
        id="changes.process",
        promql="count by (job) (process_start_time_seconds)",
        gives="series of the job that tell when the process started",
    ),
    Query(
        id="changes.build",
        promql='count by (job) ({__name__=~".+_build_info"})',
        gives="series of the job that tell which version runs",
    ),
)
