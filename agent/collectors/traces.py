"""Traces that programs leave on a host: executables, systemd units, running processes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.collectors.grants import AS_ROOT
from agent.collectors.machine import Machine
from analyzers.model.reasons import Reason

PROGRAM_FOLDERS = (
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
    "/snap/bin",
    "/opt/bin",
)

UNIT_FOLDERS = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/transient",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
"""Where unit files are, the first that has a name wins (systemd.unit(5)); a transient unit is always one that runs."""

_INTERPRETER = re.compile(r"(python|perl|ruby|node|bash|sh|java|mono)[\d.]*")
_COMM_LENGTH = 15
_MOST_PEEKED_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Units:
    """Unit files of a host.

    Attributes
    ----------
    files
        Path of each unit file, by unit name; masked units are left out.
    enabled
        Units that something wants at boot, instances included, and transient ones.
    """

    files: Mapping[str, str]
    enabled: frozenset[str]

    def file(self, unit: str) -> str | None:
        """Return the file of a unit, that of its template for an instance, None when there is none."""
        return self.files.get(unit) or self.files.get(re.sub(r"@.*\.", "@.", unit))

    def named(self, pattern: str) -> tuple[str, ...]:
        """Return the units, enabled instances included, whose whole name matches a regular expression."""
        whole = re.compile(pattern)
        return tuple(sorted(name for name in {*self.files, *self.enabled} if whole.fullmatch(name) and self.file(name)))


def units(machine: Machine) -> Units:
    """Return the unit files of the host and which are enabled; systemd need not run."""
    files: dict[str, str] = {}
    enabled: set[str] = set()
    for folder in UNIT_FOLDERS:
        for name in machine.list(folder):
            if name.endswith((".wants", ".requires")):
                enabled.update(machine.list(f"{folder}/{name}"))
            elif "." in name and not name.endswith(".d"):
                files.setdefault(name, f"{folder}/{name}")
                if folder.endswith("/transient"):
                    enabled.add(name)
    masked = {name for name, path in files.items() if _masked(machine, path)}
    kept = {name: path for name, path in files.items() if name not in masked}
    return Units(files=kept, enabled=frozenset(enabled - masked))


def _masked(machine: Machine, path: str) -> bool:
    try:
        return str(machine.path(path).readlink()) == "/dev/null"
    except OSError:
        return False


def program(machine: Machine, name: str) -> str | None:
    """Return where a program is installed, None when it is in no usual folder."""
    return next((path for folder in PROGRAM_FOLDERS if machine.exists(path := f"{folder}/{name}")), None)


def processes(machine: Machine) -> frozenset[str]:
    """Return the names under which programs run: executable, script, and what the kernel calls them.

    Nothing of a command line past its program is kept. What cannot be seen is recorded as missed.
    """
    numbers = [name for name in machine.list("/proc") if name.isdigit()]
    if not numbers:
        machine.missed("running processes: no /proc", "no_source")
    elif "1" not in numbers:
        machine.missed("processes of other accounts", "no_permission", AS_ROOT)
    return frozenset(name for number in numbers for name in process_names(machine, number))


def process_names(machine: Machine, number: str) -> tuple[str, ...]:
    """Return the names of one process, none when it is gone."""
    words = command_words(machine, number)
    names = [word.rpartition("/")[2] for word in words[:1]]
    if names and _INTERPRETER.fullmatch(names[0]) and len(words) > 1 and not words[1].startswith("-"):
        names.append(words[1].rpartition("/")[2])
    comm = peek(machine, f"/proc/{number}/comm").strip()
    if comm and not any(name.startswith(comm) and len(comm) == _COMM_LENGTH for name in names):
        names.append(comm)
    return tuple(name for name in dict.fromkeys(names) if name)


def command_words(machine: Machine, number: str) -> list[str]:
    """Return the words of a command line, to look for a program in; they may hold secrets and must not be kept."""
    words = peek(machine, f"/proc/{number}/cmdline").rstrip("\0").split("\0")
    # A daemon that rewrites its title leaves one long word: "nginx: master process /usr/sbin/nginx".
    return words[0].replace(": ", " ").split() if len(words) == 1 else words


def peek(machine: Machine, name: str) -> str:
    """Return the start of a file, empty when it is absent or refused: for what nobody would miss."""
    try:
        with machine.path(name).open("rb") as stream:
            return stream.read(_MOST_PEEKED_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def attempt(machine: Machine, argv: Sequence[str], limit: float = 5.0) -> str | None:
    """Return what a command prints; a failure is not recorded, for there is another way to know."""
    return ask(machine, argv, limit)[0]


def ask(machine: Machine, argv: Sequence[str], limit: float = 5.0) -> tuple[str | None, Reason | None]:
    """Return what a command prints, and else why it failed, None when it is not installed; nothing is recorded."""
    aside = replace(machine, could_not_see=[], reason=None)
    return aside.run(argv, limit), aside.reason


def first_of(names: Iterable[str], present: frozenset[str]) -> str | None:
    """Return the first name that is present."""
    return next((name for name in names if name in present), None)
