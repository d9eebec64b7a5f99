from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from agent.collectors.host import collect_host
from agent.collectors.machine import Collector, Machine
from agent.collectors.registry import COLLECTORS
from agent.collectors.runner import Runner
from analyzers.model.facts import Host, Unit
from tests import builders as b
from tests.agent.collectors.fake_hosts import NOBODY, PROJECT, at, may_be_nobody, tree

DEBIAN: dict[str, str | bytes] = {
    "/etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
    "/etc/hostname": "app1\n",
    "/etc/hosts": "10.0.0.1 app1.example.lan app1\n",
    "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\na.martin:x:1000:1000::/home/a.martin:/bin/bash\n",
    "/etc/crontab": "30 2 * * * root /opt/sauvegarde/dump.sh --password Zq7x\n",
    "/proc/meminfo": "MemTotal:       16384 kB\n",
    "/proc/stat": "btime 1790000000\n",
    "/proc/cpuinfo": "processor\t: 0\n",
    "/proc/net/tcp": "head\n   0: 00000000:1538 00000000:0000 0A 0:0 0:0 0     0        0 77 1\n",
    "/proc/1/comm": "systemd\n",
    "/proc/20/comm": "postgres\n",
    "/proc/20/cmdline": "postgres: 15/main\0",
    "/proc/20/cgroup": "0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n",
    "/proc/20/fd/3": "-> socket:[77]",
    "/var/lib/dpkg/info/cron.list": "/etc/crontab\n",
}
MINE = ("inventory", "flows", "units", "jobs")


def some(*names: str) -> tuple[Collector, ...]:
    return tuple(each for each in COLLECTORS if each.name in names)


def test_a_host_of_files_reads_as_its_golden(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    host = collect_host(root=tree(tmp_path, DEBIAN), collectors=some(*MINE), clock=at(), tool="pasencore 0")
    runs = tuple(msgspec.structs.replace(each, duration_seconds=0.5) for each in host.runs)
    assert host.inventory is not None
    same = msgspec.structs.replace(
        host, runs=runs, privileged=False, inventory=msgspec.structs.replace(host.inventory, architecture="x86_64")
    )
    golden("collectors/host_debian.json", msgspec.json.format(msgspec.json.encode(same)).decode() + "\n")


def test_every_collector_has_a_run_whatever_happens(tmp_path: Path) -> None:
    host = collect_host(root=tmp_path, clock=at())
    assert [each.name for each in host.runs] == [each.name for each in COLLECTORS]
    assert all(each.outcome in {"ok", "partial", "not_applicable", "unknown"} for each in host.runs)
    assert all(each.reason for each in host.runs if each.outcome in {"partial", "unknown"})
    assert all(each.source for each in host.runs)


def test_a_collector_that_hangs_or_dies_costs_its_own_block_alone(tmp_path: Path) -> None:
    def hang(_: Machine) -> object:
        while True:
            pass

    collectors = (
        Collector(name="hang", block="clock", source="", collect=hang, limit_seconds=0.5),
        Collector(name="die", block="access", source="", collect=lambda _: os.abort()),
        Collector(name="live", block="units", source="", collect=lambda _: (Unit(name="a"),)),
    )
    host = collect_host(root=tmp_path, collectors=collectors, clock=at())
    assert [each.reason for each in host.runs] == ["timed_out", "unreadable", None]
    assert (host.clock, host.access, host.units) == (None, None, (Unit(name="a"),))


def test_the_time_is_the_clocks_and_the_runner_may_be_kept(tmp_path: Path) -> None:
    runner = Runner(workers=1)
    host = collect_host(root=tmp_path, collectors=(), clock=at(), runner=runner)
    assert host.collected_at == b.NOW
    assert host.privileged is (os.geteuid() == 0)


def test_facts_survive_the_way_to_a_file_and_back() -> None:
    host = collect_host(collectors=some(*MINE))
    assert msgspec.json.decode(msgspec.json.encode(host), type=Host) == host


LIGHT = """\
import resource, sys
from agent.collectors.host import collect_host
collect_host()
own, below = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
heavy = {"numpy", "scipy", "sklearn", "networkx", "ssl", "jinja2", "yaml"} & set(sys.modules)
print(own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime, max(peak, below.ru_maxrss) >> 10, *heavy)
"""


def test_the_whole_collection_stays_light() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True, cwd=PROJECT)
    seconds, megabytes, *heavy = done.stdout.split()
    assert heavy == []
    assert float(seconds) < 2
    assert int(megabytes) < 60


ASK = """\
from agent.collectors.host import collect_host
host = collect_host()
print(host.privileged, len(host.runs), len(host.addresses))
"""


def asked_through(*wrapper: str) -> list[str]:
    argv = [*wrapper, sys.executable, "-c", ASK]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=PROJECT, check=True)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.skipif(not may_be_nobody(), reason="only root becomes nobody, who may read no home")
def test_nobody_gets_an_answer_of_every_collector() -> None:
    privileged, runs, _ = asked_through(*NOBODY)
    assert (privileged, int(runs)) == ("False", len(COLLECTORS))


@pytest.mark.lab
@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes namespaces")
def test_a_host_without_network_nor_other_processes_gets_an_answer() -> None:
    privileged, runs, addresses = asked_through("unshare", "-m", "-p", "-f", "--mount-proc", "-n")
    assert (privileged, int(runs), addresses) == ("True", len(COLLECTORS), "0")
