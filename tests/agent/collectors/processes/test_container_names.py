from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.collectors.processes.cgroups import Place
from agent.collectors.processes.containers import Containers
from tests.agent.collectors.fake_hosts import machine, tree

ID = "0f" * 32
DOCKER = f"/var/lib/docker/containers/{ID}/config.v2.json"
STORAGE = "storage/overlay-containers/containers.json"


def containers(root: Path, files: dict[str, str]) -> Containers:
    return Containers(machine(root, files), {1000: "/home/a.martin"})


def docker(name: str, *addresses: str) -> str:
    networks = {f"net{number}": {"IPAddress": address} for number, address in enumerate(addresses)}
    return json.dumps({"Name": name, "Config": {"Env": ["PASSWORD=x"]}, "NetworkSettings": {"Networks": networks}})


@pytest.mark.parametrize(
    ("where", "file", "content"),
    [
        (Place(engine="docker", container_id=ID), DOCKER, docker("/web")),
        (
            Place(engine="podman", container_id=ID),
            f"/var/lib/containers/{STORAGE}",
            json.dumps([{"id": "other", "names": ["no"]}, {"id": ID, "names": ["web"]}]),
        ),
        (
            Place(engine="podman", container_id=ID, user=1000),
            f"/home/a.martin/.local/share/containers/{STORAGE}",
            json.dumps([{"id": ID, "names": ["web"]}]),
        ),
        (
            Place(engine="containerd", container_id=ID),
            f"/run/containerd/io.containerd.runtime.v2.task/k8s.io/{ID}/config.json",
            json.dumps({"annotations": {"io.kubernetes.cri.container-name": "web"}}),
        ),
        (
            Place(engine="containerd", container_id=ID),
            f"/run/containerd/io.containerd.runtime.v2.task/default/{ID}/config.json",
            json.dumps({"annotations": {"nerdctl/name": "web"}}),
        ),
        (
            Place(engine="crio", container_id=ID),
            f"/run/containers/storage/overlay-containers/{ID}/userdata/config.json",
            json.dumps({"annotations": {"io.kubernetes.container.name": "web"}}),
        ),
    ],
)
def test_each_engine_leaves_the_name_somewhere(tmp_path: Path, where: Place, file: str, content: str) -> None:
    assert containers(tmp_path, {file: content}).name(where) == "web"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"Name": 3}', '{"Name": ""}'])
def test_a_file_that_says_nothing_gives_no_name(tmp_path: Path, content: str) -> None:
    assert containers(tmp_path, {DOCKER: content}).name(Place(engine="docker", container_id=ID)) == ""


def test_what_may_not_be_read_gives_no_name_and_is_no_failure(tmp_path: Path) -> None:
    host = machine(tmp_path)
    assert Containers(host, {}).name(Place(engine="docker", container_id=ID)) == ""
    assert Containers(host, {}).name(Place(engine="podman", container_id=ID, user=7)) == ""
    assert Containers(host, {}).name(Place(engine="containerd", container_id=ID)) == ""
    assert host.could_not_see == []


def test_a_name_is_read_once(tmp_path: Path) -> None:
    named = containers(tmp_path, {DOCKER: docker("/web")})
    where = Place(engine="docker", container_id=ID)
    assert named.name(where) == "web"
    tree(tmp_path, {DOCKER: docker("/other")})
    assert named.name(where) == "web"


def test_a_docker_container_is_found_by_its_address(tmp_path: Path) -> None:
    named = containers(tmp_path, {DOCKER: docker("/web", "172.17.0.2", "172.18.0.2", "")})
    assert named.at_address("172.18.0.2") == "web"
    assert named.at_address("172.18.0.9") == ""
    assert named.at_address("") == ""


def test_a_container_without_network_is_no_obstacle(tmp_path: Path) -> None:
    bare = json.dumps({"Name": "/web", "NetworkSettings": {"Networks": {"host": None}}})
    other = f"/var/lib/docker/containers/{'1a' * 32}/config.v2.json"
    named = containers(tmp_path, {DOCKER: bare, other: docker("/api", "172.17.0.3")})
    assert named.at_address("172.17.0.3") == "api"
