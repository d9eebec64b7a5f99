from __future__ import annotations

import os
import socket
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from agent.collectors.identity import application_id, full_name, identify
from agent.collectors.machine import Machine
from agent.collectors.network import dns_servers, own_addresses, read_interfaces
from analyzers.model.facts import Interface
from tests.agent.collectors.fake_hosts import machine

MACHINE_ID = "0123456789abcdef0123456789abcdef"


def test_the_machine_id_stays_on_the_machine() -> None:
    known = application_id(MACHINE_ID, "app1")
    assert MACHINE_ID not in known
    assert len(known) == 64
    assert known == application_id(MACHINE_ID, "renamed")
    assert known != application_id(MACHINE_ID[::-1], "app1")


@pytest.mark.parametrize("machine_id", ["", "uninitialized", "short", "0123456789abcdef 123456789abcdef"])
def test_without_a_machine_id_the_name_stands_for_it(machine_id: str) -> None:
    assert application_id(machine_id, "app1") == application_id("", "app1")
    assert application_id(machine_id, "app1") != application_id(machine_id, "app2")


@pytest.mark.parametrize(
    ("name", "hosts", "fqdn"),
    [
        ("app1", "127.0.1.1 app1.example.lan app1\n", "app1.example.lan"),
        ("app1", "10.0.0.1 app1 app1.example.lan # here\n", "app1.example.lan"),
        ("app1.example.lan", "", "app1.example.lan"),
        ("app1", "127.0.0.1 localhost\n# 10.0.0.1 app1.example.lan app1\n", ""),
        ("app1", "10.0.0.1 app1\n", ""),
        ("app1", "10.0.0.1 app10.example.lan app10\n", ""),
    ],
)
def test_the_full_name_comes_from_files_alone(name: str, hosts: str, fqdn: str) -> None:
    assert full_name(name, hosts) == fqdn


def test_a_host_of_files_is_identified(tmp_path: Path) -> None:
    files = {
        "/etc/hostname": "db1\n",
        "/etc/machine-id": f"{MACHINE_ID}\n",
        "/etc/hosts": "10.0.0.2 db1.example.lan db1\n",
    }
    found = identify(machine(tmp_path, files))
    assert (found.name, found.fqdn, found.addresses) == ("db1", "db1.example.lan", ())
    assert found.id == application_id(MACHINE_ID, "db1")


def test_a_host_without_any_name_is_localhost(tmp_path: Path) -> None:
    assert identify(machine(tmp_path)).name == "localhost"


def test_this_host_is_identified_without_asking_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("a resolver was asked")

    for name in ("getfqdn", "gethostbyname", "gethostbyaddr", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    found = identify(Machine())
    assert found.name == os.uname().nodename
    assert "127.0.0.1" not in found.addresses


def test_addresses_that_every_host_has_name_none() -> None:
    interfaces = (
        Interface(name="lo", addresses=("127.0.0.1", "::1")),
        Interface(name="eth0", addresses=("10.0.0.1", "fe80::1", "2001:db8::1", "nonsense")),
        Interface(name="docker0", addresses=("172.17.0.1",)),
        Interface(name="br-0f0f0f0f0f0f", addresses=("172.18.0.1",)),
        Interface(name="br-lan", addresses=("10.1.0.1",)),
        Interface(name="virbr0", addresses=("192.168.122.1",)),
    )
    assert own_addresses(interfaces) == ("10.0.0.1", "2001:db8::1", "10.1.0.1")


def test_interfaces_of_this_host_are_read() -> None:
    found = {each.name: each for each in read_interfaces(Machine())}
    assert "127.0.0.1" in found["lo"].addresses or not found["lo"].up


def test_interfaces_without_speed_or_state_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    address = SimpleNamespace(family=socket.AF_INET6, address="fe80::1%eth0")
    other = SimpleNamespace(family=socket.AF_PACKET, address="00:00:5e:00:53:01")
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: {"eth0": [address, other], "eth1": []})
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {"eth0": SimpleNamespace(isup=True, speed=0)})
    assert read_interfaces(Machine()) == (
        Interface(name="eth0", addresses=("fe80::1",)),
        Interface(name="eth1", up=False),
    )


def test_a_kernel_that_shows_no_interfaces_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(psutil, "net_if_stats", refuse)
    host = Machine()
    assert read_interfaces(host) == ()
    assert host.reason == "unreadable"


@pytest.mark.parametrize(
    ("files", "servers"),
    [
        (
            {"/etc/resolv.conf": "search x\nnameserver 10.0.0.53\nnameserver\nnameserver 10.0.1.53\n"},
            ("10.0.0.53", "10.0.1.53"),
        ),
        (
            {
                "/etc/resolv.conf": "nameserver 127.0.0.53\n",
                "/run/systemd/resolve/resolv.conf": "nameserver 10.0.0.53\n",
            },
            ("10.0.0.53",),
        ),
        ({"/etc/resolv.conf": "nameserver 127.0.0.1\n"}, ("127.0.0.1",)),
        ({}, ()),
    ],
)
def test_name_servers_are_those_behind_a_stub(
    tmp_path: Path, files: dict[str, str | bytes], servers: tuple[str, ...]
) -> None:
    assert dns_servers(machine(tmp_path, files)) == servers
