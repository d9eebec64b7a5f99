from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.processes.cgroups import Place, place

ID = "0f" * 32


@pytest.mark.parametrize(
    ("cgroup", "unit"),
    [
        ("0::/system.slice/nginx.service", "nginx.service"),
        ("0::/system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main.service"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/relance.service", "relance.service"),
        ("12:cpu:/\n1:name=systemd:/system.slice/cron.service\n0::/system.slice/cron.service", "cron.service"),
        ("2:cpu,cpuacct:/x\n1:name=systemd:/system.slice/ssh.service", "ssh.service"),
        ("0::/user.slice/user-1000.slice/session-3.scope", ""),
        ("0::/user.slice/user-1000.slice/user@1000.service/init.scope", ""),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-1234.scope", ""),
        ("0::/init.scope", ""),
        ("0::/", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_the_unit_is_the_service_that_systemd_runs(cgroup: str, unit: str) -> None:
    assert place(cgroup).unit == unit
    assert place(cgroup).container_id == ""


@pytest.mark.parametrize(
    ("path", "engine", "container"),
    [
        (f"/system.slice/docker-{ID}.scope", "docker", ID),
        (f"/docker/{ID}", "docker", ID),
        (f"/system.slice/docker-{'1a' * 32}.scope/docker/{ID}", "docker", ID),
        (f"/docker/{ID}/system.slice/nginx.service", "docker", ID),
        (f"/machine.slice/libpod-{ID}.scope/container", "podman", ID),
        (f"/libpod_parent/{ID}", "podman", ID),
        (
            f"/kubepods.slice/kubepods-besteffort-pod{'ab' * 16}.slice/cri-containerd-{ID}.scope",
            "containerd",
            ID,
        ),
        (f"/kubepods/burstable/pod12345678-1234-1234-1234-123456789012/{ID}", "containerd", ID),
        (f"/kubepods.slice/crio-{ID}.scope", "crio", ID),
        (f"/system.slice/nerdctl-{ID}.scope", "containerd", ID),
        ("/lxc/web", "lxc", "web"),
        ("/lxc.payload.web/system.slice/nginx.service", "lxc", "web"),
        ("/machine.slice/systemd-nspawn@web.service/payload", "nspawn", "web"),
    ],
)
def test_the_container_is_the_innermost_one(path: str, engine: str, container: str) -> None:
    found = place(f"0::{path}")
    assert (found.engine, found.container_id) == (engine, container)
    assert found.unit == ""


def test_a_unit_that_wraps_a_container_says_both() -> None:
    assert place(f"0::/system.slice/vitrine.service/libpod-payload-{ID}") == Place(
        unit="vitrine.service", container_id=ID, engine="podman"
    )


def test_the_account_of_a_rootless_container_is_known() -> None:
    found = place(f"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{ID}.scope/container")
    assert (found.engine, found.user) == ("podman", 1000)


def test_a_docker_folder_without_an_identifier_is_no_container() -> None:
    assert place("0::/system.slice/docker/buildkit") == Place()


def test_a_container_in_a_controller_of_version_1_is_found_where_systemd_says_nothing() -> None:
    assert place(f"4:memory:/docker/{ID}\n1:name=systemd:/\n0::/").container_id == ID


@given(st.text())
def test_any_text_is_some_place(text: str) -> None:
    found = place(text)
    assert bool(found.engine) == bool(found.container_id)
