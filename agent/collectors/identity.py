"""Who this host is: names and addresses that others know it by, without asking the network."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from agent.collectors.machine import Machine
from agent.collectors.network import own_addresses, read_interfaces

APPLICATION = b"pasencore.host.identity.v1"
"""What makes our identifier another one than the machine-id, which must stay on the machine (machine-id(5))."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Names of a host. `id` is stable over time and tells nothing."""

    id: str
    name: str
    fqdn: str
    addresses: tuple[str, ...]


def identify(machine: Machine) -> Identity:
    """Return the identity of a host; files only, no resolver: a name server that is gone must not hold a scan."""
    name = os.uname().nodename if machine.live else (machine.read("/etc/hostname") or "").strip()
    name = name or "localhost"
    return Identity(
        id=application_id((machine.read("/etc/machine-id") or "").strip(), name),
        name=name,
        fqdn=full_name(name, machine.read("/etc/hosts") or ""),
        addresses=own_addresses(read_interfaces(machine)),
    )


def application_id(machine_id: str, name: str) -> str:
    """Return a keyed hash of the machine-id, as machine-id(5) asks; of the host's name where there is none."""
    known = machine_id if len(machine_id) == 32 and machine_id.isalnum() else f"name:{name}"  # noqa: PLR2004 - 128 bits
    return hmac.new(APPLICATION, known.encode(), hashlib.sha256).hexdigest()


def full_name(name: str, hosts: str) -> str:
    """Return the name with its domain: the name itself, else what /etc/hosts says on its line; empty when unknown."""
    if "." in name:
        return name
    for line in hosts.splitlines():
        names = line.partition("#")[0].split()[1:]
        if name in names:
            return next((each for each in names if each.startswith(f"{name}.")), "")
    return ""
