from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

FILES = Path(__file__).parents[2] / "agent/packaging"
SCRIPTS = ("postinst", "prerm", "postrm", "publish")

STUB = """#!/bin/sh
echo "$(basename "$0") $*" >>"$DPKG_ROOT/said"
case $(basename "$0") in
    getent) grep -q "^adduser" "$DPKG_ROOT/said" && ! grep -q "^userdel" "$DPKG_ROOT/said" ;;
    install) for folder; do :; done; mkdir -p "$folder" ;;
    runuser) shift 3; exec "$@" ;;
esac
"""
"""Stands for what changes users and units: says so, and does as little as the script needs."""

STOOD_FOR = (
    "adduser",
    "getent",
    "userdel",
    "groupdel",
    "install",
    "runuser",
    "systemctl",
    "deb-systemd-helper",
    "deb-systemd-invoke",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name in STOOD_FOR:
        (bin_folder / name).write_text(STUB)
        (bin_folder / name).chmod(0o755)
    return tmp_path


def run(root: Path, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"DPKG_ROOT": str(root), "PATH": f"{root}/bin:{os.environ['PATH']}"}
    command = ["sh", FILES / script, *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def said(root: Path) -> list[str]:
    path = root / "said"
    return path.read_text().splitlines() if path.exists() else []


def tree(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")} - {"said"}


def booted(root: Path) -> None:
    (root / "run/systemd/system").mkdir(parents=True)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_shell_can_read_the_script(script: str) -> None:
    path = FILES / script
    assert subprocess.run(["sh", "-n", path], check=False).returncode == 0
    assert path.read_text().startswith("#!/bin/sh\n")


def test_configuring_twice_is_configuring_once(root: Path) -> None:
    assert run(root, "postinst", "configure", "").returncode == 0
    once = tree(root)
    assert run(root, "postinst", "configure", "0.1.0").returncode == 0
    assert tree(root) == once >= {"var/lib/pasencore", "etc/pasencore"}


def test_nothing_is_started_where_systemd_does_not_run(root: Path) -> None:
    assert run(root, "postinst", "configure", "").returncode == 0
    assert not [each for each in said(root) if each.startswith(("systemctl", "deb-systemd-invoke"))]


def test_units_are_started_through_what_obeys_the_policy(root: Path) -> None:
    booted(root)
    assert run(root, "postinst", "configure", "").returncode == 0
    assert "systemctl --system daemon-reload" in said(root)
    assert "deb-systemd-invoke restart pasencore-agent.service pasencore-scan.timer" in said(root)


def test_other_reasons_to_be_called_do_nothing(root: Path) -> None:
    for reason in ("abort-upgrade", "triggered"):
        assert run(root, "postinst", reason).returncode == 0
    assert run(root, "prerm", "upgrade").returncode == 0
    assert run(root, "postrm", "upgrade").returncode == 0
    assert said(root) == []


def test_removing_stops_the_units_and_keeps_what_they_wrote(root: Path) -> None:
    booted(root)
    run(root, "postinst", "configure", "")
    assert run(root, "prerm", "remove").returncode == 0
    assert run(root, "postrm", "remove").returncode == 0
    assert any(each.startswith("deb-systemd-invoke stop") for each in said(root))
    assert (root / "var/lib/pasencore").is_dir()


def test_purging_leaves_nothing_and_may_be_repeated(root: Path) -> None:
    before = tree(root)
    run(root, "postinst", "configure", "")
    written = (
        "var/lib/pasencore/scan/snapshot.json.gz",
        "etc/pasencore/pasencore.yaml",
        "etc/systemd/system/pasencore-agent.service.d/attribution.conf",
        "var/lib/prometheus/node-exporter/pasencore.prom",
        "var/lib/systemd/timers/stamp-pasencore-scan.timer",
    )
    for name in written:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    run(root, "postrm", "remove")
    for _ in range(2):
        done = run(root, "postrm", "purge")
        assert done.returncode == 0, done.stderr
    left = {each for each in tree(root) - before if "pasencore" in each}
    assert left == set()
    assert [each for each in said(root) if each.startswith(("userdel", "groupdel"))] == ["userdel pasencore"]


def test_a_drop_in_of_somebody_else_outlives_the_purge(root: Path) -> None:
    own = root / "etc/systemd/system/pasencore-agent.service.d/own.conf"
    own.parent.mkdir(parents=True)
    own.write_text("[Service]\n")
    assert run(root, "postrm", "purge").returncode == 0
    assert own.exists()


def test_metrics_are_published_whole_and_readable(root: Path) -> None:
    source = root / "var/lib/pasencore/scan/metrics.prom"
    folder = root / "var/lib/prometheus/node-exporter"
    for each in (source.parent, folder):
        each.mkdir(parents=True)
    source.write_text("pasencore_up 1\n")
    for _ in range(2):
        done = run(root, "publish")
        assert done.returncode == 0, done.stderr
    assert [each.name for each in folder.iterdir()] == ["pasencore.prom"]
    assert (folder / "pasencore.prom").read_text() == "pasencore_up 1\n"
    assert (folder / "pasencore.prom").stat().st_mode & 0o777 == 0o644
    assert said(root)[0].startswith("runuser -u pasencore -- head ")


def test_without_node_exporter_nothing_is_published(root: Path) -> None:
    assert run(root, "publish").returncode == 0
    assert said(root) == []


def test_without_a_scan_the_metrics_before_stay(root: Path) -> None:
    folder = root / "var/lib/prometheus/node-exporter"
    folder.mkdir(parents=True)
    (folder / "pasencore.prom").write_text("pasencore_up 1\n")
    assert run(root, "publish").returncode != 0
    assert [each.name for each in folder.iterdir()] == ["pasencore.prom"]
    assert (folder / "pasencore.prom").read_text() == "pasencore_up 1\n"
