import contextlib
import errno
import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent import atomic
from agent.atomic import ABANDONED_SECONDS, cannot_write, remove_abandoned, replace_file, replace_files
from agent.errors import FailedError

ROOT = os.geteuid() == 0
SIZE = 1 << 20

WRITER = """
import sys
from pathlib import Path
from agent.atomic import replace_files
folder, size = Path(sys.argv[1]), int(sys.argv[2])
number = 0
while True:
    number += 1
    letter = b"abcdefghij"[number % 10 : number % 10 + 1]
    replace_files({folder / "one": letter * size, folder / "two": letter * size})
    print("written", flush=True)
"""

STEPS = """
import os, signal, sys
from pathlib import Path
from agent.atomic import replace_files

one, two = Path(sys.argv[1]) / "one", Path(sys.argv[1]) / "two"
seen, step, done = set(), 0, False
while not done:
    step += 1
    one.write_bytes(b"old")
    two.write_bytes(b"old")
    child = os.fork()
    if child == 0:
        left = step

        def trace(frame, event, argument):
            global left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        replace_files({one: b"new", two: b"new"})
        sys.settrace(None)
        os._exit(0)
    done = os.WIFEXITED(os.waitpid(child, 0)[1])
    seen.add((one.read_bytes(), two.read_bytes()))
print(step, *sorted(f"{a.decode()}-{b.decode()}" for a, b in seen))
"""


def test_a_file_is_written_for_its_owner_only_whatever_the_mask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        replace_file(tmp_path / "f", b"new")
    finally:
        os.umask(old)
    assert (tmp_path / "f").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "f"]


def test_an_open_file_that_others_could_read_is_replaced_by_a_closed_one(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"old")
    (tmp_path / "f").chmod(0o644)
    replace_file(tmp_path / "f", b"new")
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600


def test_a_killed_writer_leaves_whole_files(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"z" * SIZE)
    (tmp_path / "two").write_bytes(b"z" * SIZE)
    chance = random.Random(7)
    for _ in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(SIZE)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"written\n"
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(chance.uniform(0, 0.03))
            child.send_signal(signal.SIGKILL)
            child.wait()
        for name in ("one", "two"):
            content = (tmp_path / name).read_bytes()
            assert content == content[:1] * SIZE, "half of one content and half of another"
            assert content[:1] != b"z", "the writer was killed before it wrote"


def test_a_writer_killed_at_any_line_of_python_leaves_whole_files(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STEPS, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    steps, *states = done.stdout.split()
    assert states == ["new-new", "new-old", "old-old"]
    assert int(steps) > 50, "the writer was not followed"


def test_all_files_are_on_the_disk_before_the_first_takes_its_name(tmp_path: Path) -> None:
    (tmp_path / "first").write_bytes(b"old")
    with pytest.raises(FailedError, match="its folder does not exist"):
        replace_files({tmp_path / "first": b"new", tmp_path / "absent" / "second": b"new"})
    assert (tmp_path / "first").read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [tmp_path / "first"], "no temporary file is left"


@pytest.mark.parametrize(
    ("prepare", "name", "says"),
    [
        (lambda _: None, "absent/f", "its folder does not exist - create the folder first"),
        (lambda folder: (folder / "f").write_bytes(b""), "f/g", "its folder is a file"),
        (lambda folder: (folder / "f").mkdir(), "f", "a folder has this name"),
        (lambda _: None, "x" * 300, "the name is too long"),
    ],
)
def test_what_cannot_be_written_says_why(tmp_path: Path, prepare: object, name: str, says: str) -> None:
    assert callable(prepare)
    prepare(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FailedError) as caught:
        replace_file(tmp_path / name, b"new")
    assert caught.value.exit_code == 1
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert sorted(tmp_path.iterdir()) == before, "no temporary file is left"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (errno.ENOSPC, "no space left on the disk"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EACCES, "this user may not write here"),
        (errno.EPERM, "this user may not write here"),
        (errno.EIO, f"cannot be written: {os.strerror(errno.EIO)}"),
    ],
)
def test_each_trouble_of_a_disk_has_its_sentence(code: int, says: str) -> None:
    line = str(cannot_write(Path("out"), OSError(code, os.strerror(code))))
    assert line.startswith(f"out: {says} - ")


def test_a_disk_that_fills_while_writing_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(FailedError, match="no space left on the disk"):
        replace_file(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [tmp_path / "f"], "no temporary file is left"


def test_a_file_system_that_cannot_sync_a_folder_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def only_files(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        real(descriptor)

    monkeypatch.setattr(atomic.os, "fsync", only_files)
    replace_file(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"new"


def test_temporary_files_of_killed_writers_go_and_those_at_work_stay(tmp_path: Path) -> None:
    ours, fresh, other = tmp_path / ".f.abc.tmp", tmp_path / ".f.def.tmp", tmp_path / ".profile"
    for path in (ours, fresh, other):
        path.touch()
    long_ago = time.time() - ABANDONED_SECONDS - 60
    os.utime(ours, (long_ago, long_ago))
    os.utime(other, (long_ago, long_ago))
    remove_abandoned(tmp_path)
    assert sorted(tmp_path.iterdir()) == [fresh, other]


FULL_DISK = """
set -e
mount -t tmpfs -o size=64k tmpfs "$1"
printf old > "$1/f"
"$2" -c '
import sys
from pathlib import Path
from agent.atomic import replace_file
from agent.errors import FailedError
folder = Path(sys.argv[1])
try:
    replace_file(folder / "f", b"x" * 200_000)
except FailedError as error:
    assert "no space left on the disk" in str(error), error
else:
    raise SystemExit("written")
assert (folder / "f").read_bytes() == b"old"
assert list(folder.iterdir()) == [folder / "f"]
' "$1"
mount -o remount,ro "$1"
"$2" -c '
import sys
from pathlib import Path
from agent.atomic import replace_file
from agent.errors import FailedError
try:
    replace_file(Path(sys.argv[1]) / "f", b"new")
except FailedError as error:
    assert "the file system is read-only" in str(error), error
else:
    raise SystemExit("written")
' "$1"
"""


def _may_mount() -> bool:
    return ROOT and subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not _may_mount(), reason="mounting needs root")
def test_a_really_full_disk_and_a_really_read_only_one(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", FULL_DISK, "sh", str(tmp_path), sys.executable],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
