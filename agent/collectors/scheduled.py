"""What the clock starts, by cron or by a timer, and the text of the scripts that are started.

Texts are looked at and never kept: they may hold secrets. Files whose names announce a secret are not opened.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass

from agent.collectors.grants import READ_FILES
from agent.collectors.machine import Machine
from agent.collectors.schedules.crontab import parse_crontab
from agent.collectors.traces import Units

_SPOOLS = ("/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron", "/etc/crontabs")
_FOLDERS = (
    *(f"/etc/cron.{period}" for period in ("hourly", "daily", "weekly", "monthly")),
    *(f"/etc/periodic/{period}" for period in ("15min", "hourly", "daily", "weekly", "monthly")),
)
_MOST_SCRIPT_BYTES = 64 << 10
_MOST_SCRIPTS = 8
_PATH = re.compile(r"(?<![\w$./:@-])(/(?:[\w.+@-]+/)*[\w.+@-]+)")
_SECRET = re.compile(r"(?i)pass|secret|cred|token|private|\.key$|\.pem$|shadow|\.env$|id_rsa|id_ed25519|\.my\.cnf")
_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#(?!!).*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """Something that the clock starts.

    Attributes
    ----------
    where
        The file that schedules it, or the timer, as evidence shows it: "cron /etc/cron.d/backup", "timer x.timer".
    unit
        The service that a timer starts, empty for cron.
    text
        The command and the scripts that it names, comments left out. Not to be kept.
    """

    where: str
    text: str
    unit: str = ""


def scheduled(machine: Machine, known: Units) -> tuple[Scheduled, ...]:
    """Return what cron and enabled timers start; what may not be read is recorded as missed."""
    return (*_cron(machine), *_timers(machine, known))


def _cron(machine: Machine) -> Iterator[Scheduled]:
    tables = [("/etc/crontab", True), *((f"/etc/cron.d/{name}", True) for name in machine.list("/etc/cron.d"))]
    for folder in _SPOOLS:
        tables.extend((f"{folder}/{name}", False) for name in _spooled(machine, folder))
    for table, with_user in tables:
        for entry in parse_crontab(machine.read(table) or "", with_user=with_user):
            yield Scheduled(where=f"cron {table}", text=with_scripts(machine, entry.command))
    for folder in _FOLDERS:
        for name in machine.list(folder):
            script = f"{folder}/{name}"
            if not name.startswith(".") and script_text(machine, script):
                yield Scheduled(where=f"cron {script}", text=with_scripts(machine, script))


def _spooled(machine: Machine, folder: str) -> list[str]:
    """Return the accounts that have a table in a spool folder, which root alone may list."""
    path = machine.path(folder)
    try:
        return sorted(each.name for each in path.iterdir() if each.is_file())
    except PermissionError:
        machine.missed(f"crontabs of accounts in {folder}", "no_permission", READ_FILES)
    except OSError:
        return []
    return []


def _timers(machine: Machine, known: Units) -> Iterator[Scheduled]:
    for timer in sorted(known.enabled):
        if not timer.endswith(".timer") or (file := known.file(timer)) is None:
            continue
        settings = machine.read(file) or ""
        named = re.search(r"^Unit\s*=\s*(\S+)", settings, re.MULTILINE)
        service = named[1] if named else f"{timer.removesuffix('.timer')}.service"
        yield Scheduled(where=f"timer {timer}", unit=service, text=service_text(machine, known, service))


def service_text(machine: Machine, known: Units, service: str) -> str:
    """Return what a service runs, the scripts that it names included; empty when it has no file."""
    file = known.file(service)
    commands = [] if file is None else _commands(machine, file)
    for folder in {f"/etc/systemd/system/{service}.d", f"{file}.d"} if file else ():
        for name in machine.list(folder):
            if name.endswith(".conf"):
                commands.extend(_commands(machine, f"{folder}/{name}"))
    return with_scripts(machine, "\n".join(commands))


def _commands(machine: Machine, file: str) -> list[str]:
    """Return the commands of a unit file, and its variables that say where a repository is."""
    text = re.sub(r"\\\n", " ", machine.read(file) or "")
    commands = re.findall(r"^Exec(?:Start|StartPre|StartPost)\s*=\s*[-@:+!]*(.+)$", text, re.MULTILINE)
    places = re.findall(r"^Environment\s*=.*?((?:RESTIC|BORG|KOPIA)_REPO\w*=[^\s\"']+)", text, re.MULTILINE)
    return [*commands, *places]


def with_scripts(machine: Machine, command: str) -> str:
    """Return a command followed by the text of the scripts that it names, one level deep."""
    scripts = list(dict.fromkeys(_PATH.findall(command)))[:_MOST_SCRIPTS]
    return "\n".join(_COMMENT.sub("", text) for text in [command, *(script_text(machine, each) for each in scripts)])


def script_text(machine: Machine, name: str) -> str:
    """Return the text of a script; empty for what is no program, a binary, or a file that may hold secrets only."""
    if _SECRET.search(name):
        return ""
    path = machine.path(name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or not status.st_mode & 0o111 or status.st_size > _MOST_SCRIPT_BYTES:
            return ""
        with path.open("rb") as stream:
            start = stream.read(_MOST_SCRIPT_BYTES)
    except PermissionError:
        machine.missed(name, "no_permission", READ_FILES)
        return ""
    except OSError:
        return ""
    return start.decode("utf-8", "replace") if start.startswith(b"#!") else ""
