"""Where logs go, how far back they reach, and whether the acts of administrators leave a trail."""

from __future__ import annotations

from agent.collectors.access import sudo
from agent.collectors.logs import files, journal, shippers
from agent.collectors.machine import Collector, Machine
from agent.collectors.times import newest
from agent.collectors.traces import processes
from analyzers.model.facts import Logs

_JOURNAL_DAEMON = "systemd-journald"


def collect(machine: Machine) -> Logs:
    """Return what is known of the logs; nothing that they say is kept."""
    running = processes(machine)
    journaled = _JOURNAL_DAEMON in running or machine.exists("/run/systemd/journal/socket")
    kept = journal.read(machine) if journaled or (not running and machine.exists("/var/log/journal")) else None
    first_line = files.oldest(machine)
    firsts = [time for time in (kept.oldest if kept else None, first_line) if time is not None]
    return Logs(
        journal=journaled if running else None,
        persistent=True if first_line is not None else kept.persistent if kept else None,
        oldest_entry=min(firsts, default=None),
        rotated_at=newest(files.rotated_at(machine), kept.rotated_at if kept else None),
        shippers=shippers.active(machine, running),
        admin_trail=_admin_trail(machine, running),
    )


def _admin_trail(machine: Machine, running: frozenset[str]) -> bool | None:
    """Tell whether auditd runs or sudo records sessions; None when processes or sudoers could not be seen."""
    if "auditd" in running:
        return True
    sudoers = sudo.read(machine)
    if sudoers is None or (not running and not sudoers.logs_sessions):
        return None
    return sudoers.logs_sessions


COLLECTOR = Collector(
    name="logs",
    block="logs",
    source="journald.conf, /var/log, logrotate, rsyslog and syslog-ng, running shippers",
    collect=collect,
    limit_seconds=10.0,
)
