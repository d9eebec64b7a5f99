"""Where a process lives: the systemd unit and the container that its cgroup path names."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ID = r"(?P<id>[0-9a-f]{64}|[0-9a-f]{32}(?:-\d+)?)"

_CONTAINER_COMPONENTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("docker", re.compile(rf"docker-{_ID}\.scope")),
    ("podman", re.compile(rf"libpod-(?:payload-)?{_ID}(?:\.scope)?")),
    ("containerd", re.compile(rf"(?:cri-containerd|nerdctl|containerd)-{_ID}\.scope")),
    ("crio", re.compile(rf"crio-{_ID}(?:\.scope)?")),
    ("lxc", re.compile(r"lxc\.payload\.(?P<id>[^/]+)")),
    ("nspawn", re.compile(r"systemd-nspawn@(?P<id>.+)\.service")),
)
"""One component of the path is enough to tell (engine, pattern)."""

_CONTAINER_PARENTS = {"docker": "docker", "libpod_parent": "podman"}
"""Folders of the cgroupfs drivers: the next component is the container's identifier."""

_NAMED_PARENTS = {"lxc", "lxc.payload"}
"""The same for LXC, whose containers go by their name."""

_POD = re.compile(r"(?:kubepods.*-)?pod[0-9a-f_-]{32,36}(?:\.slice)?")
_BARE_ID = re.compile(_ID)
_USER_MANAGER = re.compile(r"user@\d+\.service")
_USER_SLICE = re.compile(r"user-(\d+)\.slice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a cgroup path says.

    Attributes
    ----------
    unit
        Service unit of this host, such as "nginx.service"; empty in a session scope and inside a container's own tree.
    container_id
        Identifier, or for engines that use names the name, of the innermost container; empty outside containers.
    engine
        "docker", "podman", "containerd", "crio", "lxc" or "nspawn"; empty outside containers.
    user
        Number of the account whose systemd manager or session holds the process; None for the system's.
    """

    unit: str = ""
    container_id: str = ""
    engine: str = ""
    user: int | None = None


def place(cgroup: str) -> Place:
    """Return what the text of ``/proc/PID/cgroup`` says, versions 1 and 2 (cgroups(7))."""
    found = [_of_path(path) for path in _paths(cgroup)]
    return next((each for each in found if each.unit or each.container_id), found[0] if found else Place())


def _paths(cgroup: str) -> list[str]:
    """Return the paths, the one that systemd manages first."""
    rows = [line.split(":", 2) for line in cgroup.splitlines()]
    whole = [(controllers, path) for _, controllers, path in (row for row in rows if len(row) == 3)]  # noqa: PLR2004
    managed = [path for controllers, path in whole if controllers in {"", "name=systemd"} and path != "/"]
    return managed + [path for controllers, path in whole if controllers not in {"", "name=systemd"}]


def _of_path(path: str) -> Place:
    unit = container_id = engine = ""
    user = None
    parent = ""
    for component in path.strip("/").split("/"):
        as_container = _container(component, parent)
        if as_container is not None:
            engine, container_id = as_container
        elif component.endswith(".service") and not container_id and not _USER_MANAGER.fullmatch(component):
            unit = component
        elif (account := _USER_SLICE.fullmatch(component)) is not None:
            user = int(account[1])
        parent = component
    return Place(unit=unit, container_id=container_id, engine=engine, user=user)


def _container(component: str, parent: str) -> tuple[str, str] | None:
    for engine, pattern in _CONTAINER_COMPONENTS:
        if (match := pattern.fullmatch(component)) is not None:
            return engine, match["id"]
    if parent in _NAMED_PARENTS and component:
        return "lxc", component
    if parent in _CONTAINER_PARENTS and _BARE_ID.fullmatch(component):
        return _CONTAINER_PARENTS[parent], component
    if _POD.fullmatch(parent) and _BARE_ID.fullmatch(component):
        return "containerd", component
    return None
