"""Names of containers, read from what their engines leave on disk; most of it is for root only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from agent.collectors.machine import Machine
from agent.collectors.processes.cgroups import Place

Decoded = TypeVar("Decoded")

_DOCKER = "/var/lib/docker/containers"
_STORAGE = ".local/share/containers/storage/overlay-containers/containers.json"
_SYSTEM_STORAGE = "/var/lib/containers/storage/overlay-containers/containers.json"
_CONTAINERD = "/run/containerd/io.containerd.runtime.v2.task"
_CRIO = "/run/containers/storage/overlay-containers"
_ANNOTATIONS = ("nerdctl/name", "io.kubernetes.cri.container-name", "io.kubernetes.container.name")


class _Endpoint(msgspec.Struct):
    address: str = msgspec.field(name="IPAddress", default="")


class _Networks(msgspec.Struct):
    networks: dict[str, _Endpoint | None] | None = msgspec.field(name="Networks", default=None)


class _DockerConfig(msgspec.Struct):
    name: str = msgspec.field(name="Name", default="")
    settings: _Networks | None = msgspec.field(name="NetworkSettings", default=None)


class _Stored(msgspec.Struct):
    id: str = ""
    names: list[str] | None = None


class _Bundle(msgspec.Struct):
    annotations: dict[str, str] | None = None


class Containers:
    """Names of the containers of one host; each file is read once."""

    def __init__(self, machine: Machine, homes: Mapping[int, str]) -> None:
        self._machine = machine
        self._homes = homes
        self._names: dict[str, str] = {}
        self._docker_addresses: dict[str, str] | None = None

    def name(self, where: Place) -> str:
        """Return the name of a container, empty when no file that may be read gives it."""
        known = self._names.get(where.container_id)
        if known is None:
            known = self._names[where.container_id] = self._look_up(where)
        return known

    def at_address(self, address: str) -> str:
        """Return the name of the docker container that has an address, for ``docker-proxy``; empty when unknown."""
        if self._docker_addresses is None:
            self._docker_addresses = {}
            for container in self._names_in(_DOCKER):
                config = self._docker(container)
                for endpoint in ((config.settings and config.settings.networks) or {}).values():
                    if endpoint is not None and endpoint.address:
                        self._docker_addresses[endpoint.address] = config.name.strip("/")
        return self._docker_addresses.get(address, "")

    def _look_up(self, where: Place) -> str:
        match where.engine:
            case "docker":
                return self._docker(where.container_id).name.strip("/")
            case "podman":
                return self._podman(where)
            case "containerd":
                spaces = self._names_in(_CONTAINERD)
                bundles = [f"{_CONTAINERD}/{space}/{where.container_id}/config.json" for space in spaces]
            case "crio":
                bundles = [f"{_CRIO}/{where.container_id}/userdata/config.json"]
            case _:
                bundles = []
        return next(filter(None, map(self._annotated, bundles)), "")

    def _docker(self, container: str) -> _DockerConfig:
        return _decode(self._text(f"{_DOCKER}/{container}/config.v2.json"), _DockerConfig) or _DockerConfig()

    def _podman(self, where: Place) -> str:
        home = self._homes.get(where.user) if where.user is not None else None
        for file in (*([f"{home}/{_STORAGE}"] if home else []), _SYSTEM_STORAGE):
            for each in _decode(self._text(file), list[_Stored]) or []:
                if each.id == where.container_id and each.names:
                    return each.names[0]
        return ""

    def _annotated(self, file: str) -> str:
        bundle = _decode(self._text(file), _Bundle)
        annotations = (bundle.annotations if bundle else None) or {}
        return next((annotations[key] for key in _ANNOTATIONS if annotations.get(key)), "")

    def _text(self, file: str) -> str | None:
        """Return a file, None when it may not be read: a container without a name is named by its identifier."""
        try:
            return self._machine.path(file).read_text("utf-8", "replace")
        except OSError:
            return None

    def _names_in(self, folder: str) -> tuple[str, ...]:
        try:
            return tuple(sorted(each.name for each in self._machine.path(folder).iterdir()))
        except OSError:
            return ()


def _decode(text: str | None, kind: type[Decoded]) -> Decoded | None:
    try:
        return msgspec.json.decode(text, type=kind) if text else None
    except (msgspec.DecodeError, UnicodeError):
        return None
