"""Evidence of backups: tools, their schedules, and when they last succeeded. No repository is asked, no secret read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.collectors.backups import places, results
from agent.collectors.backups.folders import folders
from agent.collectors.backups.tools import TOOLS, Tool, covered
from agent.collectors.machine import Collector, Machine
from agent.collectors.scheduled import Scheduled, scheduled, service_text
from agent.collectors.times import newest
from agent.collectors.traces import Units, processes, program, units
from analyzers.model.facts import BackupTool

_LOG_IN_TEXT = re.compile(r"/var/log/[\w./-]+")
_DRILLS = ("/var/log/*restore*.log", "/var/log/*drill*.log")
_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#.*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Host:
    """What all tools are looked for in.

    Attributes
    ----------
    jobs
        What the clock starts.
    services
        Those of the jobs, and others of the host's own that nothing starts by the clock: a restore drill is often one.
    ended
        When a service last ended well, by name.
    sealed
        Some tables of cron may not be read: no schedule found is not no schedule.
    """

    machine: Machine
    jobs: Sequence[Scheduled]
    services: Sequence[Scheduled]
    ended: Mapping[str, dt.datetime]
    running: frozenset[str]
    sealed: bool

    def last(self, pattern: str, logs: Iterable[str], line: str) -> dt.datetime | None:
        """Return when a command that matches last succeeded: its service ended well, or a line of a log says so."""
        names = {each.unit for each in self.services if pattern and re.search(pattern, each.text)}
        ended = newest(*(self.ended.get(name) for name in names))
        # A service that failed may have done this part of its work before it did.
        said = results.journaled_line(self.machine, names, line) if ended is None else None
        return newest(ended, said, results.logged(self.machine, logs, line))


def collect(machine: Machine) -> tuple[BackupTool, ...]:
    """Return one entry per tool of which there is any evidence; none found says nothing of backups made elsewhere."""
    known = units(machine)
    before = len(machine.could_not_see)
    jobs = scheduled(machine, known)
    sealed = len(machine.could_not_see) > before
    services = (*(job for job in jobs if job.unit), *_others(machine, known, {job.unit for job in jobs}))
    patterns = [pattern for tool in TOOLS for pattern in (tool.backup, tool.check, tool.restore) if pattern]
    concerned = {each.unit for each in services if any(re.search(pattern, each.text) for pattern in patterns)}
    host = _Host(
        machine=machine,
        jobs=jobs,
        services=services,
        ended=results.services(machine, concerned),
        running=processes(machine),
        sealed=sealed,
    )
    return tuple(found for tool in TOOLS if (found := _evidence(tool, host)) is not None)


def _others(machine: Machine, known: Units, timed: set[str]) -> Iterator[Scheduled]:
    for name, file in known.files.items():
        own = file.startswith("/etc/") and not machine.path(file).is_symlink()
        if own and name.endswith(".service") and name not in timed:
            yield Scheduled(where=f"unit {name}", unit=name, text=service_text(machine, known, name))


def _evidence(tool: Tool, host: _Host) -> BackupTool | None:
    machine = host.machine
    jobs = [job for job in host.jobs if re.search(tool.backup, job.text)]
    programs = [path for name in tool.programs if (path := program(machine, name))]
    daemons = [name for name in tool.processes if name in host.running]
    configs = [name for pattern in tool.configs for name in machine.glob(pattern)]
    evidence = (
        *(job.where for job in jobs),
        *(f"process {name}" for name in daemons),
        *(f"program {path}" for path in programs),
        *(f"config {name}" for name in configs),
    )
    if not evidence:
        return None
    commands = [job.text for job in jobs]
    settings = [_COMMENT.sub("", machine.read(name) or "") for name in configs]
    services = covered("\n".join([*commands, *settings]))
    logs = [*(name for pattern in (*tool.logs, *_DRILLS) for name in machine.glob(pattern)), *_named_logs(jobs)]
    listed = results.pgbackrest(machine) if tool.name == "pgbackrest" and configs else None
    return BackupTool(
        name=tool.name,
        evidence=tuple(dict.fromkeys(evidence)),
        scheduled=True if jobs else None if daemons or host.sealed else False,
        last_success=newest(host.last(tool.backup, logs, tool.succeeded), listed),
        last_integrity_check=host.last(tool.check, logs, tool.checked),
        last_restore=host.last(tool.restore, logs, tool.restored),
        off_site=places.off_site([*commands, *settings], machine.read("/proc/mounts") or ""),
        covers=tuple(dict.fromkeys([*tool.covers, *services, *folders(tool, commands, settings)])),
    )


def _named_logs(jobs: Iterable[Scheduled]) -> list[str]:
    """Return the logs that the jobs write to."""
    return [name for job in jobs for name in _LOG_IN_TEXT.findall(job.text)]


COLLECTOR = Collector(
    name="backups",
    block="backups",
    source="cron, systemd, logs and configuration of backup tools",
    collect=collect,
    limit_seconds=15.0,
)
