"""One file collects a host over ssh, and leaves nothing there."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.snapshot_file import read_snapshot
from tests import servers

ROOT = Path(__file__).parents[2]
THERE = 'f=$(mktemp) && cat > "$f" && {python} "$f"; s=$?; rm -f "$f"; exit $s'
"""What the documentation shows, with the Python of this machine."""

pytestmark = servers.marks("sshd", "ssh", "ssh-keygen")


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("dist") / "pasencore-collect.pyz"
    subprocess.run([sys.executable, ROOT / ".ci/collector", file], check=True, capture_output=True)
    return file


@contextlib.contextmanager
def sshd(folder: Path) -> Iterator[list[str]]:
    """Run a server of our own, and give the words that enter it."""
    for key in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    port = servers.free_port()
    settings = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "client.pub",
        "PidFile": folder / "pid",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "SetEnv": f"TMPDIR={folder / 'there'}",
    }
    (folder / "there").mkdir()
    (folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    separated = Path("/run/sshd")
    made = os.geteuid() == 0 and not separated.exists()
    if made:
        separated.mkdir(mode=0o755)
    program = shutil.which("sshd") or "/usr/sbin/sshd"
    log = (folder / "log").open("wb")
    process = subprocess.Popen([program, "-D", "-e", "-f", folder / "sshd_config"], stderr=log)
    try:
        servers.wait_until(lambda: process.poll() is not None or _answers(port), "sshd")
        known = (
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            f"UserKnownHostsFile={folder / 'known'}",
            "-o",
            "LogLevel=ERROR",
        )
        yield [
            "ssh",
            "-F",
            "none",
            "-i",
            str(folder / "client"),
            "-p",
            str(port),
            *known,
            f"{getpass.getuser()}@127.0.0.1",
        ]
    finally:
        process.terminate()
        process.wait()
        log.close()
        if made:
            separated.rmdir()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_a_host_is_collected_over_ssh_and_nothing_stays(collector: Path, tmp_path: Path) -> None:
    target = tmp_path / "host.json.gz"
    with sshd(tmp_path) as words, collector.open("rb") as sent, target.open("wb") as got:
        done = subprocess.run(
            [*words, THERE.format(python=sys.executable)],
            stdin=sent,
            stdout=got,
            stderr=subprocess.PIPE,
            timeout=100,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")
    (host,) = read_snapshot(target).hosts
    assert host.name == os.uname().nodename
    assert {each.name for each in host.runs} >= {"inventory", "flows", "access"}
    assert [each.detail for each in host.runs if each.reason == "unreadable" and "import" in each.detail] == []
    assert list((tmp_path / "there").iterdir()) == []


def test_the_file_says_for_which_python_it_was_made(collector: Path, tmp_path: Path) -> None:
    told = (
        "import sys; sys.version_info = (3, 9, 2); sys.argv = [sys.argv[1]]; import runpy; runpy.run_path(sys.argv[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", told, collector], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    here = f"{sys.version_info[0]}.{sys.version_info[1]} {os.uname().machine}"
    assert done.stderr.startswith(f"pasencore: this file was made for Python {here}, and this is 3.9 ")
    assert len(done.stderr.splitlines()) == 1


def test_the_end_of_the_session_takes_the_folder_along(collector: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-I", collector, "--out", tmp_path / "h.json.gz"]
    process = subprocess.Popen(words, env={**os.environ, "TMPDIR": str(tmp_path)}, stderr=subprocess.DEVNULL)
    servers.wait_until(lambda: any(tmp_path.glob("pasencore-*/agent/cli.py")), "unpacked")
    time.sleep(0.2)
    process.send_signal(signal.SIGHUP)
    process.wait(30)
    assert list(tmp_path.glob("pasencore-*")) == []


def test_the_same_sources_make_the_same_file(collector: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.pyz"
    subprocess.run([sys.executable, ROOT / ".ci/collector", again], check=True, capture_output=True)
    assert again.read_bytes() == collector.read_bytes()
    assert again.stat().st_size < 4 << 20
