"""A scan that is stopped, or whose servers or folders misbehave, leaves clear words and whole files."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from agent.snapshot_file import read_snapshot
from tests import servers
from tests.agent.commands.door import environment, run, words


@pytest.fixture
def silent_server():
    """A server that accepts connections and never says a word."""
    listener = socket.create_server(("127.0.0.1", 0))
    accepted: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                accepted.append(listener.accept()[0])
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    for each in accepted:
        each.close()


def whole(folder: Path) -> dict:
    """Return the verdict of a folder whose files are all whole."""
    verdict = json.loads((folder / "verdict.json").read_text())
    read_snapshot(folder / "snapshot.json.gz")
    assert (folder / "report.html").read_text().rstrip().endswith("</html>")
    return verdict


def test_a_server_that_is_absent_never_fails_a_scan(tmp_path: Path) -> None:
    done = run(
        tmp_path, "scan", "--no-local", "--prometheus", f"http://127.0.0.1:{servers.free_port()}", "--format", "json"
    )
    assert done.code == 0
    verdict = json.loads(done.out)
    assert verdict["origins"][0]["reason"] == "unreachable"
    reasons = {each["check"]: each["reason"] for each in verdict["findings"]}
    assert reasons["telemetry-coverage"] == "unreachable"


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_scan_that_is_stopped_leaves_the_files_of_the_one_before(
    tmp_path: Path, silent_server: str, stop, code
) -> None:
    assert run(tmp_path, "scan", "--out", "out").code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()}
    process = subprocess.Popen(
        words("scan", "--out", "out", "--prometheus", silent_server),
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    servers.wait_until(lambda: _asks(process.pid), "the scan asks the silent server")
    process.send_signal(stop)
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == code
    assert b"Traceback" not in complaint
    after = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()}
    assert {name: after[name] for name in before} == before
    whole(tmp_path / "out")


def _asks(pid: int) -> bool:
    """Tell whether a process holds an established connection."""
    try:
        opened = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any(each.startswith("socket:") for each in opened)


def test_an_output_folder_that_cannot_be_made_is_said_before_the_work(tmp_path: Path) -> None:
    done = run(tmp_path, "scan", "--out", "absent/deeper/out")
    assert done.code == 1
    assert "absent/deeper/out" in done.one_clear_line()


def test_an_output_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    assert run(tmp_path, "scan", "--out", "out").code == 1


def test_a_full_disk_leaves_the_files_of_the_scan_before(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        return  # mounting a small disk needs root; the fake of test_output_folder stands for it
    script = """
    set -e
    mkdir full
    mount -t tmpfs -o size=600k none full
    "$@" scan --out full/out > /dev/null
    sha256sum full/out/verdict.json > before
    dd if=/dev/zero of=full/ballast bs=1k count=400 2> /dev/null || true
    code=0
    "$@" scan --out full/out > /dev/null 2> said || code=$?
    sha256sum -c before > /dev/null
    exit $code
    """
    program = words()
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", *program],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    lines = (tmp_path / "said").read_text().splitlines()
    assert len(lines) == 1, lines
    assert "full/out" in lines[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("services: [", "not YAML"),
        ("schema: pasencore.context/1\ndate: 2020-01-01\nauthor: x\nservcies: []\n", "services"),
        ("schema: pasencore.context/1\ndate: 2999-01-01\nauthor: x\n", "future"),
        (
            "schema: pasencore.context/1\ndate: 2020-01-01\nauthor: x\nservices: [{name: a, criticality: 9}]\n",
            "criticality",
        ),
        ("\x00\x01\x02", ""),
        ("a" * (2 << 20), ""),
    ],
    ids=["empty", "broken", "typo", "future", "mistyped", "binary", "huge"],
)
def test_a_bad_context_file_is_one_clear_line_and_code_2(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "pasencore.yaml"
    path.write_text(text)
    path.chmod(0o600)
    done = run(tmp_path, "scan")
    assert done.code == 2
    assert "pasencore.yaml" in done.one_clear_line()
    assert said in done.err


def test_a_context_file_that_others_may_write_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "pasencore.yaml"
    path.write_text("schema: pasencore.context/1\ndate: 2020-01-01\nauthor: x\n")
    path.chmod(0o666)
    done = run(tmp_path, "scan", "--format", "json")
    assert done.code == 0
    assert "pasencore.yaml" in done.err
    asked = {each["kind"]: each["reason"] for each in json.loads(done.out)["origins"]}
    assert asked["context"] == "no_permission"


def test_assess_of_what_a_scan_wrote_gives_the_same_bytes(tmp_path: Path) -> None:
    assert run(tmp_path, "scan", "--out", "out").code == 0
    again = run(tmp_path, "assess", "out/snapshot.json.gz", "--format", "json")
    assert again.out == (tmp_path / "out" / "verdict.json").read_text()


def test_a_collection_is_a_snapshot_that_can_be_assessed(tmp_path: Path) -> None:
    assert run(tmp_path, "collect", "--out", "host.json.gz").code == 0
    assert (tmp_path / "host.json.gz").stat().st_mode & 0o777 == 0o600
    assert read_snapshot(tmp_path / "host.json.gz").hosts
    assert run(tmp_path, "assess", "host.json.gz").code == 0


def test_nobody_may_scan_too(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        return  # the other tests of this file run as an ordinary user already
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o055)
    program = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *words("scan", "--format", "json")]
    done = subprocess.run(
        program, cwd="/", env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["blind_spots"]
    assert all(each["reason"] for each in verdict["blind_spots"])
