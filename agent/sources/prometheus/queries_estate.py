"""PromQL about hosts and services: who they are, their headroom, their health."""

from __future__ import annotations

from agent.sources.prometheus.query import Query

DISKS = 'fstype!~"tmpfs|overlay|squashfs|ramfs|iso9660|udf|nfs[34]?|cifs"'
"""File systems that fill up (signal P48): no images, which are full by nature, and no disks of other hosts."""

PROBES = 10
"""Probes that an estate is taken to have when the cost of asking for them is estimated: far fewer than targets."""

PRESSED = (
    "avg by (instance) (avg_over_time((rate(node_pressure_{kind}_waiting_seconds_total[5m]) > bool 0.05)[{window}:5m]))"
)
"""Share of the window in which tasks waited more than 5 % of the time (signal P51)."""


def _age(tool: str, series: str, by: str) -> str:
    return f'label_replace({series}, "tool", "{tool}", "", "")'.replace("by ()", f"by (instance, {by})")


BACKUPS = (
    _age("velero", "time() - max by () (velero_backup_last_successful_timestamp)", "schedule"),
    _age("pgbackrest", "min by () (pgbackrest_backup_since_last_completion_seconds)", "stanza"),
    _age("barman", "time() - max by () (barman_last_backup)", "server"),
    _age("barman", "min by () (barman_last_backup_age_seconds)", "server"),
    _age("restic", "time() - max by () (restic_backup_timestamp)", "client_hostname"),
    _age("borg", "time() - max by () (borg_last_backup_timestamp)", "repository"),
    (
        "time() - max by (instance, tool) (label_replace("
        '{__name__=~"(.+_)?(backup_last_success(ful)?|last_successful_backup)_timestamp(_seconds)?",'
        '__name__!="velero_backup_last_successful_timestamp"}, "tool", "$1", "__name__", "(.+)"))'
    ),
)
"""Age of the last success by tool: known exporters, then any metric whose name says so."""

IDENTITY = (
    Query(
        id="hosts.uname",
        promql="count by (nodename, instance, job) (node_uname_info)",
        gives="always 1: the labels tell which host a node exporter speaks for",
    ),
    Query(id="targets.up", promql="up", gives="1 when the last scrape of the target succeeded, else 0"),
    Query(
        id="units.active",
        promql='max by (instance, name) (node_systemd_unit_state{state="active",name=~".+[.]service"} == 1)',
        gives="always 1: the labels tell which services run where",
    ),
)

