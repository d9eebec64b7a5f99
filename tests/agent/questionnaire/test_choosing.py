import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.questionnaire.asked import PROVIDERS, QUESTIONS
from agent.questionnaire.choosing import choose
from agent.sources.context_file import parse_context
from analyzers.checks import ALL_CHECKS

BLOCKS = [each.block for each in QUESTIONS]
CHECKS = sorted({check for each in QUESTIONS for check in each.checks})
HEAD = "schema: pasencore.context/1\ndate: 2026-11-01\nauthor: a\n"
TODAY = dt.date(2026, 11, 1)

known = st.sets(st.sampled_from(BLOCKS))
gains = st.dictionaries(st.sampled_from(CHECKS), st.floats(0, 100))


@given(known, gains)
def test_what_is_known_is_never_asked_and_the_most_useful_comes_first(
    blocks: set[str], worth: dict[str, float]
) -> None:
    chosen = choose(QUESTIONS, blocks, worth)
    assert not {each.question.block for each in chosen} & blocks
    rest = [each.gain for each in chosen if each.question is not PROVIDERS]
    assert rest == sorted(rest, reverse=True)
    assert all(gain > 0 for gain in rest)
    if "providers" not in blocks:
        assert chosen[0].question is PROVIDERS


@given(known, gains, st.sampled_from(BLOCKS))
def test_an_answer_takes_its_question_away_and_no_other(
    blocks: set[str], worth: dict[str, float], answered: str
) -> None:
    before = choose(QUESTIONS, blocks, worth)
    after = choose(QUESTIONS, blocks | {answered}, worth)
    assert after == tuple(each for each in before if each.question.block != answered)


def test_every_question_answers_a_question_of_the_grid() -> None:
    known_ids = {each.id for each in ALL_CHECKS}
    assert set(CHECKS) <= known_ids


@pytest.mark.parametrize(
    ("block", "answers"),
    [
        ("providers", ["none"]),
        ("providers", ["aucun"]),
        ("providers", ["InfoServ, Pay: Corp #1"]),
        ("organisation", ["60", ""]),
        ("organisation", ["60", "12.5"]),
        ("standards", ["debian 12, rocky 9"]),
        ("rituals", ["2026-01-05, 2026-04-02"]),
        ("rituals", ["none"]),
        ("tensions", ["", "no: personal data", "", ""]),
        ("capacity", ["5", "2026-03-01"]),
        ("ai_policy", ["board", "internal", "oui", "2027-03-01"]),
        ("ai_policy", ["", "", "no", ""]),
    ],
)
def test_an_answer_reads_as_a_block_of_the_context_file(block: str, answers: list[str]) -> None:
    (question,) = (each for each in QUESTIONS if each.block == block)
    text = HEAD + question.written(answers, TODAY) + "\n"
    context = parse_context(text.encode(), Path("pasencore.yaml"), today=TODAY).context
    assert getattr(context, block) is not None
