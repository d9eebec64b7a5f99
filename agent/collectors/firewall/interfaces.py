"""Which interfaces only this host, its containers or its private tunnels can be behind."""

from __future__ import annotations

import re

_INSIDE = re.compile(
    r"lo|(?:docker|podman|virbr|lxcbr|lxdbr|incusbr|cni|flannel|cali|veth|wg|tun|tap|tailscale|zt|br-)[\w.*+-]*"
)


def inside(name: str) -> bool:
    """Tell whether nobody from outside can come through an interface; ``+`` and ``*`` end a prefix."""
    return _INSIDE.fullmatch(name) is not None
