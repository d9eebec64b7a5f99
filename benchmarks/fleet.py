"""What a scan of a fleet costs: simulated agents on loopback, fetched and merged, and the same up to the verdict."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.processes import Run, run

SIZES = (100, 1000)
AIM = {1000: "<= 30 s, <= 500 MB"}

FETCH = """
import datetime as dt, sys
from agent.sources.access import Access
from agent.sources.agents.places import given
from agent.sources.agents.source import read_agents
places = given([sys.argv[1]]).places(None)
hosts, _, origins, _ = read_agents(places, Access(), clock=lambda: dt.datetime.now(dt.UTC))
bad = [each for each in origins if each.reason not in (None, "partial")]
sys.exit(f"{len(hosts)} hosts, first failure: {bad[:1]}" if len(hosts) != int(sys.argv[2]) else 0)
"""


def main(words: Sequence[str] = ()) -> None:
    """Print, for each number of agents, what fetching and merging costs, and what a scan costs; sizes may be given."""
    print(f"{'agents':>7} {'what':<18} {'wall s':>7} {'CPU s':>7} {'MB':>6} {'ms/agent':>9}   aim")
    for size in [int(each) for each in words] or SIZES:
        with tempfile.TemporaryDirectory() as folder, agents(size, Path(folder)) as listed:
            row(size, "fetched, merged", run([sys.executable, "-c", FETCH, str(listed), str(size)]), AIM.get(size, ""))
            words_of_scan = [
                "scan",
                "--no-local",
                "--agents",
                str(listed),
                "--out",
                f"{folder}/out",
                "--format",
                "json",
            ]
            row(size, "scan, judged", run([sys.executable, "-m", "agent", *words_of_scan]), "")


@contextlib.contextmanager
def agents(size: int, folder: Path) -> Iterator[Path]:
    """Run as many agents, and give the service discovery file that lists them."""
    argv = [sys.executable, "-m", "benchmarks.fake_agents", str(size)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        place = f"127.0.0.1:{process.stdout.readline().strip()}"
        groups = [{"targets": [place], "labels": {"__metrics_path__": f"/{rank}/metrics"}} for rank in range(size)]
        listed = folder / "agents.json"
        listed.write_text(json.dumps(groups))
        try:
            yield listed
        finally:
            process.communicate()


def row(size: int, what: str, each: Run, aim: str) -> None:
    """Print one row; a run that failed is said to have."""
    failed = f"   FAILED ({each.code})" if each.code else ""
    cost = each.wall / size * 1000
    print(
        f"{size:>7} {what:<18} {each.wall:>7.2f} {each.cpu:>7.2f} {each.peak_mb:>6.0f} {cost:>9.2f}   {aim}{failed}",
        flush=True,
    )
