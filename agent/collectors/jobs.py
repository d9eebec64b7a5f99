"""Scheduled jobs: cron in all its places, systemd timers, anacron, at, rc.local."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from agent.collectors.grants import AS_ROOT, READ_FILES
from agent.collectors.machine import Collector, Machine
from agent.collectors.passwd import LocalAccount, local_accounts
from agent.collectors.redact import redact
from agent.collectors.schedules.commands import command_name
from agent.collectors.schedules.crontab import Entry, parse_anacrontab, parse_crontab, runs_a_folder
from agent.collectors.schedules.ownership import packaged_files, versioned
from agent.collectors.schedules.timers import systemd_timers
from agent.collectors.systemd import booted
from agent.collectors.times import find_time, local_zone
from analyzers.model.facts import Job

_FOLDERS = ("hourly", "daily", "weekly", "monthly")
_SPOOLS = ("/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/etc/crontabs", "/var/spool/cron")
"""Debian, SUSE, Alpine, Red Hat: crontabs of accounts, one file each, named after the account."""

_SPOOL_FOLDERS = frozenset(["atjobs", "atspool", "crontabs", "lastrun", "tabs"])
_RC_FILES = ("/etc/rc.local", "/etc/rc.d/rc.local")
_RC_IDLE = re.compile(r"#.*|exit\s+0|touch\s+/var/lock/subsys/local|:|true|")
_NOT_RUN = re.compile(r"\..*|#.*|.*~|.*\.(?:rpm(?:save|new|orig)|dpkg-\w+|bak|old|orig|swp|disabled)|README")
_AT_ROW = re.compile(r"(?P<id>\d+)\s+(?P<time>\S.*\d{4})\s+(?P<queue>\S)\s+(?P<user>\S+)")


@dataclass(frozen=True, slots=True)
class _People:
    """Local accounts, to tell a person's job from a service's."""

    accounts: Sequence[LocalAccount]

    def personal(self, user: str, command: str) -> bool:
        """Tell whether a job runs as a person, or something out of a person's home."""
        return any(each.human and each.name == user for each in self.accounts) or "/home/" in command


def collect_jobs(machine: Machine) -> tuple[Job, ...]:
    """Return the scheduled jobs that may be seen, sorted by file and name; commands without their secrets."""
    people = _People(local_accounts(machine))
    found = [
        *_system_crontabs(machine, people),
        *_folders(machine),
        *_personal_crontabs(machine, people),
        *_anacron(machine, people),
        *_rc_local(machine, people),
        *_at(machine, people),
        *(systemd_timers(machine) if booted(machine) else ()),
    ]
    return tuple(sorted(_owned(machine, found), key=lambda job: (job.file, job.name, job.schedule, job.command)))


def _job(entry: Entry, file: str, people: _People, *, user: str = "", packaged: bool | None = None) -> Job:
    command = redact(entry.command)
    account = entry.user or user
    return Job(
        name=entry.name or command_name(command) or "shell",
        kind="cron",
        schedule=entry.schedule,
        command=command,
        user=account,
        file=file,
        packaged=packaged,
        personal=people.personal(account, command),
        reboot=entry.schedule == "@reboot",
    )


def _system_crontabs(machine: Machine, people: _People) -> Iterator[Job]:
    """Yield the lines of /etc/crontab, all local once those that start folders are set aside, and of /etc/cron.d."""
    for entry in parse_crontab(machine.read("/etc/crontab") or "", with_user=True):
        if not runs_a_folder(entry):
            yield _job(entry, "/etc/crontab", people, packaged=False)
    for name in machine.list("/etc/cron.d"):
        file = f"/etc/cron.d/{name}"
        if not _ignored(machine, name):
            for entry in parse_crontab(machine.read(file) or "", with_user=True):
                if not runs_a_folder(entry):
                    yield _job(entry, file, people)


def _ignored(machine: Machine, name: str) -> bool:
    """Tell whether cron passes a file over; Debian's ignores every name with a dot (cron(8), run-parts(8))."""
    return _NOT_RUN.fullmatch(name) is not None or ("." in name and machine.exists("/etc/debian_version"))


def _folders(machine: Machine) -> Iterator[Job]:
    for period in _FOLDERS:
        for name in machine.list(f"/etc/cron.{period}"):
            file = f"/etc/cron.{period}/{name}"
            if not _ignored(machine, name) and name != "0anacron" and os.access(machine.path(file), os.X_OK):
                yield Job(name=name, kind="cron", schedule=f"@{period}", command=file, user="root", file=file)


