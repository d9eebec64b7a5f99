"""Git repositories as facts of the snapshot, read from real ones."""

import datetime as dt
import subprocess
from pathlib import Path

import pytest

from agent.config import Config
from agent.scanning import look
from agent.sources import git_history
from agent.sources.git_history import read_histories, read_history
from analyzers.model.context import GitSource, Sources
from analyzers.model.knowledge import AssetFiles, GitHistory, GitPerson, KnownFiles
from tests import builders as b
from tests.repositories import Repo

A, B = "A Martin <a.martin@x.example>", "B Leroy <b.leroy@x.example>"


def source(repo: Repo | Path, **assets: str) -> GitSource:
    return GitSource(path=str(getattr(repo, "folder", repo)), assets=assets)


def history(given: GitSource, limit: float = 60.0) -> GitHistory:
    return read_history(given, clock=lambda: b.NOW, limit=limit)


@pytest.fixture
def infra(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "infra")
    repo.commit(A, {"roles/db/main.yml": "a\n", "roles/db/vars.yml": "b\n", "site.yml": "c\n", "runbooks/db.md": "d\n"})
    repo.commit("am <a.martin@x.example>", {"site.yml": "cc\n"})
    repo.commit(B, {"roles/web/main.yml": "e\n"})
    return repo


def test_a_repository_is_its_own_asset_when_nothing_is_mapped(infra: Repo) -> None:
    read = history(source(infra))
    assert read == GitHistory(
        path=str(infra.folder),
        name="infra",
        collected_at=b.NOW,
        head=dt.date(2025, 6, 17),
        commits=3,
        people=(
            GitPerson(
                names=("A Martin", "am"), addresses=("a.martin@x.example",), commits=2, last=dt.date(2025, 6, 16)
            ),
            GitPerson(names=("B Leroy",), addresses=("b.leroy@x.example",), commits=1, last=dt.date(2025, 6, 17)),
        ),
        assets=(
            AssetFiles(asset="infra", groups=(KnownFiles(knowers=(0,), files=3), KnownFiles(knowers=(1,), files=1))),
        ),
    )


def test_files_go_to_the_asset_of_the_first_pattern_that_fits(infra: Repo) -> None:
    patterns = {"roles/db/**": "base-clients", "runbooks/": "procedures", "**": "infrastructure"}
    read = history(GitSource(path=str(infra.folder), assets=patterns))
    assert {each.asset: each.files for each in read.assets} == {
        "base-clients": 2,
        "infrastructure": 2,
        "procedures": 1,
    }


def test_a_day_is_the_finest_grain_and_no_commit_is_kept(infra: Repo) -> None:
    kept = str(history(source(infra)))
    assert "datetime.datetime" not in kept.replace(repr(b.NOW), "")
    assert infra.git("rev-parse", "HEAD").strip() not in kept


def test_programs_are_nobody(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "site")
    repo.commit("renovate[bot] <bot@x.example>", {"app.py": "a\n"})
    read = history(source(repo))
    assert read.people == ()
    assert read.assets[0].groups == (KnownFiles(knowers=(), files=1),)


@pytest.mark.parametrize(
    ("name", "reason", "said"),
    [
        pytest.param("absent", "unreachable", "not a folder", id="no folder"),
        pytest.param("empty", "unreadable", "not a git repository", id="no repository"),
        pytest.param("new", "unreadable", "without any commit", id="no commit"),
        pytest.param("torn", "unreadable", "git cannot read", id="objects are gone"),
        pytest.param("shallow", "partial", "--unshallow", id="shallow"),
        pytest.param("papers", "too_few", "no file that counts", id="nothing counts"),
        pytest.param("strange", None, "", id="names in no encoding"),
    ],
)
def test_what_cannot_be_read_in_full_says_why_and_the_rest_goes_on(
    tmp_path: Path, infra: Repo, name: str, reason: str | None, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    Repo(tmp_path / "new")
    torn = Repo(tmp_path / "torn")
    torn.commit(A, {"a.py": "a\n"})
    torn.commit(A, {"a.py": "b\n"})
    parent = torn.git("rev-parse", "HEAD^{tree}").strip()
    (torn.folder / ".git" / "objects" / parent[:2] / parent[2:]).unlink()
    infra.git("clone", "-q", "--depth=1", f"file://{infra.folder}", str(tmp_path / "shallow"))
    Repo(tmp_path / "papers").commit(A, {"logo.png": "x\n"})
    Repo(tmp_path / "strange").commit(b"\xe9\xff <\xff@x.example>", {"caf\u00e9.py": "x\n"})
    given = [source(tmp_path / name), source(infra)]
    histories, cost, origins = read_histories(given, clock=lambda: b.NOW, advance=lambda _done, _all: None)
    assert histories[0].reason == origins[0].reason == reason
    assert said in origins[0].detail
    assert "\n" not in origins[0].detail
    assert (histories[1].reason, histories[1].commits) == (None, 3)
    assert cost.samples >= 3


def test_a_repository_given_twice_counts_once(infra: Repo) -> None:
    given = [source(infra), source(infra)]
    histories, _, origins = read_histories(given, clock=lambda: b.NOW, advance=lambda _done, _all: None)
    assert len(histories) == len(origins) == 1


def test_a_slow_history_is_given_up(infra: Repo) -> None:
    read = history(source(infra, **{"**": "infrastructure"}), limit=1e-9)
    assert (read.reason, read.assets) == ("timed_out", (AssetFiles(asset="infrastructure"),))
    assert "--time-limit" not in read.detail


def test_a_snapshot_keeps_a_bounded_number_of_groups(infra: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_history, "MOST_GROUPS", 1)
    read = history(source(infra))
    assert (read.assets[0].files, read.left_out, read.reason) == (3, 1, "partial")


def test_a_commit_of_no_time_has_no_day(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "site")
    repo.commit(A, {"app.py": "a\n"}, when=10**17)
    assert history(source(repo)).people[0].last is None


def test_a_scan_reads_them_and_changes_nothing(infra: Repo) -> None:
    before = sorted((each, each.stat().st_mtime_ns) for each in infra.folder.rglob("*"))
    config = Config(local=False, sources=Sources(git=(source(infra),)))
    snapshot = look(config, lambda _name: lambda _done, _total: None, str)
    assert snapshot.git is not None
    assert [each.name for each in snapshot.git] == ["infra"]
    assert [(each.kind, each.reason) for each in snapshot.origins] == [("git", None)]
    assert sorted((each, each.stat().st_mtime_ns) for each in infra.folder.rglob("*")) == before
    assert subprocess.run(["git", "-C", infra.folder, "fsck"], check=False, capture_output=True).returncode == 0
