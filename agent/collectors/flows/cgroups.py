"""From the number of a cgroup, which a socket carries, to the unit or container that it is: no process is read.

The number is the inode of the cgroup's folder (version 2), so one walk tells all of them; no right is needed.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping

from agent.collectors.machine import Machine
from agent.collectors.naming import unit_service
from agent.collectors.processes.cgroups import Place, place

MOST_FOLDERS = 20_000
"""Folders that one walk enters: a host of 250 pods has some 2000."""

_HIERARCHIES = ("/sys/fs/cgroup/unified", "/sys/fs/cgroup")
"""Where version 2 is mounted: beside version 1 (hybrid), or alone."""

_SPEAKS_FOR_OTHERS = "docker.service"
"""Its proxies hold sockets of containers: only their command lines tell which."""


class CgroupPlaces:
    """Units and containers by the number of their cgroup; the folders are walked once, at the first question.

    Whoever keeps it says `look_again` before each look: a number that is new then causes another walk.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._paths: Mapping[int, str] = {}
        self._places: dict[int, Place] = {}
        self._may_walk = True
        self.cut = False
        """There were more folders than one walk enters."""

    def look_again(self) -> None:
        """Let the next number that is not known cause one walk; a cgroup's number is never given again."""
        self._may_walk = True

    def place(self, number: int) -> Place:
        """Return what the path of a cgroup says, an empty place when it is gone or outside this view."""
        known = self._places.get(number)
        if known is None:
            path = self._path(number) if number else ""
            if not path:
                return Place()
            known = self._places[number] = place(f"0::{path}")
        return known

    def tells(self, number: int) -> bool:
        """Tell whether the cgroup alone names the service, so that nobody needs to look for the process."""
        where = self.place(number)
        return where.unit != _SPEAKS_FOR_OTHERS and bool(unit_service(where.unit) or where.container_id)

    def _path(self, number: int) -> str:
        if self._may_walk and number not in self._paths:
            self._may_walk = False
            self._paths = self._walk()
            self._places = {each: where for each, where in self._places.items() if each in self._paths}
        return self._paths.get(number, "")

    def _walk(self) -> dict[int, str]:
        """Return the path of each cgroup by its inode, nearest first; a folder that is refused hides what is below."""
        root = next((each for each in _HIERARCHIES if self._machine.exists(f"{each}/cgroup.procs")), "")
        found: dict[int, str] = {}
        waiting = deque([""] if root else [])
        while waiting:
            path = waiting.popleft()
            try:
                with os.scandir(self._machine.path(f"{root}{path}")) as entries:
                    folders = [(each.inode(), each.name) for each in entries if each.is_dir(follow_symlinks=False)]
            except OSError:
                continue
            for inode, name in folders:
                if len(found) >= MOST_FOLDERS:
                    self.cut = True
                    return found
                found[inode] = f"{path}/{name}"
                waiting.append(f"{path}/{name}")
        return found
