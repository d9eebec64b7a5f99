"""One process."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What ``/proc/PID`` says; parts that may not be read are empty."""

    pid: int
    comm: str = ""
    argv: tuple[str, ...] = ()
    executable: str = ""
    folder: str = ""
    cgroup: str = ""
    uid: int | None = None
