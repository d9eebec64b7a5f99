"""Names and addresses of hosts, as people, servers and sockets write them."""

from __future__ import annotations

import ipaddress


def bare_host(text: str) -> str:
    """Return the host part of ``host``, ``host:port``, ``[v6]:port`` or a URL, lower case."""
    name = text.strip().lower().split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]
    if name.startswith("["):
        return name[1:].split("]", 1)[0]
    return name.rsplit(":", 1)[0] if name.count(":") == 1 else name


def is_loopback(name: str) -> bool:
    """Tell whether a bare host name or address means "this very machine"."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def is_address(name: str) -> bool:
    """Tell whether a name is an address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def aliases_of(*names: str) -> frozenset[str]:
    """Return every form of these names and addresses that means the same host, lower case; loopback means none."""
    cleaned = {name.lower() for name in names if name and not is_loopback(name)}
    short = {name.split(".")[0] for name in cleaned if not is_address(name)}
    return frozenset(cleaned | short)
