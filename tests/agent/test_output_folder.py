import datetime as dt
import json
import os
import stat
import tempfile
from pathlib import Path

import pytest

from agent import output_folder
from agent.errors import FailedError
from agent.output_folder import OutputFolder, open_folder

ROOT = os.geteuid() == 0
NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


def verdict(**fields: object) -> bytes:
    return json.dumps({"schema": "pasencore.verdict/1"} | fields).encode()


def kept(folder: OutputFolder) -> list[str]:
    return sorted(each.name for each in (folder.path / "past").iterdir())


def test_a_folder_is_made_for_its_owner_only_and_one_that_exists_keeps_its_mode(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        assert stat.S_IMODE(open_folder(tmp_path / "out").path.stat().st_mode) == 0o700
    finally:
        os.umask(old)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o755)
    open_folder(tmp_path / "shared")
    assert stat.S_IMODE((tmp_path / "shared").stat().st_mode) == 0o755
    assert list((tmp_path / "shared").iterdir()) == []


def test_files_are_written_closed(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "out")
    folder.write({"verdict.json": b"{}", "report.md": b"# non"})
    assert (tmp_path / "out" / "report.md").read_bytes() == b"# non"
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("absent/out", "its folder does not exist"),
        ("file", "its folder is a file"),
        ("file/out", "its folder is a file"),
    ],
)
def test_a_folder_that_cannot_be_is_said_before_any_work(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FailedError, match=says) as caught:
        open_folder(tmp_path / name)
    assert caught.value.exit_code == 1
    assert str(tmp_path / name) in str(caught.value)


@pytest.mark.skipif(not ROOT, reason="becoming somebody else needs root")
def test_a_folder_that_may_not_be_written_is_said_before_any_work() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        (Path(name) / "theirs").mkdir()
        os.seteuid(12345)
        try:
            for path in (Path(name) / "out", Path(name) / "theirs"):
                with pytest.raises(FailedError, match="this user may not write here"):
                    open_folder(path)
        finally:
            os.seteuid(0)


def test_the_past_keeps_one_verdict_a_scan_named_by_its_time(tmp_path: Path) -> None:
    folder = open_folder(tmp_path)
    paris = dt.timezone(dt.timedelta(hours=1))
    folder.keep(NOW, verdict(n=1))
    folder.keep(dt.datetime(2026, 11, 23, 10, tzinfo=paris), verdict(n=2))
    folder.keep(NOW, verdict(n=3))
    assert kept(folder) == ["2026-11-23T08:00:00Z.verdict.json", "2026-11-23T09:00:00Z.verdict.json"]
    assert [document["n"] for _, document in folder.past()] == [3, 2]
    assert stat.S_IMODE((tmp_path / "past").stat().st_mode) == 0o700


def test_the_past_lets_go_of_the_oldest_and_of_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_folder, "MOST_PAST", 3)
    folder = open_folder(tmp_path)
    (tmp_path / "past").mkdir()
    others = ["2020-13-45T00:00:00Z.verdict.json", "2020-01-01.verdict.json", "notes.txt"]
    for name in others:
        (tmp_path / "past" / name).touch()
    moments = [NOW + dt.timedelta(milliseconds=500 * n) for n in (2, 0, 3, 1, 4)]
    for moment in moments:
        folder.keep(moment, verdict())
    assert [moment for moment, _ in folder.past()] == sorted(moments)[-3:]
    assert set(others) < set(kept(folder))
    assert len(kept(folder)) == 6


def test_only_the_newest_of_the_past_are_read_when_asked(tmp_path: Path) -> None:
    folder = open_folder(tmp_path)
    for n in range(4):
        folder.keep(NOW + dt.timedelta(days=n), verdict(n=n))
    assert [document["n"] for _, document in folder.past(2)] == [2, 3]


def test_a_broken_verdict_of_the_past_is_left_out(tmp_path: Path) -> None:
    folder = open_folder(tmp_path)
    folder.keep(NOW, b"{")
    folder.keep(NOW + dt.timedelta(days=1), verdict())
    assert [moment for moment, _ in folder.past()] == [NOW + dt.timedelta(days=1)]


def test_a_first_scan_has_no_past(tmp_path: Path) -> None:
    folder = open_folder(tmp_path)
    assert folder.previous() == (None, None)
    assert list(folder.past()) == []


def test_the_verdict_before_is_read_as_json_holds_it(tmp_path: Path) -> None:
    folder = open_folder(tmp_path)
    folder.write({"verdict.json": verdict(withdrawn=[{"check": "patching"}])})
    document, wrong = folder.previous()
    assert document == {"schema": "pasencore.verdict/1", "withdrawn": [{"check": "patching"}]}
    assert wrong is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"\x80": 1}',
        b"[]",
        b"3",
        b"{}",
        b'{"schema": "pasencore.verdict/2"}',
        b'{"schema": ["x"]}',
        b"[" * 100_000,
    ],
)
def test_a_broken_verdict_is_said_and_left_aside(tmp_path: Path, content: bytes) -> None:
    folder = open_folder(tmp_path)
    (tmp_path / "verdict.json").write_bytes(content)
    document, wrong = folder.previous()
    assert document is None
    assert str(wrong) == f"{tmp_path / 'verdict.json'}: left aside, it is not a verdict that this version wrote"


def test_a_verdict_that_is_a_folder_is_said_and_left_aside(tmp_path: Path) -> None:
    (tmp_path / "verdict.json").mkdir()
    document, wrong = open_folder(tmp_path).previous()
    assert document is None
    assert str(wrong) == f"{tmp_path / 'verdict.json'}: left aside: not a regular file"


def test_a_past_that_is_a_file_is_a_failure(tmp_path: Path) -> None:
    folder = open_folder(tmp_path)
    (tmp_path / "past").touch()
    assert list(folder.past()) == []
    with pytest.raises(FailedError, match="its folder is a file"):
        folder.keep(NOW, verdict())


def test_when_the_last_verdict_is_broken_the_newest_of_the_past_that_reads_stands_for_it(tmp_path: Path) -> None:
    folder = open_folder(tmp_path)
    for n, content in enumerate((verdict(n=1), verdict(n=2), b"{")):
        folder.keep(NOW + dt.timedelta(days=n), content)
    folder.write({"verdict.json": b"{"})
    document, wrong = folder.previous()
    assert document is not None
    assert document["n"] == 2
    assert str(wrong) == f"{tmp_path / 'verdict.json'}: left aside, it is not a verdict that this version wrote"


def test_a_past_that_is_a_link_is_refused_before_any_work_and_when_it_appears_since(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder = open_folder(tmp_path / "out")
    (tmp_path / "out" / "past").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FailedError, match="past: a symbolic link"):
        open_folder(tmp_path / "out")
    with pytest.raises(FailedError, match="past: a symbolic link"):
        folder.keep(NOW, verdict())
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("target", ["theirs.json", "absent.json"])
def test_a_verdict_that_is_a_link_is_neither_read_nor_written_through(tmp_path: Path, target: str) -> None:
    (tmp_path / "theirs.json").write_bytes(verdict(n=1))
    folder = open_folder(tmp_path / "out")
    (tmp_path / "out" / "verdict.json").symlink_to(tmp_path / target)
    document, wrong = folder.previous()
    assert document is None
    assert str(wrong) == f"{tmp_path / 'out' / 'verdict.json'}: left aside, it is a symbolic link"
    folder.write({"verdict.json": verdict(n=2)})
    assert not (tmp_path / "out" / "verdict.json").is_symlink()
    assert (tmp_path / "theirs.json").read_bytes() == verdict(n=1)
