"""A check is a file, a line of the tuple and a line of the rubric: forgetting one turns a test red."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzers.checks import ALL_CHECKS
from analyzers.model.check import Check
from analyzers.rubric import PUBLISHED, published

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "analyzers" / "checks"


def test_folder_and_tuple_agree() -> None:
    files = {
        (path.parent.name, path.stem.replace("_", "-")) for path in CHECKS.glob("*/*.py") if path.stem != "__init__"
    }
    rubric = published()
    assert files == {(rubric.checks[check.id].axis, check.id) for check in ALL_CHECKS}


def test_no_check_is_named_twice() -> None:
    ids = [check.id for check in ALL_CHECKS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("version", PUBLISHED)
def test_every_check_has_its_line_in_every_published_rubric(version: str) -> None:
    assert {check.id for check in ALL_CHECKS} <= published(version).checks.keys()


@pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.id)
def test_every_check_has_its_test(check: Check) -> None:
    axis = published().checks[check.id].axis
    stem = check.id.replace("-", "_")
    found = list((ROOT / "tests" / "analyzers" / "checks" / axis).glob(f"test_{stem}*.py"))
    assert found, f"tests/analyzers/checks/{axis}/test_{stem}.py is missing"


@pytest.mark.parametrize("check", ALL_CHECKS, ids=lambda check: check.id)
def test_every_text_of_a_check_is_written(check: Check) -> None:
    for text in (check.question, check.why, check.how_measured, check.remedy, check.risk):
        assert text.strip()
        assert text[-1] in ".?"
    assert check.needs
    assert set(check.needs) <= {"hosts", "prometheus", "alertmanager", "agents", "context", "git", "tickets"}
