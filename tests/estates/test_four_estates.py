"""The four estates: the answer, the lack, and a golden of every report."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from analyzers.assess import assess
from analyzers.checks import ALL_CHECKS
from analyzers.rubric import Rubric, published
from exporters.document import Document, document
from exporters.html import html
from exporters.json import json
from exporters.markdown import markdown
from exporters.metrics import metrics
from exporters.text import text
from tests.estates.four import ESTATES

EXPECTED = {
    "ideal": ("oui", ()),
    "chaotic": ("non", ("foundations",)),
    "middle": ("pas encore", ("foundations",)),
    "blind": ("pas encore", ("evidence",)),
}


def built_only() -> Rubric:
    """Return the published rubric with only the questions that are built: what these estates can be judged on."""
    rubric = published()
    built = {check.id for check in ALL_CHECKS}
    checks = {check_id: rule for check_id, rule in rubric.checks.items() if check_id in built}
    return replace(rubric, version="built-checks", checks=checks)


def judged(name: str, rubric: Rubric) -> Document:
    snapshot = ESTATES[name]()
    return document(
        assess(snapshot, rubric),
        rubric=rubric,
        tool=snapshot.tool,
        taken_at=snapshot.taken_at,
        snapshot_sha256="0" * 64,
        blind_spots=snapshot.blind_spots,
        origins=snapshot.origins,
        cost=snapshot.cost,
        questions=ALL_CHECKS,
        history=snapshot.history,
    )


@pytest.mark.parametrize("name", ESTATES)
def test_each_estate_gets_its_answer(name: str) -> None:
    verdict = assess(ESTATES[name](), built_only()).judgement
    answer, lack = EXPECTED[name]
    assert verdict.answer == answer, [str(each) for each in verdict.reasons]
    assert set(lack) <= set(verdict.lack)


def test_the_ideal_estate_waits_for_the_questions_that_are_not_built() -> None:
    verdict = assess(ESTATES["ideal"](), published()).judgement
    if len(ALL_CHECKS) < len(published().checks):
        assert (verdict.answer, verdict.lack) == ("pas encore", ("evidence",))
    else:
        assert verdict.answer == "oui"


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", ESTATES)
def test_reports_are_as_they_were_looked_at(name: str, lang: str, golden) -> None:
    seen = judged(name, built_only())
    golden(f"estates/{name}.{lang}.txt", text(seen, lang=lang, width=100))
    golden(f"estates/{name}.{lang}.md", markdown(seen, lang=lang))
    golden(f"estates/{name}.{lang}.html", html(seen, lang=lang))


@pytest.mark.parametrize("name", ESTATES)
def test_what_machines_read_is_as_it_was(name: str, golden) -> None:
    seen = judged(name, built_only())
    golden(f"estates/{name}.json", json(seen))
    golden(f"estates/{name}.prom", metrics(seen))
