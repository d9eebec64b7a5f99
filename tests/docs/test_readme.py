"""What the READMEs show is what a user sees."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.fr.md")
BLOCK = re.compile(r"<!-- (screen|help): (pasencore [^>]*?) -->\n```text\n(.*?)```", re.DOTALL)
SCREEN_LINES = 24


def printed(command: str, kind: str) -> str:
    words = shlex.split(command)[1:]
    environment = {**os.environ, "COLUMNS": "80", "LC_ALL": "en_US.UTF-8", "PASENCORE_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-m", "agent", *words], env=environment, capture_output=True, text=True, check=True
    )
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    if kind == "screen":
        lines = lines[: next(index for index, line in enumerate(lines) if line.startswith("──"))][:-1]
        while not lines[-1]:
            lines.pop()
        assert len(lines) < SCREEN_LINES
        assert all(len(line) <= 80 for line in lines)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", READMES)
def test_screens_and_help_are_as_printed(name: str, request: pytest.FixtureRequest) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    fresh = BLOCK.sub(lambda found: f"<!-- {found[1]}: {found[2]} -->\n```text\n{printed(found[2], found[1])}```", text)
    assert fresh.count("```text") >= 1
    if request.config.getoption("--regenerate-goldens"):
        path.write_text(fresh, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == fresh


@pytest.mark.parametrize("name", READMES)
def test_every_command_and_option_shown_exists(name: str) -> None:
    from agent.cli import COMMANDS

    text = (ROOT / name).read_text(encoding="utf-8")
    shown = set(re.findall(r"(?:`|\$ )pasencore ([a-z]+)", text))
    assert shown <= set(COMMANDS)
    for command in shown:
        options = {
            option
            for line in re.findall(rf"(?:`|\$ )pasencore {command} ([^`#\n]*)", text)
            for option in re.findall(r"--[a-z-]+", line)
        }
        done = subprocess.run(
            [sys.executable, "-m", "agent", command, "--help"], capture_output=True, text=True, check=True
        )
        assert all(option in done.stdout for option in options), (command, options)


@pytest.mark.parametrize("name", READMES)
def test_every_link_leads_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target


def test_every_make_target_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in READMES:
        assert set(re.findall(r"make ([a-z]+)`", (ROOT / name).read_text())) <= targets


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text()
