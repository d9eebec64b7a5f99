from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from exporters.comparison.parts import SCHEMA, Comparison
from exporters.json import json as written
from tests.agent.commands.door import run
from tests.exporters import verdicts as v


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return two folders of ``scan --out``: pas encore, then oui."""
    found = []
    for name, document in (("old", v.pas_encore()), ("new", v.oui())):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "verdict.json").write_text(written(document), encoding="utf-8")
        found.append(folder)
    return found[0], found[1]


def test_folders_and_files_are_compared_alike(folders: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = folders
    by_folder = run(tmp_path, "compare", old, new, "--format", "json")
    by_file = run(tmp_path, "compare", old / "verdict.json", new / "verdict.json", "--format", "json")
    assert (by_folder.code, by_folder.err) == (0, "")
    assert by_folder.out == by_file.out
    found = json.loads(by_folder.out)
    assert found["schema"] == SCHEMA
    assert {"better", "worse", "new", "gone", "incomparable"} <= found.keys()
    msgspec.json.decode(by_folder.out, type=Comparison)


def test_the_screen_names_both_answers(folders: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(tmp_path, "compare", *folders, "--lang", "fr")
    assert done.code == 0
    assert "pas encore" in done.out
    assert "→" in done.out


@pytest.mark.parametrize("content", ["", "{", '{"schema": "pasencore.verdict/1"}', '{"schema": "other/1"}', "\x00\xff"])
def test_what_is_no_verdict_is_refused_in_one_line(content: str, folders: tuple[Path, Path], tmp_path: Path) -> None:
    (folders[1] / "verdict.json").write_text(content, encoding="utf-8")
    done = run(tmp_path, "compare", *folders)
    assert done.code == 2
    assert "verdict.json" in done.one_clear_line()


def test_a_missing_side_is_refused_in_one_line(folders: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(tmp_path, "compare", folders[0], tmp_path / "absent")
    assert done.code == 2
    assert "absent" in done.one_clear_line()
