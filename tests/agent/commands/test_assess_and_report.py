"""assess and report: same bytes, every form, and what is refused."""

from __future__ import annotations

import gzip
import json
from importlib import resources
from pathlib import Path

import pytest

from agent.snapshot_file import write_snapshot
from tests.agent.commands.door import run
from tests.estates.four import ESTATES

PUBLISHED = resources.files("analyzers.rubrics").joinpath("2026.1.toml").read_text(encoding="utf-8")
CODES = {"ideal": 0, "chaotic": 20, "middle": 10, "blind": 10}


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "middle.json.gz"
    write_snapshot(path, ESTATES["middle"]())
    return path


@pytest.mark.parametrize("name", CODES)
def test_the_exit_code_says_the_answer_only_when_asked(tmp_path: Path, name: str) -> None:
    write_snapshot(tmp_path / "s.json.gz", ESTATES[name]())
    assert run(tmp_path, "assess", "s.json.gz").code == 0
    coded = run(tmp_path, "assess", "s.json.gz", "--exit-code", "--format", "json")
    answers = {"oui": 0, "pas encore": 10, "non": 20}
    assert coded.code == answers[json.loads(coded.out)["verdict"]["answer"]] == CODES[name]


def test_two_runs_write_the_same_bytes_whatever_the_language(tmp_path: Path, snapshot: Path) -> None:
    first = run(tmp_path, "assess", snapshot, "--format", "json", "--lang", "fr")
    second = run(tmp_path, "assess", snapshot, "--format", "json", "--lang", "en", LC_ALL="C", TZ="Asia/Tokyo")
    assert first.code == second.code == 0
    assert first.out == second.out


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html", "metrics"])
def test_a_verdict_file_can_be_shown_again_in_every_form(tmp_path: Path, snapshot: Path, form: str) -> None:
    assert run(tmp_path, "assess", snapshot, "--out", "out").code == 0
    direct = run(tmp_path, "assess", snapshot, "--format", form)
    again = run(tmp_path, "report", "out", "--format", form)
    assert again.code == 0
    assert again.out == direct.out
    assert again.out


def test_the_report_for_the_board_is_shorter(tmp_path: Path, snapshot: Path) -> None:
    run(tmp_path, "assess", snapshot, "--out", "out")
    board = run(tmp_path, "report", "out/verdict.json", "--for", "direction", "--format", "markdown")
    whole = run(tmp_path, "report", "out/verdict.json", "--format", "markdown")
    assert 0 < len(board.out) < len(whole.out)


def test_no_name_of_a_person_leaves_unless_asked(tmp_path: Path, snapshot: Path) -> None:
    hidden = run(tmp_path, "assess", snapshot, "--out", "out")
    for path in (tmp_path / "out").iterdir():
        if path.suffix in {".json", ".html", ".md", ".prom"}:
            text = path.read_text(encoding="utf-8")
            assert "a.martin" not in text, path
            assert "b.leroy" not in text, path
    assert "a.martin" not in hidden.out
    named = run(tmp_path, "assess", snapshot, "--names", "--format", "json")
    assert "a.martin" in named.out


