"""The four guards of an application that ships three importable folders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = {"agent", "analyzers", "exporters"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_wheel_holds_the_three_floors_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == FLOORS


@pytest.mark.parametrize(
    "name",
    [
        "analyzers/rubrics/2026.1.toml",
        "exporters/locale/fr/LC_MESSAGES/pasencore.mo",
        "exporters/schemas/verdict.schema.json",
        "agent/schemas/context.schema.json",
    ],
)
def test_the_wheel_holds_its_data_files(wheel: zipfile.ZipFile, name: str) -> None:
    assert name in wheel.namelist()


def test_every_data_file_of_the_tree_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    shipped = set(wheel.namelist())
    suffixes = {".toml", ".json", ".html", ".md", ".css", ".svg", ".mo", ".j2", ".gz", ".yaml"}
    data = {
        str(path.relative_to(ROOT))
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*")
        if path.suffix in suffixes and "__pycache__" not in path.parts
    }
    assert data <= shipped


def test_no_other_distribution_claims_the_three_names(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Asked of the wheel, installed beside all that the project depends on: an editable install lists no names."""
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", tmp_path]
    subprocess.run([*install, str(wheel.filename)], check=True, capture_output=True)
    script = "import importlib.metadata as m, json; print(json.dumps(m.packages_distributions()))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    owners = json.loads(done.stdout)
    assert {floor: set(owners[floor]) for floor in FLOORS} == {floor: {"pasencore"} for floor in FLOORS}


def test_python_minus_capital_p_finds_the_program(tmp_path: Path) -> None:
    """``-P`` keeps the current folder out of the path: the editable install alone must be enough."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "agent", "--version"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("pasencore, ")


def test_the_readme_says_to_install_it_as_a_tool() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "uv tool install" in text
    assert "pipx install" in text
    assert "pip install pasencore" not in text
