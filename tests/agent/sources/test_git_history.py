import os
import subprocess
from pathlib import Path

import pytest

from agent.errors import FailedError, UsageError
from agent.sources import git as source
from agent.sources import git_process
from agent.sources.git import Commit, commits, files, open_repository
from analyzers.measures.knowledge.authorship import Change
from tests.repositories import Repo

A, B = "A Martin <a.martin@x.example>", "B Leroy <b.leroy@x.example>"
TEXT = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "facturation")


def history(repo: Repo) -> list[Commit]:
    return list(commits(open_repository(repo.folder)))


def changed(repo: Repo) -> list[tuple[str, str, str]]:
    return [(each.status, each.path, each.old) for commit in history(repo) for each in commit.changes]


def test_commits_come_newest_first_with_author_date_and_changes(repo: Repo) -> None:
    repo.commit(A, {"app.py": "1\n"}, when=1_700_000_000)
    repo.commit(B, {"app.py": "2\n", "lib/more.py": "x\n"}, when=1_700_100_000)
    last, first = history(repo)
    assert (first.author, first.when) == (("A Martin", "a.martin@x.example"), 1_700_000_000)
    assert first.changes == (Change(status="A", path="app.py"),)
    assert last.author == ("B Leroy", "b.leroy@x.example")
    assert last.changes == (Change(status="M", path="app.py"), Change(status="A", path="lib/more.py"))
    assert len(last.id) == 40


def test_renamings_are_seen_through_a_change_of_text(repo: Repo) -> None:
    repo.commit(A, {"old.py": TEXT})
    repo.commit(B, {"new.py": TEXT + "more\n", "old.py": None})
    assert changed(repo) == [("R", "new.py", "old.py"), ("A", "old.py", "")]


