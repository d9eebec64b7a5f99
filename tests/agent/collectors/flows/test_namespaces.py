from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from agent.collectors.flows.addresses import local_addresses
from agent.collectors.flows.cgroups import CgroupPlaces
from agent.collectors.flows.look import look
from agent.collectors.flows.namespaces import Namespace, enter, others
from agent.collectors.flows.netlink import Link
from agent.collectors.machine import Machine
from tests.agent.collectors.fake_hosts import machine

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root enters a network namespace")
SERVE = (
    "import socket,subprocess,sys; subprocess.run(['ip','link','set','lo','up'],check=True);"
    "s=socket.create_server(('127.0.0.1',0)); c=socket.create_connection(s.getsockname());"
    "print(s.getsockname()[1],flush=True); sys.stdin.read()"
)


@needs_root
@pytest.mark.lab
def test_sockets_made_inside_speak_of_it_for_good() -> None:
    python = os.path.realpath("/proc/self/exe")
    inside = subprocess.Popen(
        ["unshare", "-n", python, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert inside.stdout is not None
        port = int(inside.stdout.readline())
        number = Path(f"/proc/{inside.pid}/ns/net").stat().st_ino
        found, _ = others(Machine())
        assert number in {each.number for each in found}
        ((_, entered),) = enter([each for each in found if each.number == number], ends=True)
        assert entered is not None
        assert entered.ends is not None
        entered.ends.close()
        with Link(entered.tables) as link:
            seen = look(Machine(), range(32768, 61000), CgroupPlaces(Machine()), link)
        assert {each.port for each in seen.listening} == {port}
        assert {(each.peer_port == port, each.port == port) for each in seen.flowing} == {(True, False), (False, True)}
    finally:
        inside.kill()
        inside.communicate()


def test_one_that_is_gone_is_not_entered() -> None:
    gone = Namespace(1, "/proc/0/ns/net")
    assert list(enter([gone, gone], ends=False)) == [(gone, None), (gone, None)]


def test_other_namespaces_of_visible_processes(tmp_path: Path) -> None:
    files = {
        "/proc/self/ns/net": "-> net:[1]",
        "/proc/10/ns/net": "-> net:[1]",
        "/proc/20/ns/net": "-> net:[2]",
        "/proc/21/ns/net": "-> net:[2]",
        "/proc/30/ns/net": "-> nonsense",
    }
    found, hidden = others(machine(tmp_path, files))
    assert [each.number for each in found] == [2]
    assert hidden == 0


def test_addresses_of_this_host(tmp_path: Path) -> None:
    trie = "Local:\n     |-- 10.0.0.1\n        /32 host LOCAL\n     |-- 10.0.0.255\n        /32 link BROADCAST\n"
    six = "00000000000000000000000000000001 01 80 10 80 lo\nxx\n"
    host = machine(tmp_path, {"/proc/net/fib_trie": trie, "/proc/net/if_inet6": six})
    assert local_addresses(host) == {"10.0.0.1", "::1"}
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        assert "127.0.0.1" in local_addresses(Machine())
