from __future__ import annotations

from typing import get_args

import pytest

from analyzers.model.evidence import Kind
from analyzers.model.finding import Outcome
from analyzers.model.reasons import REASONS
from analyzers.model.verdict import AXES, PREREQUISITES, Answer
from analyzers.rubric import published
from exporters import terms
from exporters.view import LACKS, MARKS, STATES


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (terms.AXES, AXES),
        (terms.AXIS_QUESTIONS, AXES),
        (terms.PREREQUISITES, PREREQUISITES),
        (terms.PREREQUISITE_QUESTIONS, PREREQUISITES),
        (terms.REASONS, REASONS),
        (terms.OUTCOMES, get_args(Outcome)),
        (terms.EVIDENCE, get_args(Kind)),
        (terms.ANSWERS, get_args(Answer)),
        (terms.GLOSSES, get_args(Answer)),
        (terms.HORIZONS, (1, 2, 3)),
        (terms.LENS_CHECKS, tuple(terms.LENSES)),
        (MARKS, tuple(STATES)),
    ],
)
def test_every_word_of_a_closed_list_is_named_in_its_order(named: dict, words: tuple) -> None:
    assert tuple(named) == words


def test_lenses_regroup_questions_of_the_rubric() -> None:
    known = published().checks
    for lens, checks in terms.LENS_CHECKS.items():
        assert set(checks) <= known.keys(), lens
        assert len(set(checks)) == len(checks), lens


def test_marks_can_be_told_apart_without_a_colour() -> None:
    assert len(set(MARKS.values())) == len(MARKS)
    assert all(len(mark) == 1 for mark in MARKS.values())


def test_every_lack_has_a_sentence() -> None:
    assert LACKS.keys() == {(), ("foundations",), ("evidence",), ("foundations", "evidence")}


def test_the_three_answers_stay_french() -> None:
    assert dict(terms.ANSWERS) == {"oui": "oui", "non": "non", "pas encore": "pas encore"}
