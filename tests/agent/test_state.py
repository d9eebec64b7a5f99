import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from agent.state import KEY_NAME, pseudonym_key, state_folder

RACER = """
import sys
from pathlib import Path
from agent.state import pseudonym_key
sys.stdin.read(1)
key, warning = pseudonym_key(Path(sys.argv[1]))
assert warning is None, warning
print(key.hex())
"""


@pytest.mark.parametrize(
    ("environ", "root", "expected"),
    [
        ({"PASENCORE_STATE": "/s", "XDG_STATE_HOME": "/x", "HOME": "/h"}, True, "/s"),
        ({"XDG_STATE_HOME": "/x", "HOME": "/h"}, True, "/x/pasencore"),
        ({"XDG_STATE_HOME": "/x", "HOME": "/h"}, False, "/x/pasencore"),
        ({"PASENCORE_STATE": "", "XDG_STATE_HOME": "", "HOME": "/h"}, True, "/var/lib/pasencore"),
        ({"HOME": "/h"}, False, "/h/.local/state/pasencore"),
    ],
)
def test_the_state_lives_where_its_owner_says(environ: dict[str, str], root: bool, expected: str) -> None:
    assert state_folder(environ, root=root) == Path(expected)


def test_the_system_says_who_runs_this() -> None:
    root = os.geteuid() == 0
    assert (state_folder({"HOME": "/h"}) == Path("/var/lib/pasencore")) == root


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "state"
    old = os.umask(0)
    try:
        key, warning = pseudonym_key(folder)
    finally:
        os.umask(old)
    assert warning is None
    assert len(key) == 32
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / KEY_NAME).stat().st_mode) == 0o600
    assert pseudonym_key(folder) == (key, None)
    assert [each.name for each in folder.iterdir()] == [KEY_NAME]
    assert pseudonym_key(tmp_path / "b")[0] != key


def test_two_processes_at_the_same_moment_end_with_one_key(tmp_path: Path) -> None:
    for attempt in range(5):
        folder = tmp_path / str(attempt)
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", RACER, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[2],
                text=True,
            )
            for _ in range(4)
        ]
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("!")
            racer.stdin.flush()
        keys = {racer.communicate()[0] for racer in racers}
        assert all(racer.returncode == 0 for racer in racers)
        assert len(keys) == 1
        assert [each.name for each in folder.iterdir()] == [KEY_NAME]


def test_a_state_that_cannot_be_kept_gives_a_key_for_this_run_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    key, warning = pseudonym_key(tmp_path / "file" / "state")
    assert len(key) == 32
    assert "pseudonyms will change at the next run - set PASENCORE_STATE" in str(warning)
    assert pseudonym_key(tmp_path / "file" / "state")[0] != key


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_file_that_is_no_key_is_not_used_as_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_NAME).write_bytes(content)
    key, warning = pseudonym_key(tmp_path)
    assert len(key) == 32
    assert key != content[:32]
    assert "not a key" in str(warning)
    assert (tmp_path / KEY_NAME).read_bytes() == content


def test_a_key_that_is_a_folder_or_a_pipe_is_no_trap(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / KEY_NAME).mkdir()
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / KEY_NAME, 0o600)
    for name in ("a", "b"):
        key, warning = pseudonym_key(tmp_path / name)
        assert len(key) == 32
        assert warning is not None


def test_a_key_that_others_may_read_serves_and_is_said(tmp_path: Path) -> None:
    key, _ = pseudonym_key(tmp_path)
    (tmp_path / KEY_NAME).chmod(0o640)
    again, warning = pseudonym_key(tmp_path)
    assert again == key
    assert str(warning).endswith(f"chmod 600 {tmp_path / KEY_NAME}")