def test_a_merge_is_no_work_but_what_it_joins_is(repo: Repo) -> None:
    repo.commit(A, {"app.py": "1\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(B, {"side.py": "1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit(A, {"main.py": "1\n"})
    repo.git("-c", "user.name=c", "-c", "user.email=c.prov@x.example", "merge", "-q", "--no-edit", "side")
    assert sorted(path for _, path, _ in changed(repo)) == ["app.py", "main.py", "side.py"]
    assert len(history(repo)) == 3
    assert sorted(files(open_repository(repo.folder))) == ["app.py", "main.py", "side.py"]


@pytest.mark.parametrize(
    "name",
    [b"caf\xe9.py", "été.py".encode(), b"a\nb.py", b'a "quoted"\tname.py', b" M", b"A", b"-n", b"0" * 40],
    ids=["broken", "accents", "line break", "quotes and tab", "space first", "like a status", "option", "like a hash"],
)
def test_any_file_name_survives(repo: Repo, name: bytes) -> None:
    path = os.fsdecode(name)
    repo.commit(A, {path: "1\n"})
    repo.commit(A, {path: "2\n"})
    assert changed(repo) == [("M", path, ""), ("A", path, "")]
    assert files(open_repository(repo.folder)) == [path]


def test_broken_encodings_of_authors_survive(repo: Repo) -> None:
    repo.commit(b"\xc9lo\xefse <e@x.example>", {"app.py": "1\n"})
    (one,) = history(repo)
    assert one.author == ("\ufffdlo\ufffdse", "e@x.example")


def test_the_mailmap_of_the_repository_is_followed(repo: Repo) -> None:
    repo.commit("am <am@home.example>", {"app.py": "1\n", ".mailmap": f"{A} <am@home.example>\n"})
    assert history(repo)[0].author == ("A Martin", "a.martin@x.example")


def test_empty_commits_and_empty_names_are_read(repo: Repo) -> None:
    repo.commit(A, {"app.py": "1\n"})
    repo.commit(A, {})
    repo.commit(" <>", {"app.py": "2\n"})
    assert [(len(each.changes), each.author[1]) for each in history(repo)] == [
        (1, ""),
        (0, "a.martin@x.example"),
        (1, "a.martin@x.example"),
    ]


def test_links_and_submodules_are_no_files(repo: Repo) -> None:
    repo.commit(A, {"app.py": "1\n"})
    (repo.folder / "link").symlink_to("app.py")
    head = repo.git("rev-parse", "HEAD").strip()
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{head},module")
    repo.git("add", "link")
    repo.commit(A, {})
    assert files(open_repository(repo.folder)) == ["app.py"]


def test_a_large_commit_comes_in_pieces(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(A, {f"f{number}": f"{number}\n" for number in range(7)})
    monkeypatch.setattr(source, "MOST_CHANGES", 3)
    pieces = history(repo)
    assert [len(each.changes) for each in pieces] == [3, 3, 1]
    assert len({each.id for each in pieces}) == 1


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_pieces_of_any_size_give_the_same_history(repo: Repo, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    repo.commit(A, {"old.py": TEXT})
    repo.commit(B, {"new.py": TEXT, "old.py": None})
    whole = history(repo)
    monkeypatch.setattr(git_process, "CHUNK_BYTES", size)
    assert history(repo) == whole


def test_a_folder_below_a_bare_one_and_a_clone_are_the_repository(repo: Repo, tmp_path: Path) -> None:
    repo.commit(A, {"lib/app.py": "1\n"})
    bare = tmp_path / "facturation.git"
    repo.git("clone", "-q", "--bare", str(repo.folder), str(bare))
    below, whole, copy = (open_repository(each) for each in (repo.folder / "lib", repo.folder, bare))
    assert (below.name, below.store) == (whole.name, whole.store) == ("facturation", repo.folder / ".git")
    assert (copy.name, copy.shallow) == ("facturation", False)
    assert files(below) == files(copy) == ["lib/app.py"]
    assert list(commits(below)) == list(commits(copy))


def test_a_shallow_clone_says_so(repo: Repo, tmp_path: Path) -> None:
    repo.commit(A, {"app.py": "1\n"})
    repo.commit(B, {"app.py": "2\n"})
    repo.git("clone", "-q", "--depth=1", f"file://{repo.folder}", str(tmp_path / "shallow"))
    shallow = open_repository(tmp_path / "shallow")
    assert shallow.shallow
    assert [each.author[0] for each in commits(shallow)] == ["B Leroy"]


def test_what_is_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a git repository"):
        open_repository(tmp_path)
    with pytest.raises(UsageError, match="not a folder"):
        open_repository(tmp_path / "absent")
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="not a folder"):
        open_repository(tmp_path / "file")


def test_a_repository_without_commits_is_refused(repo: Repo) -> None:
    with pytest.raises(UsageError, match="without any commit"):
        open_repository(repo.folder)


def test_a_damaged_history_is_an_error_not_half_an_answer(repo: Repo) -> None:
    repo.commit(A, {"app.py": "1\n"})
    first = repo.git("rev-parse", "HEAD").strip()
    repo.commit(A, {"app.py": "2\n"})
    opened = open_repository(repo.folder)
    (repo.folder / ".git/objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(FailedError, match="git cannot read it: "):
        list(commits(opened))


def test_a_history_that_takes_too_long_is_cut(repo: Repo) -> None:
    repo.commit(A, {"app.py": "1\n"})
    with pytest.raises(FailedError, match="allow more with --time-limit"):
        list(commits(open_repository(repo.folder), limit=1e-9))


def test_an_endless_name_is_refused(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("a" * 4000 + " <a@x.example>", {"app.py": "1\n"})
    monkeypatch.setattr(git_process, "MOST_TOKEN_BYTES", 100)
    monkeypatch.setattr(git_process, "CHUNK_BYTES", 64)
    with pytest.raises(FailedError, match="too long to be one"):
        history(repo)


def test_without_git_one_line_says_what_to_install(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(A, {"app.py": "1\n"})
    monkeypatch.setenv("PATH", str(repo.folder))
    with pytest.raises(FailedError, match="install git"):
        open_repository(repo.folder)


def test_nothing_of_the_repository_is_run_and_nothing_is_written(repo: Repo, tmp_path: Path) -> None:
    repo.commit(A, {"app.py": "1\n", ".gitattributes": "*.py diff=trap\n"})
    repo.commit(A, {"app.py": "2\n"})
    witness = tmp_path / "run"
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {witness}\n")
    trap.chmod(0o755)
    names = ("core.fsmonitor", "core.pager", "diff.external", "diff.trap.textconv", "diff.trap.command", "gpg.program")
    for name in names:
        repo.git("config", name, str(trap))
    repo.git("config", "log.showSignature", "true")
    before = {path: path.stat().st_mtime_ns for path in repo.folder.rglob("*")}
    opened = open_repository(repo.folder)
    assert len(list(commits(opened))) == 2
    assert len(files(opened)) == 2
    assert not witness.exists()
    assert {path: path.stat().st_mtime_ns for path in repo.folder.rglob("*")} == before


def test_settings_of_the_caller_change_nothing(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(A, {"old.py": TEXT, "lib/x.py": "1\n"})
    repo.commit(B, {"new.py": TEXT, "old.py": None})
    plain = history(repo)
    config = tmp_path / "config"
    config.write_text("[diff]\nrenames = false\nrelative = true\n[log]\nfollow = true\nshowRoot = false\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert history(repo) == plain
    repo.plain("config", "diff.relative", "true")
    assert list(commits(open_repository(repo.folder / "lib"))) == plain


def test_no_child_outlives_a_reader_who_stops(repo: Repo) -> None:
    for number in range(5):
        repo.commit(A, {"app.py": f"{number}\n"})
    reading = commits(open_repository(repo.folder))
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True, check=False
    )
    assert "--name-status" not in children.stdout
