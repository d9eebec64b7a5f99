"""Tools that let somebody in from outside without SSH: remote control, tunnels, meshes."""

from __future__ import annotations

import re

from agent.collectors.machine import Machine
from agent.collectors.traces import processes, program, units

_TOOLS: dict[str, str] = {
    "anydesk": r"anydesk",
    "chrome-remote-desktop": r"chrome-remote-desktop(-host)?",
    "cloudflared": r"cloudflared",
    "dwservice": r"dwagent|dwagsvc",
    "meshcentral": r"meshagent|meshcentral",
    "netbird": r"netbird",
    "ngrok": r"ngrok",
    "nomachine": r"nxserver(\.bin)?|nxserver-login",
    "rustdesk": r"rustdesk|hbb[rs]",
    "screenconnect": r"(connectwisecontrol|screenconnect)(-\w+)?",
    "splashtop": r"SRStreamer|splashtop-streamer",
    "tacticalrmm": r"tacticalagent|tacticalrmm",
    "tailscale": r"tailscaled?",
    "teamviewer": r"teamviewerd?",
    "tmate": r"tmate",
    "zerotier": r"zerotier-one",
}
"""Pattern of the executables, processes and units of each tool."""


def tools(machine: Machine) -> tuple[str, ...]:
    """Return the remote access tools that are installed or run here."""
    known = units(machine)
    names = {name.rpartition(".")[0].partition("@")[0] for name in {*known.files, *known.enabled}} | processes(machine)
    return tuple(name for name, pattern in _TOOLS.items() if _present(machine, pattern, names))


def _present(machine: Machine, pattern: str, names: set[str]) -> bool:
    whole = re.compile(pattern, re.IGNORECASE)
    plain = re.findall(r"[a-z][\w-]{3,}", pattern, re.IGNORECASE)
    return any(whole.fullmatch(name) for name in names) or any(program(machine, name) for name in plain)
