"""Which tools apply the configuration of this host, and when they last ran; nothing of what they apply is kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.collectors.machine import Collector, Machine
from agent.collectors.times import from_epoch, newest
from agent.collectors.traces import first_of, processes, units
from analyzers.model.facts import ConfigurationTool

_PUPPET = (
    "/opt/puppetlabs/puppet/public/last_run_summary.yaml",
    "/opt/puppetlabs/puppet/cache/state/last_run_summary.yaml",
    "/var/lib/puppet/state/last_run_summary.yaml",
    "/var/cache/puppet/state/last_run_summary.yaml",
)
_LAST_RUN = re.compile(r"^\s*last_run:\s*(\d+)", re.MULTILINE)
_FAILED = re.compile(r"^\s*(?:failure|failed|failed_to_restart):\s*([1-9]\d*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Tool:
    """How a tool is known: what it touches at each run, its processes, its units."""

    name: str
    touched: tuple[str, ...]
    processes: tuple[str, ...] = ()
    unit: str = ""


_TOOLS = (
    _Tool(
        "cfengine",
        (
            "/var/cfengine/outputs/previous",
            "/var/cfengine/promise_summary.log",
            "/var/lib/cfengine3/promise_summary.log",
        ),
        ("cf-execd",),
        r"cf-?engine3?\.service|cf-execd\.service",
    ),
    _Tool(
        "salt",
        ("/var/cache/salt/minion/highstate.cache.p", "/var/cache/salt/minion/sls.p"),
        ("salt-minion",),
        r"salt-minion\.service",
    ),
    _Tool(
        "chef",
        (
            "/var/chef/cache/chef-client-running.pid",
            "/var/cache/chef/chef-client-running.pid",
            "/var/log/chef/client.log",
        ),
        ("chef-client", "cinc-client"),
        r"(chef|cinc)-client\.(service|timer)",
    ),
    _Tool("ansible-pull", (), (), r"ansible-pull\.(service|timer)"),
)
_HOMES = ("/root", "/home/*")
_TRACE = ".ansible/tmp"
"""Where Ansible makes a folder at each task, in the home of the account that it enters by (its ``remote_tmp``)."""

_COMMIT = re.compile(r"> (\d{9,11}) [+-]\d{4}\t")
_ETC_LOG = "/etc/.git/logs/HEAD"


def collect(machine: Machine) -> tuple[ConfigurationTool, ...]:
    """Return the tools that left a trace, each with its last run."""
    return tuple(
        each
        for each in (_puppet(machine), *_others(machine), _ansible(machine), _etckeeper(machine))
        if each is not None
    )


def _puppet(machine: Machine) -> ConfigurationTool | None:
    known, running = units(machine), processes(machine)
    for path in _PUPPET:
        text = machine.read(path)
        found = _LAST_RUN.search(text or "")
        if text is not None and found is not None:
            return ConfigurationTool(
                name="puppet",
                evidence=path,
                last_run=from_epoch(int(found[1])),
                failed=_FAILED.search(text) is not None,
            )
    shown = first_of(("puppet",), running) or next(iter(known.named(r"puppet\.service")), None)
    return ConfigurationTool(name="puppet", evidence=shown) if shown else None


def _others(machine: Machine) -> Iterator[ConfigurationTool]:
    known, running = units(machine), processes(machine)
    for tool in _TOOLS:
        times = {path: when for path in tool.touched if (when := _touched(machine, path)) is not None}
        if times:
            path = max(times, key=lambda each: times[each])
            yield ConfigurationTool(name=tool.name, evidence=path, last_run=times[path])
            continue
        shown = first_of(tool.processes, running) or next(iter(known.named(tool.unit)), None)
        if shown:
            yield ConfigurationTool(name=tool.name, evidence=shown)


def _ansible(machine: Machine) -> ConfigurationTool | None:
    homes = [home for pattern in _HOMES for home in machine.glob(pattern)]
    times = {path: when for home in homes if (when := _touched(machine, path := f"{home}/{_TRACE}")) is not None}
    if not times:
        return None
    path = max(times, key=lambda each: times[each])
    return ConfigurationTool(name="ansible", evidence=path, last_run=times[path])


def _etckeeper(machine: Machine) -> ConfigurationTool | None:
    """Return the version control of /etc; its folder is root's alone."""
    if not machine.exists("/etc/.git"):
        return None
    commits = [from_epoch(int(each)) for each in _COMMIT.findall(machine.read(_ETC_LOG) or "")]
    return ConfigurationTool(name="etckeeper", evidence="/etc/.git", last_run=newest(*commits), applies=False)


def _touched(machine: Machine, path: str) -> dt.datetime | None:
    """Return when a trace was last touched; one that may not be looked for is recorded as missed."""
    try:
        return dt.datetime.fromtimestamp(machine.path(path).stat().st_mtime, dt.UTC)
    except PermissionError:
        machine.missed(path, "no_permission", "sudo pasencore collect")
    except OSError:
        pass
    return None


COLLECTOR = Collector(
    name="configuration",
    block="configuration",
    source="puppet, salt, chef, cfengine, ansible traces, /etc/.git",
    collect=collect,
    limit_seconds=5.0,
)