def _personal_crontabs(machine: Machine, people: _People) -> Iterator[Job]:
    spool = next((each for each in _SPOOLS if machine.exists(each)), None)
    if spool is None:
        return
    try:
        names = sorted(each.name for each in machine.path(spool).iterdir())
        texts = {name: _refusable(machine, f"{spool}/{name}") for name in names if name not in _SPOOL_FOLDERS}
    except PermissionError:
        machine.missed(f"crontabs of accounts in {spool}", "no_permission", READ_FILES)
        yield from _own_crontab(machine, people, spool)
        return
    for name, text in texts.items():
        if not name.startswith((".", "tmp.")):
            for entry in parse_crontab(text, with_user=False):
                yield _job(entry, f"{spool}/{name}", people, user=name, packaged=False)


def _refusable(machine: Machine, file: str) -> str:
    with machine.path(file).open("rb") as stream:
        return stream.read().decode("utf-8", "replace")


def _own_crontab(machine: Machine, people: _People, spool: str) -> Iterator[Job]:
    """Yield the caller's own jobs, which crontab shows without any right; having none is no failure."""
    uid = os.geteuid()
    name = next((each.name for each in people.accounts if each.uid == uid), str(uid))
    text = machine.run(["sh", "-c", "crontab -l 2>/dev/null; true"]) if machine.which("crontab") else None
    for entry in parse_crontab(text or "", with_user=False):
        yield _job(entry, f"{spool}/{name}", people, user=name, packaged=False)


def _anacron(machine: Machine, people: _People) -> Iterator[Job]:
    for entry in parse_anacrontab(machine.read("/etc/anacrontab") or ""):
        if not runs_a_folder(entry):
            stamp = (machine.read(f"/var/spool/anacron/{entry.name}") or "").strip()
            last = (
                dt.datetime.strptime(stamp, "%Y%m%d").replace(tzinfo=dt.UTC) if re.fullmatch(r"\d{8}", stamp) else None
            )
            job = _job(entry, "/etc/anacrontab", people, packaged=False)
            yield msgspec.structs.replace(job, kind="anacron", last_run=last)


def _rc_local(machine: Machine, people: _People) -> Iterator[Job]:
    """Yield what rc.local starts at boot, as one job a file; it runs only when it may be executed."""
    for file in _RC_FILES:
        path = machine.path(file)
        if path.is_symlink() or not os.access(path, os.X_OK):
            continue
        lines = [line.strip() for line in (machine.read(file) or "").splitlines()]
        active = [line for line in lines if not _RC_IDLE.fullmatch(line)]
        if active:
            entry = Entry(schedule="@reboot", user="root", name="rc.local", command="; ".join(active))
            yield msgspec.structs.replace(_job(entry, file, people), kind="rc.local")


def _at(machine: Machine, people: _People) -> Iterator[Job]:
    """Yield jobs that ``at`` will run once: their scripts hold whole environments and are never read."""
    if machine.which("atq") is None:
        return
    text = machine.run(["atq"])
    if os.geteuid() != 0:
        machine.missed("at jobs of other accounts", "no_permission", AS_ROOT)
    zone, now = local_zone(machine), machine.clock()
    for match in filter(None, map(_AT_ROW.fullmatch, (text or "").splitlines())):
        yield Job(
            name=f"at-{match['id']}",
            kind="at",
            schedule="once",
            user=match["user"],
            packaged=False,
            versioned=False,
            personal=people.personal(match["user"], ""),
            next_run=find_time(match["time"], zone, now),
        )


def _owned(machine: Machine, jobs: Iterable[Job]) -> list[Job]:
    """Return the jobs with what packages and version control say of their files."""
    found = list(jobs)
    packages = packaged_files(machine, {each.file for each in found if each.packaged is None and each.file})
    under_control = {file: versioned(machine, file) for file in {each.file for each in found} - {""}}
    return [
        msgspec.structs.replace(
            each,
            packaged=each.packaged if each.packaged is not None else packages.get(each.file),
            versioned=under_control.get(each.file, each.versioned),
        )
        for each in found
    ]


COLLECTOR = Collector(
    name="jobs",
    block="jobs",
    source="/etc/crontab, /etc/cron.*, /var/spool/cron, anacrontab, atq, rc.local, systemctl show '*.timer'",
    collect=collect_jobs,
    limit_seconds=20.0,
)
