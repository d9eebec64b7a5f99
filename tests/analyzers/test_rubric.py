"""Rubrics: what is shipped, and what is refused."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from importlib import resources

import pytest

from analyzers.rubric import RubricError, parse, published

TEXT = resources.files("analyzers.rubrics").joinpath("2026.1.toml").read_text(encoding="utf-8")


def test_the_published_rubric_is_frozen() -> None:
    rubric = published()
    assert rubric.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert rubric.sha256 == "220f42b8ef62c235a6040f0f0973ef2e618150cd81554cba21c368b8bbb72814"
    assert len(rubric.checks) == 74


def test_numbers_are_exact() -> None:
    rubric = published()
    assert rubric.verdict.measured_share == Fraction(1, 3)
    assert rubric.checks["patching"].full_at == Fraction(95, 100)
    assert rubric.effort_days("patching", 3) == Fraction(29, 10)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("weight = 3", "weight = 0", "weight"),
        ("weight = 3", "weight = -1", "weight"),
        ("weight = 3", 'weight = "heavy"', "weight"),
        ("weight = 3", "weight = true", "weight"),
        ("weight = 3", "wieght = 3", "wieght"),
        ('axis = "lisibilite"', 'axis = "legibility"', "axis"),
        ("horizon = 1", "horizon = 4", "horizon"),
        ("full_at = 0.95", "full_at = 0.2", "full_at"),
        ("fail_below = 0.35", "fail_below = 1.5", "fail_below"),
        ('measured_share = "1/3"', 'measured_share = "1/0"', "measured_share"),
        ("declared_discount = 0.30", "declared_discount = 1.5", "verdict"),
        ("oui_axis = 60", "oui_axis = 600", "verdict"),
        ("non_axis = 35", "non_axis = 65", "verdict"),
        ('version = "2026.1"', "version = 2026.1", "version"),
        ('version = "2026.1"', "version = ", "not TOML, on line "),
    ],
)
def test_a_rubric_that_makes_no_sense_is_refused_with_its_path(old: str, new: str, path: str) -> None:
    with pytest.raises(RubricError, match=path):
        parse(TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weight = 2", "weight = 0", "checks.patching.weight: a weight must be above 0"),
        ("weight = 2", 'weight = "heavy"', "checks.patching.weight: a number is expected"),
        ("weight = 2", "wieght = 3", "checks.patching.wieght: a rubric has no such key"),
        ("weight = 2\n", "", "checks.patching.weight: missing"),
        ("horizon = 1", "horizon = 4", "checks.patching.horizon: not one of the accepted values"),
        ("horizon = 1", "horizon = []", "checks.patching.horizon: not understood"),
    ],
)
def test_a_question_that_is_wrong_is_named_in_words_that_translate(old: str, new: str, said: str) -> None:
    before, after = TEXT.split('[checks."patching"]')
    with pytest.raises(RubricError) as caught:
        parse(f"{before}[checks.patching]{after.replace(old, new, 1)}")
    assert str(caught.value) == said
    assert str(caught.value.what) == said.split(": ")[1]


@pytest.mark.parametrize("text", ["", "x = [", "[" * 5000, "version = 'x'"])
def test_what_is_no_rubric_is_refused(text: str) -> None:
    with pytest.raises(RubricError):
        parse(text)
