"""Two weeks and more of a small estate with planted faults, for a real Prometheus; the truth is written beside."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

DAY = 86400.0
Series = dict[str, Callable[[float], float | None]]


@dataclass(frozen=True)
class Planted:
    """Series by their text, and moments in seconds since the epoch."""

    series: Series
    start: float
    end: float
    incidents: tuple[tuple[str, float, float], ...]
    server_down: tuple[float, float]
    exporter_down: tuple[str, float, float]
    gone: tuple[str, float, float]


def planted(start: float, days: int, hosts: tuple[str, ...] = ("web1", "web2", "db1"), incidents: int = 3) -> Planted:
    """Return hosts with days, a batch at six each morning, one reboot, incidents, and each kind of gap."""
    end = start + days * DAY
    chance = random.Random(4)
    broken = []
    for number in range(incidents):
        at = start + (8 + number * (days - 9) / incidents) * DAY + chance.randrange(10, 20) * 3600
        broken.append((hosts[number % len(hosts)], at, at + 2400))
    server_down = (start + 2.5 * DAY, start + 2.5 * DAY + 7200)
    exporter_down = (hosts[0], start + 4.4 * DAY, start + 4.4 * DAY + 3600)
    gone = (hosts[1], start + 5.2 * DAY, start + 5.2 * DAY + 5400)
    truth = Planted({}, start, end, tuple(broken), server_down, exporter_down, gone)
    for host in hosts:
        truth.series.update(_of_host(host, truth))
    return truth


def _of_host(host: str, truth: Planted) -> Series:
    noise = random.Random(host)
    labels = f'job="node",instance="{host}:9100"'
    boot = truth.start - 5 * DAY

    def scraped(when: float) -> bool:
        gone = truth.gone[0] == host and truth.gone[1] <= when < truth.gone[2]
        return not (truth.server_down[0] <= when < truth.server_down[1] or gone)

    def answered(when: float) -> bool:
        down = truth.exporter_down
        return scraped(when) and not (down[0] == host and down[1] <= when < down[2])

    def load(when: float) -> float:
        clock = when % DAY / 3600
        batch = 6 if 6 <= clock < 6.5 else 0
        trouble = any(name == host and begin <= when < end for name, begin, end in truth.incidents)
        return 2 + (1 if 8 <= clock < 18 else 0) + batch + (12 if trouble else 0)

    def gauge(scale: float, offset: float) -> Callable[[float], float | None]:
        return lambda when: offset + scale * (load(when) + noise.gauss(0, 0.2)) if answered(when) else None

    def counter(scale: float) -> Callable[[float], float | None]:
        total = 0.0

        def value(when: float) -> float | None:
            nonlocal total
            total += scale * max(0.0, load(when) + noise.gauss(0, 0.2))
            return round(total, 3) if answered(when) else None

        return value

    return {
        f"up{{{labels}}}": lambda when: float(answered(when)) if scraped(when) else None,
        f"node_load1{{{labels}}}": gauge(1, 0),
        f"node_memory_MemAvailable_bytes{{{labels}}}": gauge(-2e8, 8e9),
        f'node_cpu_seconds_total{{{labels},cpu="0",mode="user"}}': counter(5),
        f'node_network_receive_bytes_total{{{labels},device="eth0"}}': counter(1e6),
        f'node_disk_io_time_seconds_total{{{labels},device="sda"}}': counter(2),
        f"node_context_switches_total{{{labels}}}": counter(9e3),
        f"node_boot_time_seconds{{{labels}}}": lambda when: boot if answered(when) else None,
    }
