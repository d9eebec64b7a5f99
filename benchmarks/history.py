"""What reading history costs: each way side by side, with what others use, and a large fleet in bounded memory."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from agent.executors import executor
from agent.history_run import ServerAt, close_sources, read_groups, read_shards
from agent.sources.history.port import Matcher, Shard
from analyzers.measures.decode.block import Block
from analyzers.measures.history.grid import grid_of
from analyzers.measures.history.study import Plan, study
from analyzers.model.context import Endpoint
from benchmarks import history_servers as filled
from benchmarks.processes import run
from tests import servers

NODE = (Matcher("job", "=", "node"),)
TENFOLD = 10
FEW_DAYS = 2
"""For ways so slow that all days would take minutes."""


def main(arguments: Sequence[str] = ()) -> None:
    if arguments[:1] == ["fleet"]:
        fleet(arguments[1], Path(arguments[2]), studied=arguments[3:] == ["studied"])
        return
    with filled.running() as (prometheus, victoria, total):
        print(f"{total:,} samples, {filled.SERIES} series x {filled.DAYS} d @ 60 s, one thread")
        print(f"{'way':<52} {'M samples':>9} {'client':>7} {'M/CPU-s':>8} {'server':>7} {'server s/M':>10}")
        base = way("Prometheus query_range, stdlib json", prometheus, partial(stdlib, prometheus), FEW_DAYS)
        client_library(prometheus)
        for name in ("range queries", "raw selectors", "remote read"):
            ours = way(f"Prometheus, {name}", prometheus, partial(read, prometheus, name), filled.DAYS)
        print(f"    server CPU of remote read: {ours / base:.3f} x that of query_range   aim <= 0.1")
        for name in ("range queries", "raw selectors", "export"):
            way(f"VictoriaMetrics, {name}", victoria, partial(read, victoria, name), filled.DAYS)
        print(f"{filled.SERIES * TENFOLD} series x {filled.DAYS} d, {total * TENFOLD:,} samples, in two threads:")
        for what in ("read", "studied"):
            before = filled.cpu(prometheus)
            report = Path(tempfile.gettempdir()) / f"pasencore-benchmark-fleet-{os.getpid()}"
            each = run([sys.executable, "-m", "benchmarks", "history", "fleet", prometheus.url, str(report), what])
            peak = report.read_text() if report.exists() else "?"
            report.unlink(missing_ok=True)
            theirs = filled.cpu(prometheus) - before
            failed = f"   FAILED ({each.code})" if each.code else ""
            spent = f"{each.cpu:.1f} CPU-s, {each.wall:.1f} s, {peak} MB"
            print(f"    {what:<8} {spent}; server {theirs:.1f} CPU-s{failed}")
        print("    aim <= 60 CPU-s and 250 MB, read and studied")
        for server in (prometheus, victoria):
            servers.get(f"{server.url}/health" if server is victoria else f"{server.url}/-/ready")
        print("both servers are healthy")


def way(name: str, server: servers.Server, reading: Callable[[int], int], days: int) -> float:
    """Print one row; return the server's CPU seconds for a million samples."""
    reading(1)
    time.sleep(0.5)
    client, theirs = time.process_time(), filled.cpu(server)
    samples = reading(days)
    client, theirs = time.process_time() - client, filled.cpu(server) - theirs
    million = samples / 1e6
    print(
        f"{name:<52} {million:>9.2f} {client:>7.2f} {million / client:>8.2f} {theirs:>7.2f} {theirs / million:>10.4f}",
        flush=True,
    )
    return theirs / million


def read(server: servers.Server, back_end: str, days: int) -> int:
    """Read with our own reader; return how many samples there were."""
    source = ServerAt(endpoint=Endpoint(url=server.url), back_end=back_end).open()
    shards = list(source.shards(NODE, filled.END - days * 86_400_000, filled.END))
    samples = sum(block.samples for shard in shards for block in source.read(shard))
    source.close()
    return samples


def stdlib(server: servers.Server, days: int) -> int:
    """Read as a careful script does: urllib, json, float."""
    samples = 0
    for family in filled.FAMILIES:
        for tens in range(20):
            selector = f'{family}{{instance=~"h{tens:02}.:9100"}}'
            for end in range(filled.END, filled.END - days * 86_400_000, -7 * 86_400_000):
                start = max(filled.END - days * 86_400_000, end - 7 * 86_400_000)
                given = {"query": selector, "start": start / 1000, "end": end / 1000 - 60, "step": 60}
                body = json.loads(servers.get(f"{server.url}/api/v1/query_range?{urllib.parse.urlencode(given)}"))
                for series in body["data"]["result"]:
                    moments = [moment for moment, _ in series["values"]]
                    values = [float(value) for _, value in series["values"]]
                    samples += len(values) if moments else 0
    return samples


def client_library(server: servers.Server) -> None:
    """Read with prometheus-api-client, where it is installed."""
    try:
        from prometheus_api_client import PrometheusConnect  # noqa: PLC0415 - a peer, not a dependency
    except ImportError:
        print("Prometheus, prometheus-api-client: not installed")
        return
    import datetime as dt  # noqa: PLC0415

    def reading(days: int) -> int:
        client = PrometheusConnect(url=server.url)
        end = dt.datetime.fromtimestamp(filled.END / 1000, dt.UTC)
        samples = 0
        for family in filled.FAMILIES:
            found = client.get_metric_range_data(
                family, start_time=end - dt.timedelta(days=days), end_time=end, chunk_size=dt.timedelta(days=1)
            )
            samples += sum(len([float(value) for _, value in each["values"]]) for each in found)
        return samples

    with contextlib.suppress(KeyError):
        way("Prometheus, prometheus-api-client", server, reading, FEW_DAYS)


def total_of(block: Block) -> tuple[int, float]:
    """Return a small result."""
    return block.samples, float(sum(each.values.sum() for each in block))


def fleet(url: str, report: Path, *, studied: bool) -> None:
    """Read ten times the series, studied or only added up, in this process; report its own peak of memory, in MB."""
    opener = ServerAt(endpoint=Endpoint(url=url))
    source = opener.open()
    shards: list[Shard] = list(source.shards(NODE, filled.START, filled.END))
    tenfold = [replace(each) for _ in range(TENFOLD) for each in shards]
    with executor(None) as workers:
        if studied:
            grid = grid_of(filled.START, filled.END, 60)
            task = partial(study, plan=Plan(grid=grid, start=filled.START, end=filled.END))
            groups = [((one,), task) for one in tenfold]
            outcomes = [replace(each, results=()) for each in read_groups(opener, groups, workers)]
        else:
            outcomes = [replace(each, results=()) for each in read_shards(opener, tenfold, total_of, workers)]
    source.close()
    close_sources()
    assert not any(each.incomplete for each in outcomes)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    report.write_text(str(int(peak.split()[1]) >> 10))
