"""CPU, wall time and memory of a whole process, children included, from the kernel's own accounts."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """One run of a command: CPU and wall in seconds, the largest single process in MB."""

    cpu: float
    wall: float
    peak_mb: float
    code: int


def run(argv: Sequence[str], environment: dict[str, str] | None = None) -> Run:
    """Run a command to its end, its output thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, process.returncode)


def median(argv: Sequence[str], environment: dict[str, str] | None = None, times: int = 5) -> Run:
    """Return the run of median CPU after one warm-up; memory is the largest seen."""
    run(argv, environment)
    runs = sorted((run(argv, environment) for _ in range(times)), key=lambda each: each.cpu)
    middle = runs[len(runs) // 2]
    return Run(
        middle.cpu, statistics.median(each.wall for each in runs), max(each.peak_mb for each in runs), middle.code
    )
