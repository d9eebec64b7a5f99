"""Processes as ``/proc`` shows them, and the sockets they hold open."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from agent.collectors.machine import Machine
from agent.collectors.processes.process import Process

_SMALL_FILE = 64 << 10


@dataclass(slots=True)
class Owners:
    """Which process holds which socket.

    Attributes
    ----------
    pids
        From the inode of a socket to the process that holds it.
    refused
        Processes whose open files may not be listed.
    """

    pids: dict[int, int] = field(default_factory=dict)
    refused: int = 0


_UID = re.compile(r"^Uid:[ \t]*(\d{1,10})\b", re.MULTILINE | re.ASCII)


def process_numbers(machine: Machine) -> list[int]:
    """Return the numbers of all visible processes, process 1 last: it holds sockets on behalf of others."""
    found = sorted(int(name) for name in machine.list("/proc") if name.isdigit())
    return [pid for pid in found if pid != 1] + [pid for pid in found if pid == 1]


def owners_of(machine: Machine, inodes: Collection[int]) -> Owners:
    """Return the processes that hold the given sockets; stops as soon as all are found."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    owners = Owners()
    for pid in process_numbers(machine):
        if not wanted:
            break
        try:
            links = list(_links(machine.path(f"/proc/{pid}/fd")))
        except PermissionError:
            owners.refused += 1
            continue
        except OSError:
            continue
        for link in links:
            inode = wanted.pop(link, None)
            if inode is not None:
                owners.pids[inode] = pid
    return owners


def _links(folder: Path) -> Iterator[str]:
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in os.listdir(directory):  # noqa: PTH208 - a descriptor has no Path
            try:
                yield os.readlink(name, dir_fd=directory)
            except PermissionError:
                raise
            except OSError:
                continue
    finally:
        os.close(directory)


def read_process(machine: Machine, pid: int) -> Process | None:
    """Return what may be read of a process, None when it is gone."""
    folder = machine.path(f"/proc/{pid}")
    comm = _text(folder / "comm")
    if comm is None:
        return None
    arguments = _text(folder / "cmdline") or ""
    return Process(
        pid=pid,
        comm=comm.strip(),
        argv=tuple(arguments.rstrip("\0").split("\0")) if arguments else (),
        executable=_target(folder / "exe"),
        folder=_target(folder / "cwd"),
        cgroup=_text(folder / "cgroup") or "",
        uid=_uid(_text(folder / "status") or ""),
    )


def started(machine: Machine, pid: int) -> str:
    """Return when a process started, in ticks since boot (proc_pid_stat(5)): tells two with one number apart."""
    _, _, after = (_text(machine.path(f"/proc/{pid}/stat")) or "").rpartition(")")
    return next(iter(after.split()[19:20]), "")


def _text(path: Path) -> str | None:
    """Return a small file of a process, None when it vanished or is refused: no blind spot by itself."""
    try:
        with path.open("rb") as stream:
            return stream.read(_SMALL_FILE).decode("utf-8", "replace")
    except OSError:
        return None


def _target(path: Path) -> str:
    try:
        return os.fsencode(os.readlink(path)).decode("utf-8", "replace")  # noqa: PTH115 - the text, no Path
    except OSError:
        return ""


def _uid(status: str) -> int | None:
    """Return the real user of ``/proc/PID/status`` (proc(5)), None where it says none."""
    found = _UID.search(status)
    return int(found[1]) if found is not None else None
