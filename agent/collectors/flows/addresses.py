"""Addresses of this network namespace, from the kernel's routing table: no library, no right."""

from __future__ import annotations

import socket

from agent.collectors.machine import Machine
from agent.collectors.processes.proc_net import plain_address

_LOCAL = "/32 host LOCAL"


def local_addresses(machine: Machine) -> frozenset[str]:
    """Return the addresses that packets to this host bear, loopback included."""
    found: set[str] = set()
    last = ""
    for line in (machine.read("/proc/net/fib_trie") or "").splitlines():
        text = line.strip()
        if text.startswith("|--"):
            last = text.removeprefix("|--").strip()
        elif text == _LOCAL and last:
            found.add(last)
    for line in (machine.read("/proc/net/if_inet6") or "").splitlines():
        digits = line.partition(" ")[0]
        if len(digits) == 32:  # noqa: PLR2004 - 16 bytes
            try:
                found.add(plain_address(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(digits))))
            except ValueError:
                continue
    return frozenset(found)
