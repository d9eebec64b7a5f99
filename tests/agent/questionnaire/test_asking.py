import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.commands.init import command
from agent.errors import UsageError
from agent.questionnaire.asked import PROVIDERS, QUESTIONS
from agent.questionnaire.choosing import Worth
from agent.questionnaire.dialogue import Desk, Sheet, hold
from agent.snapshot_file import write_snapshot
from agent.sources.context_file import read_context
from tests import builders as b


@pytest.fixture
def one_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "shop.json.gz"
    write_snapshot(path, b.snapshot(b.host("shop")))
    return str(path)


def ask(snapshot: str, typed: str, *more: str) -> Result:
    words = [snapshot, "--ask", "--lang", "en", *more]
    return CliRunner().invoke(command, words, input=typed, catch_exceptions=False, standalone_mode=False)


def test_a_small_shop_is_asked_little_and_whether_it_has_providers_first(one_server: str) -> None:
    result = ask(one_server, "none\nq\n")
    assert "1/" in result.stderr.split("Who, outside the company")[0]
    assert result.stderr.count("towards oui") <= 7
    path = Path("pasencore.yaml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_context(path, today=b.TODAY.replace(year=2100)).context.providers == ()


def test_what_was_answered_is_not_asked_again_and_comments_stay(one_server: str) -> None:
    path = Path("pasencore.yaml")
    path.write_text("# ours\nschema: pasencore.context/1\ndate: 2026-11-01\nauthor: a\nproviders: []  # none yet")
    before = path.read_text()
    result = ask(one_server, "")
    assert "Who, outside" not in result.stderr
    assert path.read_text() == before


def test_the_end_of_the_input_keeps_what_was_said(one_server: str) -> None:
    assert "Answers written: 1" in ask(one_server, "InfoServ\n").stderr
    assert "Who, outside" not in ask(one_server, "").stderr


def test_an_answer_that_is_not_valid_is_asked_again_and_enter_skips(tmp_path: Path) -> None:
    (committee,) = (each for each in QUESTIONS if each.block == "rituals")
    typed, shown = iter(["tomorrow", ""]), []
    path = tmp_path / "pasencore.yaml"
    desk = Desk(shown.append, lambda _prompt: next(typed), str, str)
    assert hold([Worth(committee, 5.0)], Sheet(path, "a", b.TODAY), desk) == 0
    assert "Not kept" in shown[1]
    assert not path.exists()


def test_ctrl_c_loses_nothing(tmp_path: Path) -> None:
    typed = iter(["InfoServ"])

    def read(_prompt: str) -> str:
        for each in typed:
            return each
        raise KeyboardInterrupt

    path = tmp_path / "pasencore.yaml"
    worths = [Worth(PROVIDERS, 5.0), Worth(PROVIDERS, 4.0)]
    desk = Desk(lambda _line: None, read, str, str)
    assert hold(worths, Sheet(path, "a", b.TODAY), desk) == 1
    assert "InfoServ" in path.read_text()


@pytest.mark.parametrize("more", [["--force"], ["--out", "-"]])
def test_asking_adds_to_a_file_and_replaces_none(one_server: str, more: list[str]) -> None:
    with pytest.raises(UsageError, match="--ask adds to a file"):
        ask(one_server, "", *more)
