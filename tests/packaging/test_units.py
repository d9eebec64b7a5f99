from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import servers

pytestmark = servers.marks("systemd-analyze")

FILES = Path(__file__).parents[2] / "agent/packaging"
SERVICES = ("pasencore-agent.service", "pasencore-scan.service")
MOST_EXPOSED = 23
"""In tenths, as ``systemd-analyze security`` counts: 2.2 was reached; a setting that goes would be seen."""


def settings(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (FILES / name).read_text("utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root that holds the units, what they start, and the targets that they name."""
    units = tmp_path / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    for program in ("usr/bin/pasencore", "usr/lib/pasencore/publish", "bin/kill"):
        path = tmp_path / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    for each in [*FILES.glob("*.service"), *FILES.glob("*.timer")]:
        shutil.copy(each, units)
    for target in ("sysinit", "basic", "network", "network-online", "multi-user", "timers", "shutdown", "time-sync"):
        shutil.copy(f"/usr/lib/systemd/system/{target}.target", units)
    return tmp_path


def verified(root: Path, *units: str) -> str:
    command = ["systemd-analyze", "verify", "--man=no", f"--root={root}", *units]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr + ("" if done.returncode == 0 else f"exit code {done.returncode}")


def test_systemd_has_nothing_to_say_about_the_units(root: Path) -> None:
    assert verified(root, *SERVICES, "pasencore-scan.timer") == ""


def test_a_wrong_setting_would_be_seen(root: Path) -> None:
    unit = root / "usr/lib/systemd/system/pasencore-agent.service"
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystem=stricter"))
    assert "protect system" in verified(root, unit.name)


def test_the_drop_in_is_valid(root: Path) -> None:
    for service in SERVICES:
        folder = root / f"etc/systemd/system/{service}.d"
        folder.mkdir(parents=True)
        shutil.copy(FILES / "attribution.conf", folder)
    assert verified(root, *SERVICES) == ""


@pytest.mark.parametrize("service", SERVICES)
def test_the_services_are_little_exposed(service: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", FILES / service]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


@pytest.mark.parametrize("service", SERVICES)
def test_the_services_have_a_user_of_their_own_and_no_capability(service: str) -> None:
    said = settings(service)
    assert said["User"] == said["Group"] == said["StateDirectory"] == ["pasencore"]
    assert said["CapabilityBoundingSet"] == said["AmbientCapabilities"] == [""]
    assert said["NoNewPrivileges"] == ["yes"]
    assert said["ProtectSystem"] == ["strict"]
    assert {"MemoryMax", "TasksMax"} <= said.keys()


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("setting", ["ProtectProc", "ProcSubset", "PrivateUsers", "PrivateNetwork", "ProtectHostname"])
def test_nothing_hides_the_host_from_the_services(service: str, setting: str) -> None:
    assert setting not in settings(service)


def test_both_services_are_confined_alike() -> None:
    sandbox = ("Protect", "Restrict", "Private", "System", "Capability", "Ambient", "NoNew", "MemoryDeny", "Lock")
    agent, scan = (
        {name: value for name, value in settings(each).items() if name.startswith(sandbox)} for each in SERVICES
    )
    agent.pop("RestartSec", None)
    assert agent == scan
    assert len(agent) > 15


def test_the_drop_in_adds_two_capabilities_and_nothing_else() -> None:
    said = settings("attribution.conf")
    both = ["CAP_SYS_PTRACE CAP_DAC_READ_SEARCH"]
    assert said == {"CapabilityBoundingSet": both, "AmbientCapabilities": both}


def test_the_timer_comes_every_week_and_makes_up_for_what_it_missed() -> None:
    timer = configparser.ConfigParser()
    timer.optionxform = str  # type: ignore[assignment,method-assign]
    timer.read(FILES / "pasencore-scan.timer")
    command = ["systemd-analyze", "calendar", "--iterations=2", timer["Timer"]["OnCalendar"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"LANG": "C", "TZ": "UTC"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Mon ") >= 2
    assert timer["Timer"]["Persistent"] == "yes"
