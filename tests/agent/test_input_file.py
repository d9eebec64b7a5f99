import os
import tempfile
from pathlib import Path

import pytest

from agent.errors import UsageError
from agent.input_file import UntrustedFileError, read_bounded, readable_size

ROOT = os.geteuid() == 0
OTHER = 12345


def written(folder: Path, mode: int = 0o600, content: bytes = b"words") -> Path:
    path = folder / "file"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def refusal(path: Path, most: int = 100, *, found: bool = False) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_bounded(path, most, found=found)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return caught.value


def test_a_file_is_read_up_to_its_last_allowed_byte(tmp_path: Path) -> None:
    assert read_bounded(written(tmp_path), 5) == b"words"
    assert "larger than 4 bytes" in str(refusal(written(tmp_path), 4))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("absent", "no such file"),
        ("folder", "not a regular file"),
        ("pipe", "not a regular file"),
        ("file/x", "no such file"),
    ],
)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    assert says in str(refusal(tmp_path / name))


def test_a_name_that_no_system_accepts_is_a_usage_error(tmp_path: Path) -> None:
    assert "cannot be read" in str(refusal(tmp_path / ("x" * 300)))


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o444, 0o755])
def test_a_found_file_that_only_its_owner_may_write_is_read(tmp_path: Path, mode: int) -> None:
    assert read_bounded(written(tmp_path, mode), 100, found=True) == b"words"


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o664])
def test_a_found_file_that_others_may_write_is_refused_and_a_named_one_is_read(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path, mode)
    error = refusal(path, found=True)
    assert isinstance(error, UntrustedFileError)
    assert f"chmod go-w {path}" in str(error)
    assert f"--context {path}" in str(error)
    assert read_bounded(path, 100) == b"words"


@pytest.mark.skipif(not ROOT, reason="giving a file away needs root")
def test_a_found_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    os.chown(path, OTHER, OTHER)
    assert "neither to you nor to root" in str(refusal(path, found=True))


@pytest.mark.skipif(not ROOT, reason="giving a link away needs root")
def test_a_found_link_is_trusted_as_far_as_who_made_it(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(written(tmp_path))
    assert read_bounded(link, 100, found=True) == b"words"
    os.chown(link, OTHER, OTHER, follow_symlinks=False)
    assert "neither to you nor to root" in str(refusal(link, found=True))
    assert read_bounded(link, 100) == b"words"


@pytest.mark.skipif(not ROOT, reason="becoming somebody else needs root")
def test_a_found_file_of_root_is_read_by_another_user_and_one_that_he_may_not_read_says_how() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        path = written(Path(name), 0o644)
        os.seteuid(OTHER)
        try:
            assert read_bounded(path, 100, found=True) == b"words"
        finally:
            os.seteuid(0)
        path.chmod(0o600)
        os.seteuid(OTHER)
        try:
            assert "setfacl" in str(refusal(path))
        finally:
            os.seteuid(0)


@pytest.mark.parametrize(
    ("size", "text"), [(5, "5 bytes"), (1024, "1 KiB"), (1 << 20, "1 MiB"), (512 << 20, "512 MiB"), (3 << 30, "3 GiB")]
)
def test_sizes_read_as_people_write_them(size: int, text: str) -> None:
    assert readable_size(size) == text
