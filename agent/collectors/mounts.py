"""Mounted file systems, and their room where they answer: a dead server must not take the rest with it."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import msgspec

from agent.collectors.machine import Machine
from analyzers.model.facts import Mount

ANSWER_WITHIN = 2.0
"""Seconds that all file systems together have to answer statvfs."""

_REMOTE = re.compile(
    r"nfs[34]?|cifs|smb[23]?|smbfs|ceph|glusterfs|lustre|afs|beegfs|gpfs|ncpfs|9p|davfs2?|ocfs2|gfs2?"
    r"|fuse\.(?:sshfs|s3fs|rclone|glusterfs|ceph(?:-fuse)?|davfs2?|gcsfuse|goofys|juicefs|mfs\w*|cifs)"
)
_PSEUDO = re.compile(
    r"autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|dev(?:pts|tmpfs)|efivarfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs"
    r"|nsfs|overlay|proc|pstore|ramfs|rootfs|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tmpfs|tracefs|udf"
    r"|fuse\.(?:gvfsd-fuse|lxcfs|portal|snapfuse)"
)
"""Kinds that hold no data of their own, or are full by nature."""

_ESCAPE = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Room:
    """What statvfs(3) says."""

    total_bytes: int
    used_bytes: int
    available_bytes: int
    inodes_total: int
    inodes_free: int


def read_mounts(machine: Machine, statvfs: Callable[[str], os.statvfs_result] = os.statvfs) -> tuple[Mount, ...]:
    """Return the file systems that hold data, one a device, sorted by place; one that does not answer has no room.

    Each is asked in a thread of its own: where a server is gone the call never returns, and no signal ends it.
    """
    mounts = parse_mounts(
        machine.read("/proc/mounts") or "", parse_writable(machine.read("/proc/self/mountinfo") or "")
    )
    rooms = _ask(((each.mountpoint, str(machine.path(each.mountpoint))) for each in mounts), statvfs, machine)
    return tuple(
        msgspec.structs.replace(each, **_fields(rooms.get(each.mountpoint)))
        for each in sorted(mounts, key=lambda mount: mount.mountpoint)
    )


def parse_mounts(text: str, writable: Collection[str] = ()) -> list[Mount]:
    """Return the mounts of ``/proc/mounts`` (fstab(5)) that hold data; of several places of one device, the first.

    Parameters
    ----------
    writable
        Places whose file system may be written although this process may not: a service that systemd protects sees
        every one of them read-only.
    """
    found: dict[str, Mount] = {}
    for line in text.splitlines():
        words = _words(line)
        if len(words) < 4:  # noqa: PLR2004 - device, place, kind, options
            continue
        device, place, kind, options = words[:4]
        if _PSEUDO.fullmatch(kind) and not (kind == "overlay" and place == "/"):
            continue
        remote = _REMOTE.fullmatch(kind) is not None or device.startswith("//")
        read_only = "ro" in options.split(",") and place not in writable
        mount = Mount(device=device, mountpoint=place, fstype=kind, remote=remote, read_only=read_only)
        found.setdefault(device if device not in {"none", kind} else place, mount)
    return list(found.values())


def parse_writable(text: str) -> frozenset[str]:
    """Return the places of ``/proc/self/mountinfo`` (proc(5)) whose file system itself is not read-only."""
    found = set()
    for line in text.splitlines():
        place, _, system = line.partition(" - ")
        words, options = _words(place), system.split()[-1:]
        if len(words) > 4 and options and "ro" not in options[0].split(","):  # noqa: PLR2004 - the place is the fifth
            found.add(words[4])
    return frozenset(found)


def _words(line: str) -> list[str]:
    return [_ESCAPE.sub(lambda match: chr(int(match[1], 8)), word) for word in line.split()]


def _ask(
    places: Iterable[tuple[str, str]], statvfs: Callable[[str], os.statvfs_result], machine: Machine
) -> dict[str, Room]:
    rooms: dict[str, Room] = {}
    refused: dict[str, str] = {}

    def ask(place: str, path: str) -> None:
        try:
            rooms[place] = _room(statvfs(path))
        except OSError as error:
            refused[place] = error.strerror or str(error)

    threads = {place: threading.Thread(target=ask, args=(place, path), daemon=True) for place, path in places}
    for thread in threads.values():
        thread.start()
    until = min(time.monotonic() + ANSWER_WITHIN, machine.deadline)
    for place, thread in threads.items():
        thread.join(max(0.0, until - time.monotonic()))
        if thread.is_alive():
            machine.missed(f"room of {place}", "timed_out")
        elif place in refused:
            machine.missed(f"room of {place}: {refused[place]}", "unreadable")
    return dict(rooms)


def _room(answer: os.statvfs_result) -> Room:
    return Room(
        total_bytes=answer.f_blocks * answer.f_frsize,
        used_bytes=(answer.f_blocks - answer.f_bfree) * answer.f_frsize,
        available_bytes=answer.f_bavail * answer.f_frsize,
        inodes_total=answer.f_files,
        inodes_free=answer.f_ffree,
    )


def _fields(room: Room | None) -> dict[str, int]:
    return {} if room is None else {name: getattr(room, name) for name in Room.__slots__}
