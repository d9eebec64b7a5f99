import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.commands.init import command
from agent.errors import FailedError, UsageError
from agent.snapshot_file import write_snapshot
from agent.sources.context_file import read_context
from tests import builders as b


@pytest.fixture
def snapshots(tmp_path: Path) -> list[str]:
    paths = []
    for name in ("web1", "db1"):
        path = tmp_path / f"{name}.json.gz"
        write_snapshot(path, b.snapshot(b.host(name, listeners=(b.listener(f"of-{name}", unit=f"of-{name}.service"),))))
        paths.append(str(path))
    return paths


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--lang", "en"], catch_exceptions=False, standalone_mode=False)


def test_the_file_is_written_for_its_owner_and_is_then_found_and_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshots: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*snapshots)
    path = tmp_path / "pasencore.yaml"
    assert result.stderr == "pasencore.yaml: written. Complete it, then run `pasencore scan`.\n"
    assert result.stdout == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    context = read_context(path, today=b.TODAY.replace(year=2100), found=True).context
    assert [each.name for each in context.services or ()] == ["of-db1", "of-web1"]


def test_a_file_that_exists_is_kept_unless_forced(tmp_path: Path, snapshots: list[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine")
    with pytest.raises(UsageError, match="already exists - --force replaces it"):
        run(*snapshots, "--out", str(path))
    assert path.read_text() == "mine"
    run(*snapshots, "--out", str(path), "--force")
    assert path.read_text().startswith("# What people know")


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path, snapshots: list[str]) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="already exists"):
        run(*snapshots, "--out", str(link))


def test_the_standard_output_may_be_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshots: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    result = run(*snapshots, "--out", "-")
    assert result.stdout.startswith("# What people know")
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_is_not_there_is_a_failure(tmp_path: Path, snapshots: list[str]) -> None:
    with pytest.raises(FailedError, match="its folder does not exist"):
        run(*snapshots, "--out", str(tmp_path / "absent" / "p.yaml"))


def test_the_author_is_whoever_called_sudo(monkeypatch: pytest.MonkeyPatch, snapshots: list[str]) -> None:
    monkeypatch.setenv("SUDO_USER", "b.leroy")
    assert "\nauthor: b.leroy  # who answers for this file\n" in run(*snapshots, "--out", "-").stdout


def test_this_very_host_is_looked_at_without_snapshots(tmp_path: Path) -> None:
    path = tmp_path / "pasencore.yaml"
    run("--out", str(path))
    assert read_context(path, today=b.TODAY.replace(year=2100)).context.author
