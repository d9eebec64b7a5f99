"""PromQL about how capacity is used day after day, and what is left: what forecasts and placements are made from."""

from __future__ import annotations

from agent.sources.prometheus.queries_estate import DISKS
from agent.sources.prometheus.query import Query

DAYS = ("56d", "28d", "14d")
"""Eight weeks tell a trend from a season of the week; two are the least that does."""

PHYSICAL = 'device!~"lo|veth.*|docker.*|br-.*|virbr.*|cali.*|flannel.*|tun.*|tap.*"'
"""Network devices that carry traffic out of the host."""

CAPACITY_BY_DAY = (
    Query(
        id="capacity.cpu",
        promql=(
            "quantile_over_time(0.95,"
            ' (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))[1d:30m])[{window}:1d]'
        ),
        windows=DAYS,
        cost="steps:13440",
        gives="processor in use, share, 95th percentile of each day",
    ),
    Query(
        id="capacity.memory",
        promql=(
            "quantile_over_time(0.95, max by (instance)"
            " (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)[1d:30m])[{window}:1d]"
        ),
        windows=DAYS,
        cost="steps:2688",
        gives="memory in use, share, 95th percentile of each day",
    ),
    Query(
        id="capacity.disk",
        promql=(
            f"max_over_time((max by (instance, mountpoint) (1 - node_filesystem_avail_bytes{{{DISKS}}}"
            f" / (node_filesystem_size_bytes{{{DISKS}}} > 0))"
            " unless on (instance, mountpoint) (node_filesystem_readonly == 1))[1d:2h])[{window}:1d]"
        ),
        windows=DAYS,
        cost="steps:672",
        gives="writable file system in use, share, most of each day",
    ),
)

ROOM = (
    Query(
        id="room.cpus",
        promql='count by (instance) (node_cpu_seconds_total{mode="idle"})',
        gives="processors of the host",
    ),
    Query(
        id="room.memory_bytes",
        promql="max by (instance) (node_memory_MemTotal_bytes)",
        gives="memory of the host, bytes",
    ),
    Query(
        id="room.disk_bytes",
        promql=(
            f"max by (instance, mountpoint) (node_filesystem_size_bytes{{{DISKS}}})"
            " unless on (instance, mountpoint) (node_filesystem_readonly == 1)"
        ),
        gives="size of a writable file system, bytes",
    ),
    Query(
        id="room.network_free",
        promql=(
            f"max by (instance) ((node_network_speed_bytes{{{PHYSICAL}}} > 0) - on (instance, device)"
            f" quantile_over_time(0.95, rate(node_network_transmit_bytes_total{{{PHYSICAL}}}[5m])[{{window}}:5m]))"
        ),
        windows=("7d", "1d"),
        cost="scrapes",
        gives="bytes a second that the best network device leaves free at the 95th percentile",
    ),
)
