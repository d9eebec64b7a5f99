"""The agent beside node_exporter in one run: memory, CPU, cold start; then with many sockets.

Run with ``python -m benchmarks agent``. CPU an hour is what 240 looks and 240 scrapes take, from looks made
faster than they are in life (one a second); a survey of the facts, once an hour, is told apart.
``PASENCORE_BENCH_SOCKETS`` sets how many sockets.
"""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.flows import held

SCRAPES = 200
AN_HOUR = 240
"""Scrapes and looks in an hour, one each 15 s."""

_TICKS = os.sysconf("SC_CLK_TCK")
_PORT = 19_477


def main() -> None:
    exporter = shutil.which("prometheus-node-exporter") or sys.exit("prometheus-node-exporter is not installed")
    print("\nagent: beside node_exporter, same run, 200 scrapes")
    print(f"  {'':34} {'ready ms':>9} {'RSS MB':>7} {'ms a scrape':>12} {'CPU-s/h':>8}")
    with tempfile.TemporaryDirectory() as state:
        theirs = measure("node_exporter", [exporter, f"--web.listen-address=127.0.0.1:{_PORT}"], look=0.0)
        ours = measure("pasencore agent", agent_argv(state), look=look_seconds(state))
        print(
            f"  {'ratio':34} {ours[0] / theirs[0]:9.2f} {ours[1] / theirs[1]:7.2f} {ours[2] / theirs[2]:12.2f}", end=""
        )
        print(f" {ours[3] / theirs[3]:8.2f}")
        survey = survey_seconds(state)
        told = f"one survey of all facts, once an hour: {survey:.2f} CPU-s in a child"
        print(f"  {told}; with it {ours[3] + survey:.2f} CPU-s/h")
        wanted = int(os.environ.get("PASENCORE_BENCH_SOCKETS", "10000"))
        with held(wanted // 2) as (sockets, _):
            each = look_seconds(state)
            print(f"  {sockets} sockets: {each * 1000:.1f} ms a look, {each * AN_HOUR:.1f} CPU-s/h")


def agent_argv(state: str, interval: str = "15s") -> list[str]:
    argv = [sys.executable, "-P", "-m", "agent", "agent", "--listen", f"127.0.0.1:{_PORT}"]
    return [*argv, "--interval", interval, "--state", state]


def measure(name: str, argv: Sequence[str], look: float) -> tuple[float, float, float, float]:
    starts = []
    for _ in range(5):
        with started(argv) as (_, ready):
            starts.append(ready)
    with started(argv) as (pid, _):
        scrape(20)
        before = cpu(pid)
        scrape(SCRAPES)
        a_scrape = (cpu(pid) - before) / SCRAPES
        memory = resident(pid)
    hour = AN_HOUR * (a_scrape + look)
    ready = sorted(starts)[len(starts) // 2] * 1000
    print(f"  {name:34} {ready:9.0f} {memory:7.1f} {a_scrape * 1000:12.2f} {hour:8.2f}")
    return ready, memory, a_scrape, hour


def look_seconds(state: str) -> float:
    """Return the CPU of one look, history and state included, from some thirty made one a second."""
    with started(agent_argv(state, "1s")) as (pid, _):
        time.sleep(3)
        before, looks = cpu(pid), looked()
        time.sleep(30)
        spent = cpu(pid) - before
        made = looked() - looks
    return spent / max(1, made)


def survey_seconds(state: str) -> float:
    with started(agent_argv(state)) as (pid, _):
        get("/snapshot")
        time.sleep(0.3)
        return children(pid)


@contextmanager
def started(argv: Sequence[str]) -> Iterator[tuple[int, float]]:
    began = time.perf_counter()
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    try:
        while True:
            try:
                get("/metrics")
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - began > 20:
                    sys.exit(f"{argv[0]} does not answer")
                time.sleep(0.002)
        yield process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(20)


def get(path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", _PORT, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def scrape(times: int) -> None:
    for _ in range(times):
        get("/metrics")


def looked() -> float:
    line = next(
        each for each in get("/metrics").decode().splitlines() if each.startswith("pasencore_flow_looks_total ")
    )
    return float(line.split()[1])


def cpu(pid: int) -> float:
    """Return user and system seconds of a process, children apart."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / _TICKS


def children(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[13]) + int(words[14])) / _TICKS


def resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