CAPACITY = (
    Query(
        id="headroom.cpu_p95",
        promql=(
            "quantile_over_time(0.95,"
            ' (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))[{window}:5m])'
        ),
        windows=("7d", "1d"),
        cost="scrapes",
        gives="processor in use, share, 95th percentile",
    ),
    Query(
        id="headroom.memory_p95",
        promql=(
            "max by (instance) (quantile_over_time(0.95,"
            " (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)[{window}:5m]))"
        ),
        windows=("7d", "1d"),
        cost="steps:4032",
        gives="memory in use, share, 95th percentile",
    ),
    Query(
        id="headroom.disk_used",
        promql=(
            f"max by (instance, mountpoint) (1 - node_filesystem_avail_bytes{{{DISKS}}}"
            f" / (node_filesystem_size_bytes{{{DISKS}}} > 0))"
            " unless on (instance, mountpoint) (node_filesystem_readonly == 1)"
        ),
        gives="writable file system in use now, share",
    ),
    *(
        Query(
            id=f"saturation.{kind}_share",
            promql=PRESSED.replace("{kind}", waiting),
            windows=("7d", "1d"),
            cost="scrapes",
            gives="share of the window in which tasks waited more than 5 % of the time",
        )
        for kind, waiting in (("memory", "memory"), ("io", "io"), ("cpu", "cpu"))
    ),
    Query(
        id="saturation.oom",
        promql="max by (instance) (increase(node_vmstat_oom_kill[{window}]))",
        windows=("7d", "1d"),
        cost="scrapes",
        gives="processes killed for want of memory in the window",
    ),
    Query(
        id="saturation.files",
        promql=(
            "max by (instance) (avg_over_time((node_filefd_allocated / node_filefd_maximum > bool 0.7)[{window}:5m]))"
        ),
        windows=("7d", "1d"),
        cost="steps:4032",
        gives="share of the window with over 70 % of file handles in use",
    ),
    Query(
        id="saturation.conntrack",
        promql=(
            "max by (instance)"
            " (avg_over_time((node_nf_conntrack_entries / node_nf_conntrack_entries_limit > bool 0.75)[{window}:5m]))"
            ' or max by (instance) (0 * node_scrape_collector_success{collector="conntrack"})'
        ),
        windows=("7d", "1d"),
        cost="steps:4032",
        gives="share of the window with over 75 % of tracked connections in use, 0 where the kernel tracks none",
    ),
    Query(
        id="saturation.inodes",
        promql=(
            f"max by (instance, mountpoint) (avg_over_time((node_filesystem_files_free{{{DISKS}}}"
            f" / (node_filesystem_files{{{DISKS}}} > 0) < bool 0.1)[{{window}}:15m]))"
        ),
        windows=("7d", "1d"),
        cost="steps:1344",
        gives="share of the window with under 10 % of inodes free",
    ),
    Query(
        id="elasticity.cpu_changed",
        promql=(
            'max_over_time(count by (instance) (node_cpu_seconds_total{mode="idle"})[{window}:6h])'
            ' > bool min_over_time(count by (instance) (node_cpu_seconds_total{mode="idle"})[{window}:6h])'
        ),
        windows=("100d", "30d"),
        cost="steps:800",
        gives="1 when the number of processors changed in the window, else 0",
    ),
    Query(
        id="elasticity.memory_changed",
        promql=(
            "max by (instance) (max_over_time(node_memory_MemTotal_bytes[{window}:6h])"
            " / min_over_time(node_memory_MemTotal_bytes[{window}:6h]) > bool 1.05)"
        ),
        windows=("100d", "30d"),
        cost="steps:800",
        gives="1 when memory changed by more than 5 % in the window (a new kernel moves it a little), else 0",
    ),
    Query(
        id="elasticity.history_days",
        promql="max by (instance) (time() - min_over_time(timestamp(node_memory_MemTotal_bytes)[{window}:6h])) / 86400",
        windows=("100d", "30d"),
        cost="steps:400",
        gives="age of the oldest sample of the capacity of the host, days, at most the window",
    ),
)

OPERATIONS = (
    Query(
        id="clock.offset",
        promql="max by (instance) (abs(node_timex_offset_seconds))",
        gives="distance of the clock from its reference, seconds",
    ),
    Query(
        id="clock.sync",
        promql=(
            "min by (instance)"
            " (1 - (min_over_time(node_timex_sync_status[1h]) == bool 0) * (node_timex_maxerror_seconds >= bool 16))"
        ),
        gives="0 when the kernel's clock was free at some time in the last hour and may be 16 s off, else 1",
    ),
    Query(
        id="units.failed",
        promql='sum by (instance) (max by (instance, name) (node_systemd_unit_state{state="failed"}))',
        gives="failed units now",
    ),
    Query(
        id="units.failed_names",
        promql='max by (instance, name) (node_systemd_unit_state{state="failed"} == 1)',
        gives="always 1: the labels name the failed units",
    ),
    Query(
        id="units.restarts",
        promql="max by (instance) (increase(node_systemd_service_restart_total[{window}]))",
        windows=("1d",),
        cost="scrapes",
        gives="restarts in the window of the unit that restarts most",
    ),
    Query(
        id="units.restarting_names",
        promql="max by (instance, name) (increase(node_systemd_service_restart_total[{window}]) > 5)",
        windows=("1d",),
        cost="scrapes",
        gives="restarts in the window of each unit that restarted more than 5 times",
    ),
    Query(
        id="certificates.expiry",
        promql="(min by (instance) (probe_ssl_earliest_cert_expiry) - time()) / 86400",
        gives="days before the first certificate of the chain expires",
    ),
    Query(
        id="sla.availability",
        promql="avg by (job, instance, service) (avg_over_time(probe_success[{window}]))",
        windows=("30d", "7d"),
        cost="scrapes",
        series=PROBES,
        gives="share of the probes of a service that succeeded; blind time is not counted",
    ),
    Query(
        id="sla.samples",
        promql="max by (job, instance, service) (count_over_time(probe_success[{window}]))",
        windows=("30d", "7d"),
        cost="scrapes",
        series=PROBES,
        gives="probes of a service in the window",
    ),
    Query(
        id="backup.age_seconds",
        promql=" or ".join(BACKUPS),
        gives="seconds since the last backup that succeeded, from a timestamp, never from a status",
    ),
)
