from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.collectors.flows import cgroups
from agent.collectors.flows.cgroups import CgroupPlaces
from agent.collectors.machine import Machine
from agent.collectors.naming import ServiceName
from agent.collectors.processes.owners import SocketOwners
from agent.collectors.processes.proc_net import Socket
from tests.agent.collectors.fake_hosts import machine

CONTAINER = "0f" * 32


def host(root: Path, *paths: str, mounted: str = "/sys/fs/cgroup") -> Machine:
    files = {f"{mounted}{path}/cgroup.procs": "" for path in ("", *paths)}
    return machine(root, files)


def number(root: Path, path: str, mounted: str = "sys/fs/cgroup") -> int:
    return (root / mounted / path.lstrip("/")).stat().st_ino


@pytest.mark.parametrize("mounted", ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"])
def test_the_number_of_a_cgroup_leads_to_its_unit(tmp_path: Path, mounted: str) -> None:
    places = CgroupPlaces(host(tmp_path, "/system.slice/nginx.service/worker", mounted=mounted))
    for path in ("/system.slice/nginx.service", "/system.slice/nginx.service/worker"):
        assert places.place(number(tmp_path, path, mounted.lstrip("/"))).unit == "nginx.service"


@pytest.mark.parametrize(
    ("path", "tells"),
    [
        ("/system.slice/nginx.service", True),
        (f"/system.slice/docker-{CONTAINER}.scope", True),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/facturation.service", True),
        ("/system.slice/docker.service", False),
        ("/system.slice/run-u12.service", False),
        ("/user.slice/user-1000.slice/session-2.scope", False),
        ("/init.scope", False),
    ],
)
def test_a_cgroup_tells_when_it_names_a_service(tmp_path: Path, path: str, *, tells: bool) -> None:
    assert CgroupPlaces(host(tmp_path, path)).tells(number(tmp_path, path)) is tells


def test_a_cgroup_that_is_gone_or_was_never_said_tells_nothing(tmp_path: Path) -> None:
    places = CgroupPlaces(host(tmp_path))
    assert not places.tells(0)
    assert not places.tells(1 << 60)


def test_a_host_without_version_2_is_walked_nowhere(tmp_path: Path) -> None:
    tree = machine(tmp_path, {"/sys/fs/cgroup/memory/system.slice/nginx.service/tasks": ""})
    assert not CgroupPlaces(tree).tells(number(tmp_path, "memory/system.slice/nginx.service"))


def test_one_walk_is_bounded_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "MOST_FOLDERS", 3)
    places = CgroupPlaces(host(tmp_path, *(f"/system.slice/s{index}.service" for index in range(9))))
    places.place(number(tmp_path, "/system.slice"))
    assert places.cut


def test_the_folders_are_walked_once(tmp_path: Path) -> None:
    places = CgroupPlaces(host(tmp_path, "/a.service"))
    places.place(1 << 60)
    (tmp_path / "sys/fs/cgroup/b.service").mkdir()
    assert not places.tells(number(tmp_path, "/b.service"))


def listener(cgroup: int, inode: int = 77) -> Socket:
    return Socket("tcp", "0.0.0.0", 8080, "0.0.0.0", 0, "listening", 0, inode, cgroup)


def test_a_listener_whose_process_is_hidden_gets_its_unit_from_its_cgroup(tmp_path: Path) -> None:
    hidden = host(tmp_path, "/system.slice/facturation.service")
    row = listener(number(tmp_path, "/system.slice/facturation.service"))
    owners = SocketOwners(hidden, [row])
    assert owners.name(row) == ServiceName(service="facturation", unit="facturation.service")
    assert owners.name(listener(1 << 60)) is None


def test_a_container_whose_name_is_hidden_is_its_identifier(tmp_path: Path) -> None:
    path = f"/system.slice/docker-{CONTAINER}.scope"
    hidden = host(tmp_path, path)
    name = SocketOwners(hidden, []).name(listener(number(tmp_path, path)))
    assert name == ServiceName(service=f"container:{CONTAINER[:12]}", container=f"container:{CONTAINER[:12]}")


def test_what_a_process_says_comes_before_its_cgroup(tmp_path: Path) -> None:
    seen = host(tmp_path, "/system.slice/old.service")
    folder = tmp_path / "proc/20"
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text("nginx\n")
    (folder / "cgroup").write_text("0::/system.slice/new.service\n")
    (folder / "fd/3").symlink_to("socket:[77]")
    row = listener(number(tmp_path, "/system.slice/old.service"))
    found = SocketOwners(seen, [row]).name(row)
    assert found is not None
    assert (found.service, found.unit, found.process) == ("new", "new.service", "nginx")


def test_the_real_hierarchy_is_known_by_its_inodes() -> None:
    root = next((each for each in cgroups._HIERARCHIES if Path(each, "cgroup.procs").exists()), None)
    if root is None:
        pytest.skip("no cgroup version 2 here")
    paths = CgroupPlaces(Machine())._walk()
    folders = [each for each in os.scandir(root) if each.is_dir()]
    assert all(paths[each.stat().st_ino] == f"/{each.name}" for each in folders)
