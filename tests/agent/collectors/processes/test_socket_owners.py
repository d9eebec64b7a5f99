from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.collectors.naming import ServiceName
from agent.collectors.processes.owners import SocketOwners, parse_sockets
from agent.collectors.processes.proc_net import Socket
from tests.agent.collectors.fake_hosts import machine, talking

PASSWD = "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n"
SOCKET_UNITS = """\
[::]:22                         ssh.socket                ssh.service
127.0.0.1:9090                  cockpit.socket            cockpit.service
/run/dbus/system_bus_socket     dbus.socket               dbus.service
kobject-uevent 1                systemd-udevd-kernel.socket systemd-udevd.service
"""


def listening(port: int, inode: int, address: str = "0.0.0.0", uid: int = 33) -> Socket:
    return Socket("tcp", address, port, "0.0.0.0", 0, "listening", uid, inode)


def process(pid: int, argv: str, inode: int, cgroup: str = "0::/", uid: int = 0) -> dict[str, str | bytes]:
    return {
        f"/proc/{pid}/comm": f"{argv.split(maxsplit=1)[0].rpartition('/')[2]}\n",
        f"/proc/{pid}/cmdline": argv.replace(" ", "\0") + "\0",
        f"/proc/{pid}/cgroup": cgroup,
        f"/proc/{pid}/status": f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\n",
        f"/proc/{pid}/fd/3": f"-> socket:[{inode}]",
    }


def test_a_socket_is_named_after_its_process_and_its_unit(tmp_path: Path) -> None:
    row = listening(80, 77)
    files = process(20, "/usr/sbin/nginx -g x", 77, "0::/system.slice/nginx.service") | {"/etc/passwd": PASSWD}
    owners = SocketOwners(machine(tmp_path, files), [row])
    assert owners.name(row) == ServiceName(service="nginx", unit="nginx.service", process="nginx")
    assert owners.user(row) == "root"


def test_without_its_process_a_socket_still_tells_who_opened_it(tmp_path: Path) -> None:
    row = listening(80, 77)
    owners = SocketOwners(machine(tmp_path, {"/etc/passwd": PASSWD, "/proc/1/comm": "systemd"}), [row])
    assert owners.name(row) is None
    assert owners.user(row) == "www-data"
    assert not owners.restricted


def test_an_account_that_nobody_names_is_its_number(tmp_path: Path) -> None:
    row = listening(80, 77, uid=4242)
    assert SocketOwners(machine(tmp_path), [row]).user(row) == "4242"


def test_a_host_that_hides_process_1_hides_others_too(tmp_path: Path) -> None:
    assert SocketOwners(machine(tmp_path, {"/proc/20/comm": "x"}), [listening(80, 77)]).restricted


def test_a_published_port_of_docker_is_named_after_the_container(tmp_path: Path) -> None:
    row = listening(8080, 77)
    proxy = "/usr/bin/docker-proxy -proto tcp -host-port 8080 -container-ip 172.17.0.2 -container-port 80"
    config = {"Name": "/atelier-web-1", "NetworkSettings": {"Networks": {"bridge": {"IPAddress": "172.17.0.2"}}}}
    files = process(20, proxy, 77, "0::/system.slice/docker.service")
    named = files | {f"/var/lib/docker/containers/{'0f' * 32}/config.v2.json": json.dumps(config)}
    found = SocketOwners(machine(tmp_path / "named", named), [row]).name(row)
    assert found == ServiceName(service="atelier-web-1", container="atelier-web-1", process="docker-proxy")
    unnamed = SocketOwners(machine(tmp_path / "unnamed", files), [row]).name(row)
    assert unnamed is not None
    assert unnamed.service == "docker"


@pytest.mark.parametrize(
    ("row", "service"),
    [
        (listening(22, 77), "ssh"),
        (listening(22, 77, "::"), "ssh"),
        (listening(9090, 77, "127.0.0.1"), "cockpit"),
        (listening(111, 77), "systemd"),
    ],
)
def test_a_socket_that_systemd_holds_is_named_after_what_it_starts(tmp_path: Path, row: Socket, service: str) -> None:
    files = process(1, "/lib/systemd/systemd --system", 77, "0::/init.scope") | {"/run/systemd/system/": ""}
    host = talking(tmp_path, {"systemctl list-sockets": SOCKET_UNITS}, files)
    owners = SocketOwners(host, [row])
    for _ in range(2):
        found = owners.name(row)
        assert found is not None
        assert found.service == service
    assert len(host.asked) == 1


def test_a_socket_of_systemd_is_named_even_where_nobody_may_see_who_holds_it(tmp_path: Path) -> None:
    host = talking(tmp_path, {"systemctl list-sockets": SOCKET_UNITS}, {"/run/systemd/system/": ""})
    owners = SocketOwners(host, [listening(22, 77), listening(5432, 78)])
    found = owners.name(listening(22, 77))
    assert found == ServiceName(service="ssh", unit="ssh.service")
    assert owners.name(listening(5432, 78)) is None
    assert owners.name(listening(22, 0)._replace(state="open", peer_port=9)) is None


def test_systemd_is_not_asked_where_it_does_not_run(tmp_path: Path) -> None:
    host = talking(tmp_path, {"systemctl list-sockets": SOCKET_UNITS})
    assert SocketOwners(host, [listening(22, 77)]).name(listening(22, 77)) is None
    assert host.asked == []


def test_only_network_sockets_of_units_are_kept() -> None:
    assert parse_sockets(SOCKET_UNITS) == {("::", 22): "ssh.service", ("127.0.0.1", 9090): "cockpit.service"}
    assert parse_sockets("\n\n22 sockets listed.\n") == {}
