from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.naming import ServiceName, name_process, unit_service, unnamed_service
from agent.collectors.processes.cgroups import Place
from agent.collectors.processes.process import Process

ID = "0f" * 32


def process(cgroup: str = "0::/", **others: str) -> Process:
    return Process(
        pid=42,
        comm=others.get("comm", "python3"),
        argv=tuple(others.get("argv", "python3 /opt/facturation.py").split()),
        executable=others.get("executable", ""),
        cgroup=cgroup,
    )


def test_a_unit_names_the_service_whatever_runs_in_it() -> None:
    found = name_process(process("0::/system.slice/boutique.service"))
    assert found == ServiceName(service="boutique", unit="boutique.service", process="python3")


def test_a_session_is_no_service() -> None:
    found = name_process(process("0::/user.slice/user-1000.slice/session-3.scope"))
    assert found == ServiceName(service="facturation", process="python3")


@pytest.mark.parametrize("unit", ["run-u12.service", "run-r0f3a.service", "run-p12-i34.service"])
def test_a_unit_that_a_machine_numbered_keeps_its_name_for_itself(unit: str) -> None:
    found = name_process(process(f"0::/system.slice/{unit}"))
    assert (found.service, found.unit) == ("facturation", unit)


def test_a_container_goes_by_its_name() -> None:
    asked: list[Place] = []

    def names(where: Place) -> str:
        asked.append(where)
        return "atelier-web-1"

    found = name_process(process(f"0::/system.slice/docker-{ID}.scope"), names)
    assert (found.service, found.container, found.unit) == ("atelier-web-1", "atelier-web-1", "")
    assert [each.container_id for each in asked] == [ID]


def test_a_container_whose_name_may_not_be_read_goes_by_its_identifier() -> None:
    found = name_process(process(f"0::/docker/{ID}"))
    assert found.service == found.container == "container:0f0f0f0f0f0f"


def test_a_container_of_lxc_has_its_name_in_its_path() -> None:
    assert name_process(process("0::/lxc.payload.web/system.slice/nginx.service")).service == "web"


def test_a_unit_that_wraps_a_container_keeps_the_unit_name() -> None:
    found = name_process(process(f"0::/system.slice/vitrine.service/libpod-payload-{ID}"), lambda _: "systemd-vitrine")
    assert (found.service, found.container) == ("vitrine", "systemd-vitrine")


def test_a_process_without_command_line_goes_by_what_the_kernel_calls_it() -> None:
    assert name_process(process(argv="", comm="nfsd")) == ServiceName(service="nfsd", process="nfsd")


@pytest.mark.parametrize(
    ("comm", "executable", "argv", "name"),
    [
        ("prometheus-node", "/usr/bin/prometheus-node-exporter", "x", "prometheus-node-exporter"),
        ("prometheus-node", "", "/usr/bin/prometheus-node-exporter", "prometheus-node-exporter"),
        ("prometheus-node", "/usr/bin/other", "other", "prometheus-node"),
        ("redis", "/usr/bin/redis-server", "redis-server", "redis"),
        ("", "/usr/bin/redis-server", "", "redis-server"),
    ],
)
def test_a_name_that_the_kernel_cut_is_made_whole(comm: str, executable: str, argv: str, name: str) -> None:
    assert name_process(process(comm=comm, executable=executable, argv=argv)).process == name


@pytest.mark.parametrize(
    ("unit", "service"),
    [
        ("nginx.service", "nginx"),
        ("postgresql@15-main.service", "postgresql@15-main"),
        ("", ""),
        ("run-u1.service", ""),
    ],
)
def test_the_service_of_a_unit_drops_its_kind(unit: str, service: str) -> None:
    assert unit_service(unit) == service


def test_a_socket_without_owner_is_named_after_its_port_alone() -> None:
    assert unnamed_service("tcp", 5432) == "tcp/5432"


@given(
    cgroup=st.text(max_size=60),
    comm=st.text(max_size=15),
    argv=st.lists(st.text(max_size=20), max_size=4),
    name=st.text(),
)
def test_any_process_has_a_service_and_a_process_name(cgroup: str, comm: str, argv: list[str], name: str) -> None:
    found = name_process(Process(pid=2, comm=comm, argv=tuple(argv), cgroup=cgroup), lambda _: name)
    assert found.service
    assert found.process
