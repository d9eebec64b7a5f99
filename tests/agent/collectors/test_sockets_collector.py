from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.collectors.grants import SEE_PROCESSES
from agent.collectors.machine import Machine, NotSeenError
from agent.collectors.sockets import COLLECTOR, collect_flows
from analyzers.model.facts import Connection, Host, Listener
from tests.agent.collectors.fake_hosts import NOBODY, PROJECT, machine, may_be_nobody

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
SERVER = """\
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
other = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print(server.getsockname()[1], flush=True)
sys.stdin.read()
"""


def line(local: str, peer: str = "00000000:0000", state: str = "0A", uid: int = 0, inode: int = 0) -> str:
    queues = "00000000:00000000 00:00000000 00000000"
    return f"   0: {local} {peer} {state} {queues} {uid:>5}        0 {inode} 1 0 100 0 0 10 0\n"


def listeners(machine: Machine) -> tuple[Listener, ...]:
    return tuple(each for each in collect_flows(machine)["listeners"] if isinstance(each, Listener))


def connections(machine: Machine) -> tuple[Connection, ...]:
    return tuple(each for each in collect_flows(machine)["connections"] if isinstance(each, Connection))


def host_of_nginx(root: Path) -> Machine:
    tcp = HEAD + line("00000000:0050", inode=77) + line("00000000:0050", inode=78)
    tcp += line("0100007F:0050", "0100007F:C350", "01", inode=90) + line(
        "0100007F:C351", "0100007F:1538", "01", inode=91
    )
    return machine(
        root,
        {
            "/proc/net/tcp": tcp,
            "/proc/net/udp": HEAD
            + line("00000000:0202", state="07", inode=79)
            + line("00000000:C352", state="07", inode=80),
            "/proc/1/comm": "init",
            "/proc/20/comm": "nginx",
            "/proc/20/cmdline": "nginx: master process /usr/sbin/nginx\0",
            "/proc/20/fd/3": "-> socket:[78]",
            "/proc/20/fd/4": "-> socket:[91]",
        },
    )


def test_one_listener_a_place_with_the_best_name_that_may_be_known(tmp_path: Path) -> None:
    host = host_of_nginx(tmp_path)
    found = [(each.protocol, each.port, each.service, each.process) for each in listeners(host)]
    assert found == [("tcp", 80, "nginx", "nginx"), ("udp", 514, "udp/514", "")]
    assert host.could_not_see == ["owner of udp/514: the kernel, or a process outside this view"]
    assert host.reason == "unreadable"


def test_what_came_in_belongs_to_the_listener_and_what_goes_out_to_its_process(tmp_path: Path) -> None:
    found = [(each.direction, each.service, each.port) for each in connections(host_of_nginx(tmp_path))]
    assert found == [("in", "nginx", 80), ("out", "nginx", 5432)]


def test_without_rights_sockets_are_listed_and_the_grant_is_said(tmp_path: Path) -> None:
    tcp = HEAD + line("00000000:1538", uid=4, inode=77) + line("0100007F:C351", "0200000A:01BB", "01", inode=91)
    host = machine(tmp_path, {"/proc/net/tcp": tcp, "/etc/passwd": "sync:x:4:65534::/bin:/bin/sync\n"})
    flows = collect_flows(host)
    assert [(each.service, each.user) for each in flows["listeners"] if isinstance(each, Listener)] == [
        ("tcp/5432", "sync")
    ]
    assert [each.service for each in flows["connections"]] == [""]
    assert host.could_not_see == ["owners of outbound connections", "owner of tcp/5432"]
    assert (host.reason, host.grant) == ("no_permission", SEE_PROCESSES)


def test_a_host_without_socket_tables_is_not_a_host_without_sockets(tmp_path: Path) -> None:
    with pytest.raises(NotSeenError) as refusal:
        collect_flows(machine(tmp_path))
    assert refusal.value.reason == "unreadable"


def test_the_collector_fills_two_fields_of_a_host() -> None:
    assert {COLLECTOR.block, *COLLECTOR.also} == {"listeners", "connections"} <= set(Host.__struct_fields__)


@contextmanager
def running(*argv: str, folder: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_a_real_script_is_found_by_its_name_and_by_whom_it_calls(tmp_path: Path) -> None:
    script = tmp_path / "facturation.py"
    script.write_text(SERVER)
    with socket.create_server(("127.0.0.1", 0)) as base:
        base_port = base.getsockname()[1]
        with running(sys.executable, str(script), str(base_port)) as process:
            port = int(first_line(process))
            flows = collect_flows(Machine())
    found = {each.port: each for each in flows["listeners"] if isinstance(each, Listener)}
    assert found[port].service == "facturation"
    assert found[port].user
    ways = {(each.direction, each.service) for each in flows["connections"] if each.port == base_port}
    assert ("out", "facturation") in ways
    assert any(direction == "in" for direction, _ in ways)


def test_a_real_module_of_python_is_found_by_its_name(tmp_path: Path) -> None:
    argv = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with running(*argv, folder=tmp_path) as process:
        port = int(first_line(process).split()[5])
        names = {each.port: each.service for each in listeners(Machine())}
    assert names[port] == "http.server"


@pytest.mark.skipif(not may_be_nobody(), reason="only root becomes nobody, who may read no home")
def test_nobody_sees_sockets_without_their_owners() -> None:
    ask = (
        "from agent.collectors.sockets import Machine, collect_flows; m = Machine();"
        "print([each.service for each in collect_flows(m)['listeners']], m.reason)"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        argv = [*NOBODY, sys.executable, "-c", ask]
        said = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=PROJECT).stdout
    assert f"'tcp/{port}'" in said
    assert said.rstrip().endswith("no_permission")
