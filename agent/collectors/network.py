"""Network interfaces and the addresses that tell this host from others."""

from __future__ import annotations

import ipaddress
import re
import socket

import psutil

from agent.collectors.machine import Machine
from agent.collectors.processes.proc_net import plain_address
from analyzers.model.facts import Interface

_SHARED = re.compile(
    r"docker\d*|br-[0-9a-f]{12}|virbr\d+|cni\d*|cbr\d+|lxcbr\d+|lxdbr\d+|podman\d*|flannel.*|cali.*|kube-.*"
)
"""Bridges of container engines: the same addresses on every host, so they name none."""

_LOCAL_RESOLVER = "/run/systemd/resolve/resolv.conf"
"""The servers behind the stub that systemd-resolved puts in /etc/resolv.conf."""


def read_interfaces(machine: Machine) -> tuple[Interface, ...]:
    """Return the interfaces of this host, sorted; none under another root, whose kernel is not this one."""
    if not machine.live:
        return ()
    try:
        states, by_name = psutil.net_if_stats(), psutil.net_if_addrs()
    except OSError as error:
        machine.missed(f"network interfaces: {error.strerror}", "unreadable")
        return ()
    found = []
    for name, entries in sorted(by_name.items()):
        addresses = [
            plain_address(each.address) for each in entries if each.family in {socket.AF_INET, socket.AF_INET6}
        ]
        state = states.get(name)
        found.append(
            Interface(
                name=name,
                addresses=tuple(addresses),
                up=state.isup if state else False,
                speed_mbps=(state.speed or None) if state else None,
            )
        )
    return tuple(found)


def own_addresses(interfaces: tuple[Interface, ...]) -> tuple[str, ...]:
    """Return the addresses that mean this host: not loopback, not link-local, not a bridge of a container engine."""
    return tuple(
        address
        for each in interfaces
        if not _SHARED.fullmatch(each.name)
        for address in each.addresses
        if _names_a_host(address)
    )


def dns_servers(machine: Machine) -> tuple[str, ...]:
    """Return the name servers, those behind a local stub where systemd-resolved says them."""
    servers = _nameservers(machine.read("/etc/resolv.conf") or "")
    if servers and all(each.startswith("127.") for each in servers):
        return _nameservers(machine.read(_LOCAL_RESOLVER) or "") or servers
    return servers


def _nameservers(text: str) -> tuple[str, ...]:
    rows = (line.split() for line in text.splitlines())
    return tuple(row[1] for row in rows if row[:1] == ["nameserver"] and len(row) > 1)


def _names_a_host(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)
