"""What one look at many sockets costs, beside psutil and ss: CPU seconds, and peak memory, imports apart.

Sockets are the connections of one server to itself in this network namespace: both ends are here. Run with
``python -m benchmarks flows``; ``PASENCORE_BENCH_SOCKETS`` sets how many.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.processes import median

SOCKETS = 10_000
_A_PROCESS = 2_000
"""Connections that one process holds, well under common limits of open files."""

HOLD = """\
import resource, socket, sys
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
server = socket.create_server(("127.0.0.1", 0), backlog=64)
held = []
for _ in range(int(sys.argv[1])):
    held.append(socket.create_connection(server.getsockname()))
    held.append(server.accept()[0])
print("ready", flush=True)
sys.stdin.read()
"""

MEASURE = """\
import sys, time
setup, work = sys.argv[1:]
exec(setup)
before = time.process_time()
exec(work)
spent = time.process_time() - before
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(spent, peak / 1024)
"""

OWN = """
from agent.collectors.flow_sight import *
from agent.collectors.flows.look import look
from agent.collectors.sockets import collect_flows
m = Machine(); p = CgroupPlaces(m); e = ephemeral_ports(m)
"""
UNITS = """
import agent.collectors.flow_sight as module
from agent.collectors.processes.cgroups import Place
class Told(CgroupPlaces):
    def place(self, number):
        return Place(unit="facturation.service")
p = Told(m)
module.CgroupPlaces = Told
"""
METHODS = {
    "collector flows, whole": (OWN, "collect_flows(m)"),
    "  sock_diag, collapsed": (OWN, "look(m, e, p)"),
    "flows, where cgroups name units": (OWN + UNITS, "collect_flows(m)"),
    "  sock_diag, collapsed, there": (OWN + UNITS, "look(m, e, p)"),
    "/proc/net, every row": (
        "from agent.collectors.processes.proc_net import Machine, sockets",
        "for each in sockets(Machine()): pass",
    ),
    "psutil.net_connections('inet')": ("import psutil", "psutil.net_connections('inet')"),
}
"""What to import first, and what to measure."""


def main() -> None:
    wanted = int(os.environ.get("PASENCORE_BENCH_SOCKETS", SOCKETS))
    with held(wanted // 2) as (sockets, holders):
        print(f"\nflows: one look at {sockets} sockets of {holders} processes")
        print(f"  {'method':40} {'CPU s':>7} {'peak MB':>8}")
        for name, code in METHODS.items():
            cpu, peak = _least(list(code))
            print(f"  {name:40} {cpu:7.3f} {peak:8.1f}")
        print(f"  {'ss -tan (a process of its own)':40} {median(['ss', '-tan'], times=3).cpu:7.3f}")


def _least(argv: list[str]) -> tuple[float, float]:
    """Return the CPU seconds and the peak memory in MB of the cheapest of three runs."""
    return min(_measured(argv) for _ in range(3))


def _measured(argv: list[str]) -> tuple[float, float]:
    done = subprocess.run([sys.executable, "-c", MEASURE, *argv], capture_output=True, text=True, check=True)
    cpu, peak = done.stdout.split()
    return float(cpu), float(peak)


@contextmanager
def held(connections: int) -> Iterator[tuple[int, int]]:
    holders: list[subprocess.Popen[str]] = []
    try:
        for at in range(0, connections, _A_PROCESS):
            share = min(_A_PROCESS, connections - at)
            argv = [sys.executable, "-c", HOLD, str(share)]
            holder = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            holders.append(holder)
            assert holder.stdout is not None
            if not holder.stdout.readline():
                sys.exit("a process could not hold its share of sockets")
        yield 2 * connections, len(holders)
    finally:
        for holder in holders:
            holder.kill()
            holder.communicate()
