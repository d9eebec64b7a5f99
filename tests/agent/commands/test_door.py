"""The door itself: what is printed when the output fails, when words are misspelt, and where options may stand."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.agent.commands.door import Done, environment, run, words


def shell(tmp: Path, line: str, **more: str) -> Done:
    """Run a line of bash in which ``pasencore`` is the program; the code is the program's own."""
    script = f'pasencore() {{ {shlex.join(words())} "$@"; }}; {line}'
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp,
        env=environment(tmp, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("command", ["demo", "checks", "collect", "explain patching", "--help"])
def test_a_full_output_is_one_line_and_a_failure(tmp_path: Path, command: str) -> None:
    done = shell(tmp_path, f"pasencore {command} > /dev/full")
    assert done.code == 1
    said = "pasencore: standard output: no space left on the disk - send it to another file"
    assert done.one_clear_line() == said


def test_a_full_output_is_said_in_french(tmp_path: Path) -> None:
    done = shell(tmp_path, "pasencore demo > /dev/full", PASENCORE_LANG="fr")
    assert done.code == 1
    assert done.one_clear_line().startswith("pasencore: sortie standard: le disque est plein - ")


def test_a_closed_output_is_one_line_and_a_failure(tmp_path: Path) -> None:
    done = shell(tmp_path, "pasencore demo >&-")
    assert done.code == 1
    assert done.one_clear_line() == "pasencore: standard output: closed - send it to another file"


@pytest.mark.parametrize(
    "command", ["checks", "explain patching", "demo --format html", "collect", "doctor --no-local"]
)
def test_a_reader_who_leaves_early_is_no_failure(tmp_path: Path, command: str) -> None:
    # The reader has left before the program starts: a pipe that is closed for sure.
    line = f"{{ while kill -0 $READER 2> /dev/null; do :; done; pasencore {command}; echo $? >&2; }}"
    done = shell(tmp_path, f"exec 3> >(exec true); READER=$!; {line} >&3")
    assert done.err == "0\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("chekcs",), "No such command 'chekcs' - see: pasencore --help"),
        (("report",), "Missing argument 'VERDICT.JSON' - see: pasencore report --help"),
        (("explain", "a", "b"), "Got unexpected extra argument (b) - see: pasencore explain --help"),
        (
            ("--lang", "zz", "checks"),
            "Invalid value for '--lang': 'zz' is not one of 'fr', 'en' - see: pasencore --help",
        ),
    ],
)
def test_misspelt_words_are_one_line_that_says_where_to_look(
    tmp_path: Path, arguments: tuple[str, ...], line: str
) -> None:
    done = run(tmp_path, *arguments)
    assert done.code == 2
    assert done.one_clear_line() == f"pasencore: {line}"
    assert done.out == ""


def test_without_a_word_the_help_is_shown(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.code == 2
    assert "explain" in done.err


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_language_may_stand_before_the_command(tmp_path: Path, lang: str) -> None:
    other = {"en": "fr", "fr": "en"}[lang]
    before = run(tmp_path, "--lang", lang, "checks", PASENCORE_LANG=other)
    assert before.code == 0
    assert before.out == run(tmp_path, "checks", "--lang", lang).out
    assert before.out != run(tmp_path, "checks", "--lang", other).out


def test_debug_may_stand_before_the_command(tmp_path: Path) -> None:
    done = run(tmp_path, "--debug", "explain", "patchin")
    assert done.code == 2
    assert "Traceback" in done.err


def test_what_the_verdict_before_withdrew_survives_a_broken_file(tmp_path: Path) -> None:
    withdrawn = [{"check": "patching", "member": "web1"}, {"check": "invented", "member": "web1"}]
    assert run(tmp_path, "scan", "--no-local", "--out", "out").code == 0
    past = next((tmp_path / "out" / "past").iterdir())
    verdict = json.loads(past.read_bytes())
    verdict["confrontation"]["withdrawn"] = withdrawn
    past.write_text(json.dumps(verdict))
    (tmp_path / "out" / "verdict.json").write_text("{")
    done = run(tmp_path, "scan", "--no-local", "--out", "out", "--format", "json")
    assert done.code == 0
    assert "verdict.json: left aside" in done.one_clear_line()
    assert "invented" not in done.out
    assert json.loads(done.out)["confrontation"]["withdrawn"] == withdrawn[:1]


def test_a_past_that_is_a_link_is_one_line_and_a_failure(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "past").symlink_to(tmp_path)
    done = run(tmp_path, "scan", "--no-local", "--out", "out")
    assert done.code == 1
    assert done.one_clear_line() == "pasencore: out/past: a symbolic link, which is not followed here - remove it"
