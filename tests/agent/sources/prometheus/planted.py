"""A small estate with planted faults, as samples: what the queries must find on any server.

Host app1 is well; app2 is not. The window of a week ends at `AT`; samples lie on the grid of minutes, `AT` does not.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from itertools import groupby

from tests.servers import Server

DAY = 86400
AT = 1_750_000_020.0 - 1_750_000_020.0 % 21600 + 7200 + 20.0
START = AT - 20.0 - 7 * DAY
MINUTE = 60.0
STEP = 120.0

DISKS = (
    ("/", "ext4", 0.4),
    ("/srv", "xfs", 0.9),
    ("/ro", "ext4", 1.0),
    ("/run", "tmpfs", 1.0),
    ("/cd", "iso9660", 1.0),
    ("/home", "nfs4", 1.0),
)
"""Mount point, type, share in use: only the first two may fill up."""

Values = Callable[[float], float | None]

SAMPLES: dict[str, list[tuple[float, float]]] = {}


def plant(series: str, value: Values | float, start: float = START, end: float = AT, step: float = STEP) -> None:
    """Add samples of a series; a value of None is a hole."""
    read = value if callable(value) else (lambda _: value)
    moments = (start + index * step for index in range(int((end - start) // step) + 1))
    SAMPLES.setdefault(series, []).extend((each, found) for each in moments if (found := read(each)) is not None)


def ago(days: float) -> float:
    """Return a moment of the grid before the end."""
    return AT - 20.0 - days * DAY


def counter(rate: Values) -> Values:
    """Return the counter that grows at this rate: its value at any moment, by sums of two minutes."""
    total = {"at": START, "value": 0.0}

    def read(moment: float) -> float:
        total["value"] += (rate(moment) or 0.0) * (moment - total["at"])
        total["at"] = moment
        return total["value"]

    return read


def _hosts() -> None:
    for name in ("app1", "app2"):
        at = f'job="node",instance="{name}:9100"'
        plant(f'node_uname_info{{{at},nodename="{name}"}}', 1, ago(1))
        for cpu in ("0", "1"):
            busy = {"app1": 0.25, "app2": 0.75}[name]
            plant(f'node_cpu_seconds_total{{{at},mode="idle",cpu="{cpu}"}}', counter(lambda _, busy=busy: 1 - busy))
        plant(f"node_memory_MemTotal_bytes{{{at}}}", lambda t, name=name: 8e9 if name == "app1" or t < ago(3) else 16e9)
        plant(f"node_memory_MemAvailable_bytes{{{at}}}", {"app1": 6e9, "app2": 0.4e9}[name])
        for mountpoint, fstype, used in DISKS:
            disk = f'{at},mountpoint="{mountpoint}",fstype="{fstype}",device="/dev/{fstype}"'
            plant(f"node_filesystem_size_bytes{{{disk}}}", 100e9, ago(1))
            plant(f"node_filesystem_avail_bytes{{{disk}}}", 100e9 * (1 - used), ago(1))
            plant(f"node_filesystem_readonly{{{disk}}}", float(mountpoint == "/ro"), ago(1))
            plant(f"node_filesystem_files{{{disk}}}", 1000)
            plant(f"node_filesystem_files_free{{{disk}}}", 50 if (name, mountpoint) == ("app2", "/srv") else 900)
        for kind in ("memory", "io", "cpu"):
            stalled = counter(lambda t, name=name: 0.5 if name == "app2" and t >= ago(1.75) else 0.0)
            plant(f"node_pressure_{kind}_waiting_seconds_total{{{at}}}", stalled)
        plant(f"node_vmstat_oom_kill{{{at}}}", lambda t, name=name: 4.0 if name == "app2" and t >= ago(2) else 1.0)
        plant(f"node_filefd_allocated{{{at}}}", lambda t, name=name: 800 if name == "app2" and t >= ago(3.5) else 100)
        plant(f"node_filefd_maximum{{{at}}}", 1000)
        plant(f"node_nf_conntrack_entries{{{at}}}", 900 if name == "app2" else 10)
        plant(f"node_nf_conntrack_entries_limit{{{at}}}", 1000)

    plant('node_scrape_collector_success{job="node",instance="app3:9100",collector="conntrack"}', 1, ago(1))


def _clocks_and_units() -> None:
    for name, offset, sync, error in (("app1", -0.001, 1, 0.01), ("app2", -0.4, 0, 16), ("app3", 0.0, 0, 0.02)):
        at = f'job="node",instance="{name}:9100"'
        plant(f"node_timex_offset_seconds{{{at}}}", offset, ago(0.1))
        plant(f"node_timex_sync_status{{{at}}}", sync, ago(0.1))
        plant(f"node_timex_maxerror_seconds{{{at}}}", error, ago(0.1))
    for name, failed, restarts in (("app1", 0, 0.0), ("app2", 1, 10.0)):
        at = f'job="node",instance="{name}:9100"'
        for unit in ("nginx.service", "cron.service"):
            bad = failed if unit == "nginx.service" else 0
            plant(f'node_systemd_unit_state{{{at},name="{unit}",state="failed"}}', bad, ago(0.1))
            plant(f'node_systemd_unit_state{{{at},name="{unit}",state="active"}}', 1 - bad, ago(0.1))
            rate = restarts / DAY if unit == "nginx.service" else 0.0
            plant(
                f'node_systemd_service_restart_total{{{at},name="{unit}"}}', counter(lambda _, rate=rate: rate), ago(2)
            )
    plant('probe_ssl_earliest_cert_expiry{job="blackbox",instance="https://shop.example/"}', AT + 10 * DAY, ago(0.1))
    probed = 'probe_success{job="blackbox",instance="https://shop.example/",service="shop"}'
    plant(probed, lambda t: 0.0 if t >= ago(0.5) else 1.0, ago(2))


def _backups() -> None:
    for series, value in (
        ('velero_backup_last_successful_timestamp{job="v",instance="k1",schedule="daily"}', AT - 3600),
        (
            'pgbackrest_backup_since_last_completion_seconds{job="p",instance="db1",stanza="main",backup_type="full"}',
            9e5,
        ),
        (
            'pgbackrest_backup_since_last_completion_seconds{job="p",instance="db1",stanza="main",backup_type="incr"}',
            7200,
        ),
        ('barman_last_backup{job="b",instance="bk",server="pg"}', AT - 10800),
        ('restic_backup_timestamp{job="r",instance="bk",client_hostname="app1"}', AT - 14400),
        ('borg_last_backup_timestamp{job="r",instance="bk",repository="x"}', AT - 18000),
        ('erp_backup_last_success_timestamp_seconds{job="node",instance="erp1:9100"}', AT - 21600),
    ):
        plant(series, value, ago(0.1))


def _collection() -> None:
    """Write `up`: one target always there, one failing for a day, one young, one that vanished, a hole for all."""
    down = (ago(3), ago(2.5))

    def up(t: float, bad: tuple[float, float] = (0, 0)) -> float | None:
        return None if down[0] <= t < down[1] else float(not bad[0] <= t < bad[1])

    for instance, job, start, end, bad in (
        ("app1:9100", "node", START, AT, (0, 0)),
        ("app2:9100", "node", START, AT, (ago(6), ago(5))),
        ("young:9100", "node", ago(2), AT, (0, 0)),
        ("gone:80", "web", START, ago(4), (0, 0)),
    ):
        plant(f'up{{job="{job}",instance="{instance}"}}', lambda t, bad=bad: up(t, bad), start, end, MINUTE)
    for name, share in (("app1", 1), ("app2", 2)):
        loads = {"app1": 1.0, "app2": 1.0}
        plant(
            f'node_load1{{job="node",instance="{name}:9100"}}',
            lambda t, share=share, loads=loads, name=name: (
                loads[name]
                if up(t, (ago(6), ago(5)) if name == "app2" else (0, 0)) and (t // MINUTE) % share == 0
                else None
            ),
            START,
            AT,
            MINUTE,
        )
    _old("node_load1", 20, 1.0)
    _old("node_memory_MemTotal_bytes", 99, 8e9)
    _old("node_memory_MemAvailable_bytes", 99, 6e9)
    _old("up", 99, 1.0)
    _old("node_cpu_seconds_total", 99, 0.0, ',mode="idle",cpu="0"')
    plant('process_start_time_seconds{job="node",instance="app1:9100"}', 1.0, ago(0.1))
    plant('node_exporter_build_info{job="node",instance="app1:9100",version="1.5.0"}', 1.0, ago(0.1))
    plant('boutique_build_info{job="web",instance="app1:80",version="7"}', 1.0, ago(0.1))


def _old(metric: str, days: int, value: float, labels: str = "") -> None:
    """Add a sample each six hours before the window, on the grid of the queries that look for the oldest one."""
    for quarter in range(8 * 4, days * 4):
        moment = AT - AT % 21600 - quarter * 21600
        plant(f'{metric}{{job="node",instance="app1:9100"{labels}}}', value, moment, moment)


def _alerts() -> None:
    """Write what the rule engine writes: twelve activations, two, five among pendings, one before, one that stays."""
    plans: dict[str, list[tuple[float, float, bool]]] = {
        "Twelve": [(ago(6 - n * 0.25), ago(6 - n * 0.25) + 1800, True) for n in range(12)],
        "Two": [(ago(3), ago(3) + 600, True), (ago(0.9), ago(0.9) + 600, True)],
        "Five": [(ago(5.2 - n * 0.5), ago(5.2 - n * 0.5) + 1200, n % 2 == 0) for n in range(9)],
        "Old": [(START - DAY, AT, True)],
        "Stays": [(ago(1.75), AT, True)],
        "Pending": [(ago(2), ago(2) + 600, False)],
    }
    for name, episodes in plans.items():
        labels = f'alertname="{name}",severity="{"page" if name == "Two" else "warning"}"'
        for begin, end, fires in episodes:
            state = f"ALERTS_FOR_STATE{{{labels}}}"
            plant(state, begin, max(begin, START), end, MINUTE)
            firing = max(begin + 120, START)
            plant(f'ALERTS{{{labels},alertstate="pending"}}', 1, max(begin, START), min(firing, end), MINUTE)
            if fires:
                plant(f'ALERTS{{{labels},alertstate="firing"}}', 1, firing, end, MINUTE)


def _server() -> None:
    own = 'job="prometheus",instance="prom:9090"'
    for group, failures, missed in (("a.yml;good", 0.0, 0.0), ("a.yml;bad", 24.0, 12.0)):
        labels = f'{own},rule_group="{group}"'
        for name, daily in (("evaluation_failures_total", failures), ("group_iterations_missed_total", missed)):
            plant(f"prometheus_rule_{name}{{{labels}}}", counter(lambda _, daily=daily: daily / DAY), ago(2))
        plant(f"prometheus_rule_group_last_duration_seconds{{{labels}}}", 45 if failures else 3, ago(0.1))
        plant(f"prometheus_rule_group_interval_seconds{{{labels}}}", 60, ago(0.1))
    plant(f"prometheus_notifications_alertmanagers_discovered{{{own}}}", lambda t: float(t >= ago(0.25)), ago(2))
    for integration, daily, lost in (("email", 100.0, 0.0), ("webhook", 50.0, 25.0)):
        labels = f'job="am",instance="am:9093",integration="{integration}"'
        plant(f"alertmanager_notifications_total{{{labels}}}", counter(lambda _, rate=daily: rate / DAY), ago(2))
        plant(f"alertmanager_notifications_failed_total{{{labels}}}", counter(lambda _, rate=lost: rate / DAY), ago(2))


def _capacity() -> None:
    """Write a network device of 1 Gbit/s a fifth used beside one without a speed, and what moves on app1 alone."""
    for name in ("app1", "app2"):
        at = f'job="node",instance="{name}:9100"'
        for device, speed in (("eth0", 125e6), ("veth1", 125e7), ("wlan0", -1.0)):
            plant(f'node_network_speed_bytes{{{at},device="{device}"}}', speed, ago(0.1))
            sent = counter(lambda _, device=device: 25e6 if device == "eth0" else 0.0)
            plant(f'node_network_transmit_bytes_total{{{at},device="{device}"}}', sent)
        rate = 100.0 if name == "app1" else 0.0
        plant(f"node_context_switches_total{{{at}}}", counter(lambda _, rate=rate: rate), ago(2))
    for bound, count in (("0.1", 600.0), ("1", 700.0), ("+Inf", 1000.0)):
        plant(f'checkout_seconds_bucket{{job="web",instance="app1:80",le="{bound}"}}', count, ago(0.1))


def _own_scale() -> None:
    """Write a server whose series grow by half a month's worth, a fifth of them new each hour, busy to a quarter."""
    own = 'job="prometheus",instance="prom:9090"'
    plant(f"prometheus_tsdb_head_series{{{own}}}", lambda t: 10000 + 5000 * (t - AT) / (30 * DAY), START)
    plant(f"prometheus_tsdb_head_series_created_total{{{own}}}", counter(lambda _: 2000 / 3600), ago(1))
    plant(f"prometheus_engine_queries{{{own}}}", lambda t: 5.0 if t < ago(0.5) else 1.0, ago(1))
    plant(f"prometheus_engine_queries_concurrent_max{{{own}}}", 20.0, ago(1))


for each in (_hosts, _capacity, _own_scale, _clocks_and_units, _backups, _collection, _alerts, _server):
    each()


def openmetrics() -> str:
    """Return the samples as OpenMetrics, each series in order."""
    lines = []
    for family, names in groupby(sorted(SAMPLES), key=lambda each: each.split("{", 1)[0]):
        known = family.removesuffix("_total")
        lines.append(f"# TYPE {known} {'counter' if known != family else 'unknown'}")
        lines += [f"{name} {value!r} {moment:.0f}" for name in names for moment, value in sorted(SAMPLES[name])]
    return "\n".join([*lines, "# EOF", ""])


def load(victoria: Server) -> None:
    """Write the samples into VictoriaMetrics, and make them visible."""
    body = "\n".join(_lines()).encode()
    for path, data in (("/api/v1/import/prometheus", body), ("/internal/force_flush", None)):
        urllib.request.urlopen(urllib.request.Request(victoria.url + path, data=data), timeout=60).close()


def _lines() -> Iterator[str]:
    for name, samples in SAMPLES.items():
        for moment, value in sorted(samples):
            yield f"{name} {value!r} {moment * 1000:.0f}"
