"""What the door, a local collection, a local scan and a scan of a large Prometheus cost."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.fake_prometheus import FakePrometheus
from benchmarks.processes import Run, median, run

PASENCORE = [sys.executable, "-m", "agent"]
TARGETS = 1000


def main() -> None:
    """Print one row a command: CPU, wall, memory, and the aim where there is one."""
    print(f"{'command':<44} {'CPU s':>7} {'wall s':>7} {'MB':>6}   aim")
    row("python -c pass (for comparison)", median([sys.executable, "-c", "pass"]), "")
    row("pasencore --help", median([*PASENCORE, "--help"]), "<= 0.15 CPU-s")
    with tempfile.TemporaryDirectory() as folder:
        row(
            "pasencore collect", median([*PASENCORE, "collect", "--out", f"{folder}/host.json.gz"]), "<= 2 CPU-s, 60 MB"
        )
        row("pasencore scan (this machine)", median([*PASENCORE, "scan"]), "<= 4 CPU-s, 150 MB")
        large(Path(folder))


def large(folder: Path) -> None:
    """Scan a simulated Prometheus and print what it was asked."""
    fake = FakePrometheus(TARGETS)
    try:
        argv = [*PASENCORE, "scan", "--no-local", "--prometheus", fake.url, "--out", str(folder / "out")]
        row(f"pasencore scan --prometheus ({TARGETS} targets)", run(argv), "")
        print(f"    {fake.queries} queries, {fake.requests} requests")
        verdict = json.loads((folder / "out" / "verdict.json").read_text())
        cost = verdict["cost"]
        print(f"    as its report says: {cost['queries']} queries, {cost['samples']} samples, {cost['bytes']} bytes")
    finally:
        fake.close()


def row(name: str, each: Run, aim: str) -> None:
    """Print one row; a command that failed is said to have."""
    failed = f"   FAILED ({each.code})" if each.code else ""
    print(f"{name:<44} {each.cpu:>7.2f} {each.wall:>7.2f} {each.peak_mb:>6.0f}   {aim}{failed}", flush=True)
