"""The name of a service, as an operator would say it: its unit, its container, else its script or executable."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from agent.collectors.processes.cgroups import Place, place
from agent.collectors.processes.process import Process
from agent.collectors.processes.programs import base_name, clean_name, program_name

_NAMED_BY_A_MACHINE = re.compile(r"run-(?:u\d+|r[0-9a-f]+|p\d+-i\d+)\.service")
"""Transient units that systemd-run numbered: the program says more."""

_SHORT_ID = 12

_COMM_LENGTH = 15
"""Of a process's name, the kernel keeps that much (proc(5), comm)."""

ContainerNames = Callable[[Place], str]
"""From the place of a container to its name, empty when it may not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceName:
    """The name of a service and what it was taken from."""

    service: str
    unit: str = ""
    container: str = ""
    process: str = ""


def name_process(process: Process, container_names: ContainerNames = lambda _: "") -> ServiceName:
    """Return the service that a process belongs to; the name is never empty.

    A unit that wraps one container (podman's quadlets) keeps the unit's name. A session scope is no service: there
    the program speaks.
    """
    where = place(process.cgroup)
    program = program_name(process.argv, executable=process.executable, comm=process.comm, folder=process.folder)
    container = _container(where, container_names)
    unit = where.unit
    return ServiceName(
        service=unit_service(unit) or container or program,
        unit=unit,
        container=container,
        process=clean_name(_whole_comm(process)) or clean_name(base_name(process.executable)) or program,
    )


def name_place(where: Place, container_names: ContainerNames = lambda _: "") -> ServiceName | None:
    """Return the service that a cgroup alone names, None in a session scope or another place that names none."""
    container = _container(where, container_names)
    service = unit_service(where.unit) or container
    return ServiceName(service=service, unit=where.unit, container=container) if service else None


def unit_service(unit: str) -> str:
    """Return the service that a unit names: ``nginx.service`` is ``nginx``, ``run-u12.service`` says nothing."""
    if not unit or _NAMED_BY_A_MACHINE.fullmatch(unit):
        return ""
    return clean_name(unit.removesuffix(".service"))


def unnamed_service(protocol: str, port: int) -> str:
    """Return the name of a socket whose owner may not be seen: a port number is no proof of a product."""
    return f"{protocol}/{port}"


def _whole_comm(process: Process) -> str:
    """Return what ``ps`` shows, whole again where the kernel cut it."""
    files = (process.executable, *process.argv[:1])
    longer = (
        name for name in map(base_name, files) if len(process.comm) == _COMM_LENGTH and name.startswith(process.comm)
    )
    return next(longer, process.comm)


def _container(where: Place, container_names: ContainerNames) -> str:
    if not where.container_id:
        return ""
    if where.engine in {"lxc", "nspawn"}:
        return clean_name(where.container_id)
    return clean_name(container_names(where)) or f"container:{where.container_id[:_SHORT_ID]}"