def test_an_excluded_question_is_unknown_and_the_others_stay(tmp_path: Path, snapshot: Path) -> None:
    before, after = (
        {
            each["check"]: each
            for each in json.loads(run(tmp_path, "assess", snapshot, "--format", "json", *more).out)["findings"]
        }
        for more in ((), ("--exclude", "patching"))
    )
    assert (after["patching"]["outcome"], after["patching"]["low"], after["patching"]["high"]) == ("unknown", 0, 1)
    assert {key: value for key, value in after.items() if key != "patching"} == {
        key: value for key, value in before.items() if key != "patching"
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "truncated"),
        (b"\x1f\x8b\x08\x00", "truncated"),
        (gzip.compress(b'{"schema":"pasencore.snapshot/1"')[:-4], "truncated"),
        (b"not json at all", "not JSON"),
        (b'{"schema":"pasencore.snapshot/9"}', "newer version"),
        (b'{"schema":"pasencore.verdict/1"}', "not a snapshot"),
        (b'{"schema":"pasencore.snapshot/1","hosts":3}', "`hosts`"),
        (b"[" * 100000, "deep"),
    ],
    ids=["empty", "header only", "cut", "text", "newer", "verdict", "mistyped", "deep"],
)
def test_a_bad_snapshot_is_one_clear_line_and_code_2(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "bad.json.gz").write_bytes(content)
    done = run(tmp_path, "assess", "bad.json.gz")
    assert done.code == 2
    assert "bad.json.gz" in done.one_clear_line()
    assert said in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("assess", "absent.json.gz"),
        ("report", "absent.json"),
        ("assess", "good.json.gz", "--rubric", "absent.toml"),
        ("assess", "good.json.gz", "--context", "absent.yaml"),
        ("assess", "good.json.gz", "--exclude", "patchin"),
        ("explain", "patchin"),
    ],
)
def test_wrong_usage_is_one_clear_line_and_code_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write_snapshot(tmp_path / "good.json.gz", ESTATES["blind"]())
    done = run(tmp_path, *arguments)
    assert done.code == 2
    assert done.one_clear_line().startswith("pasencore: ")
    assert done.out == ""


def test_a_rubric_that_makes_no_sense_names_its_path(tmp_path: Path, snapshot: Path) -> None:
    (tmp_path / "r.toml").write_text('version = "x"\n[checks]\n[verdict]\noui_axis = "high"\n')
    done = run(tmp_path, "assess", snapshot, "--rubric", "r.toml")
    assert done.code == 2
    assert "r.toml" in done.one_clear_line()
    assert "oui_axis" in done.err


def test_a_file_that_is_no_verdict_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text('{"schema": "pasencore.verdict/1"}')
    done = run(tmp_path, "report", "v.json")
    assert done.code == 2
    assert "v.json" in done.one_clear_line()


def test_unknown_commands_and_options_are_usage(tmp_path: Path) -> None:
    assert run(tmp_path, "chekcs").code == 2
    assert run(tmp_path, "report").code == 2
    assert run(tmp_path, "scan", "--nope").code == 2


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('{"schema": "pasencore.verdict/2"}', "v.json: schema"),
        ('{"schema": "pasencore.verdict/1", "tool": 3}', "v.json: tool"),
        ("[]", "v.json"),
        ("{", "v.json"),
    ],
)
def test_a_file_that_is_no_verdict_is_refused_in_french_with_its_place(
    tmp_path: Path, content: str, place: str
) -> None:
    (tmp_path / "v.json").write_text(content)
    done = run(tmp_path, "report", "v.json", PASENCORE_LANG="fr")
    assert done.code == 2
    assert done.one_clear_line().startswith(f"pasencore: {place}: n’est pas un verdict qui peut être lu - ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight = 2", "weight = 0", "r.toml: checks.patching.weight: un poids doit être supérieur à 0 - "),
        ("weight = 2", "weight = ", "r.toml: n’est pas du TOML, à la ligne "),
    ],
)
def test_a_rubric_is_refused_in_french(tmp_path: Path, snapshot: Path, old: str, new: str, said: str) -> None:
    before, after = PUBLISHED.split('[checks."patching"]')
    (tmp_path / "r.toml").write_text(f"{before}[checks.patching]{after.replace(old, new, 1)}", encoding="utf-8")
    done = run(tmp_path, "assess", snapshot, "--rubric", "r.toml", PASENCORE_LANG="fr")
    assert done.code == 2
    assert said in done.one_clear_line()


def test_click_speaks_french(tmp_path: Path) -> None:
    done = run(tmp_path, "report", PASENCORE_LANG="fr")
    assert done.code == 2
    assert done.one_clear_line() == "pasencore: Il manque l’argument 'VERDICT.JSON' - voir : pasencore report --help"
    helped = run(tmp_path, "scan", "--help", PASENCORE_LANG="fr")
    assert "Afficher cette aide" in helped.out
