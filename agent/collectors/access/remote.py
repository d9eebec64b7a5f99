"""Tools that let somebody in from outside without SSH: remote control, tunnels, meshes."""

from __future__ import annotations

from agent.collectors.machine import Machine
from agent.collectors.traces import processes, program, units

_TOOLS: dict[str, tuple[str, ...]] = {
    "anydesk": ("anydesk",),
    "chrome-remote-desktop": ("chrome-remote-desktop", "chrome-remote-desktop-host"),
    "cloudflared": ("cloudflared",),
    "dwservice": ("dwagent", "dwagsvc"),
    "meshcentral": ("meshagent", "meshcentral"),
    "netbird": ("netbird",),
    "ngrok": ("ngrok",),
    "nomachine": ("nxserver", "nxserver.bin", "nxserver-login"),
    "rustdesk": ("rustdesk", "hbbs", "hbbr"),
    "screenconnect": ("screenconnect", "connectwisecontrol"),
    "splashtop": ("srstreamer", "splashtop-streamer"),
    "tacticalrmm": ("tacticalagent", "tacticalrmm"),
    "tailscale": ("tailscale", "tailscaled"),
    "teamviewer": ("teamviewer", "teamviewerd"),
    "tmate": ("tmate",),
    "zerotier": ("zerotier-one",),
}
"""Names of the executables, processes and units of each tool, in lower case."""


def tools(machine: Machine) -> tuple[str, ...]:
    """Return the remote access tools that are installed or run here."""
    known = units(machine)
    started = (name.rpartition(".")[0].partition("@")[0] for name in {*known.files, *known.enabled})
    names = {name.lower() for name in (*started, *processes(machine))}
    # A unit or a process may end in the number of its installation: connectwisecontrol-1234abcd.
    names |= {name.partition("-")[0] for name in names if name.startswith(("connectwisecontrol-", "screenconnect-"))}
    return tuple(
        tool for tool, words in _TOOLS.items() if names & set(words) or any(program(machine, word) for word in words)
    )
