"""A Prometheus and a VictoriaMetrics with the same history, back-filled once and kept in the temporary folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from analyzers.measures.decode.protobuf import message_field, snappy
from tests import servers

SERIES = 1000
DAYS = 14
STEP = 60_000
START = 1_699_920_000_000
"""Midnight, UTC."""

END = START + DAYS * 86_400_000
POINTS = DAYS * 1440
CACHE = Path(tempfile.gettempdir()) / "pasencore-benchmark-history-1"
_LINES = 120
FAMILIES = ("node_load1", "node_memory_MemAvailable_bytes", "requests_total", "errors_total", "latency_seconds")


def rows() -> Iterator[tuple[dict[str, str], np.ndarray, np.ndarray]]:
    """Yield labels, milliseconds and values of each series: seasons, resets, gaps, jitter."""
    random = np.random.default_rng(14)
    minutes = np.arange(POINTS)
    for number in range(SERIES):
        family = FAMILIES[number % len(FAMILIES)]
        labels = {"__name__": family, "instance": f"h{number // len(FAMILIES):03}:9100", "job": "node"}
        season = 1 + 0.5 * np.sin(2 * np.pi * minutes / 1440) + 0.2 * np.sin(2 * np.pi * minutes / 10_080)
        noise = random.random(POINTS)
        if family == "node_load1":
            values = np.round(2 * season + noise, 2)
        elif family.endswith("bytes"):
            values = np.floor(8e9 * season + 1e8 * noise / 4096) * 4096
        elif family == "latency_seconds":
            values = np.round(0.05 * season * -np.log1p(-noise), 9)
        else:
            values = np.cumsum(random.poisson(50 * season)).astype(float)
            if random.random() < 0.4:
                reset = random.integers(POINTS)
                values[reset:] -= values[reset]
        moments = START + minutes * STEP + 13
        moments = moments + np.where(random.random(POINTS) < 0.02, random.integers(1, 40, POINTS), 0)
        kept = random.random(POINTS) > 0.0005
        if random.random() < 0.1:
            hole = random.integers(POINTS)
            kept[hole : hole + random.integers(5, 300)] = False
        yield labels, moments[kept], values[kept]


def write_requests() -> Iterator[bytes]:
    """Yield remote write requests, two hours of all series each, oldest first."""
    every = [(_labels(labels), moments, _samples(moments, values)) for labels, moments, values in rows()]
    for start in range(START, END, _LINES * STEP):
        parts = []
        for labels, moments, samples in every:
            begin, end = np.searchsorted(moments, [start, start + _LINES * STEP])
            if end > begin:
                parts.append(message_field(1, labels + samples[begin:end].tobytes()))
        yield snappy(b"".join(parts))


def _labels(labels: dict[str, str]) -> bytes:
    pairs = (message_field(1, name.encode()) + message_field(2, value.encode()) for name, value in labels.items())
    return b"".join(message_field(1, each) for each in pairs)


def _samples(moments: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return one encoded sample a row: all have the same length while milliseconds take six bytes of seven bits."""
    found = np.zeros((len(moments), 18), np.uint8)
    found[:, :3] = (2 << 3 | 2, 16, 1 << 3 | 1)
    found[:, 3:11] = np.ascontiguousarray(values).view(np.uint8).reshape(-1, 8)
    found[:, 11] = 2 << 3
    for byte in range(6):
        found[:, 12 + byte] = (moments >> 7 * byte & 127) | (128 if byte < 5 else 0)
    return found


@contextlib.contextmanager
def running() -> Iterator[tuple[servers.Server, servers.Server, int]]:
    """Give both servers, and how many samples each has."""
    CACHE.mkdir(exist_ok=True)
    filled = CACHE / "filled"
    if not filled.exists():
        for each in CACHE.iterdir():
            shutil.rmtree(each, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="pasencore-benchmark-"))
    flags = ["--web.enable-remote-write-receiver"]
    try:
        with (
            servers.prometheus(folder, flags=flags, data=CACHE / "prometheus") as prometheus,
            servers.victoria_metrics(folder, data=CACHE / "victoria") as victoria,
        ):
            if not filled.exists():
                _fill(prometheus, f"{prometheus.url}/api/v1/write", victoria, f"{victoria.url}/api/v1/write")
                filled.write_text(str(sum(len(moments) for _, moments, _ in rows())))
            yield prometheus, victoria, int(filled.read_text())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(prometheus: servers.Server, first: str, victoria: servers.Server, second: str) -> None:
    print(f"back-filling {SERIES} series x {DAYS} d into both servers, once", flush=True)
    before, began = [cpu(each) for each in (prometheus, victoria)], time.perf_counter()
    for body in write_requests():
        for url in (first, second):
            request = urllib.request.Request(url, body, {"Content-Encoding": "snappy"})
            urllib.request.urlopen(request, timeout=60).close()
    servers.get(f"{victoria.url}/internal/force_flush")
    spent = [cpu(each) - earlier for each, earlier in zip((prometheus, victoria), before, strict=True)]
    print(f"  {time.perf_counter() - began:.0f} s; CPU-s: Prometheus {spent[0]:.1f}, VictoriaMetrics {spent[1]:.1f}")


def cpu(server: servers.Server) -> float:
    """Return the CPU seconds that a server used so far."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
