from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors.access import remote
from tests.agent.collectors.fake_hosts import machine

INIT = {"/proc/1/comm": "systemd\n"}


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"/usr/bin/anydesk!": ""}, "anydesk"),
        ({"/usr/bin/rustdesk!": ""}, "rustdesk"),
        ({"/usr/local/bin/cloudflared!": ""}, "cloudflared"),
        ({"/usr/bin/tailscale!": ""}, "tailscale"),
        ({"/snap/bin/ngrok!": ""}, "ngrok"),
        ({"/usr/lib/systemd/system/tailscaled.service": ""}, "tailscale"),
        ({"/etc/systemd/system/cloudflared.service": ""}, "cloudflared"),
        ({"/etc/systemd/system/teamviewerd.service": ""}, "teamviewer"),
        ({"/proc/9/comm": "meshagent\n"}, "meshcentral"),
        ({"/proc/9/comm": "zerotier-one\n"}, "zerotier"),
        ({"/proc/9/comm": "nxserver.bin\n"}, "nomachine"),
        ({"/proc/9/comm": "TacticalAgent\n"}, "tacticalrmm"),
    ],
)
def test_a_tool_is_known_by_any_of_its_traces(tmp_path: Path, files: dict[str, str], name: str) -> None:
    assert remote.tools(machine(tmp_path, {**INIT, **files})) == (name,)


@pytest.mark.parametrize("files", [{}, {"/usr/bin/ssh!": ""}, {"/proc/9/comm": "tailor\n"}, {"/usr/bin/hbbq!": ""}])
def test_others_are_not(tmp_path: Path, files: dict[str, str]) -> None:
    assert remote.tools(machine(tmp_path, {**INIT, **files})) == ()


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in remote._TOOLS.items() for word in words])
def test_every_name_of_every_tool_counts(tmp_path: Path, name: str, word: str) -> None:
    unit = {**INIT, f"/etc/systemd/system/{word}.service": ""}
    assert remote.tools(machine(tmp_path / "unit", unit)) == (name,)
    assert remote.tools(machine(tmp_path / "program", {**INIT, f"/usr/bin/{word}!": ""})) == (name,)


def test_an_installation_with_a_number(tmp_path: Path) -> None:
    files = {**INIT, "/etc/systemd/system/connectwisecontrol-1234abcd.service": ""}
    assert remote.tools(machine(tmp_path, files)) == ("screenconnect",)
