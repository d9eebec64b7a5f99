"""Laws of every exporter, over random verdicts with random words in them."""

from __future__ import annotations

import json as stdlib_json
import unicodedata
from fractions import Fraction
from random import Random

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from rich.cells import cell_len

from analyzers.model.snapshot import BlindSpot, Cost, Origin
from analyzers.scoring.verdict import decide
from exporters.document import document, read_document, schema
from exporters.html import html
from exporters.json import json
from exporters.markdown import markdown
from exporters.metrics import metrics
from exporters.parts import Document
from exporters.text import text
from tests import builders as b
from tests.analyzers.scoring import worlds
from tests.exporters import verdicts as v
from tests.exporters.test_html_report import read
from tests.exporters.test_markdown_report import tokens

some = settings(max_examples=25, deadline=None)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=25) | st.sampled_from(v.HOSTILE)
READERS = st.sampled_from(["operations", "direction"])
LANGUAGES = st.sampled_from(["fr", "en"])


def judged(random: Random, words: list[str]) -> Document:
    """Return the document of a random verdict whose free texts are `words`."""
    rubric, found = worlds.world(random)
    checks = [v.check(each, found[each], question=random.choice(words), remedy=random.choice(words)) for each in found]
    return document(
        decide(worlds.measurements(found), rubric, worlds.policy()),
        rubric=rubric,
        tool=random.choice(words),
        taken_at=b.NOW,
        snapshot_sha256=v.SHA,
        blind_spots=[BlindSpot(what=each, where=each, reason="partial", grant=each) for each in words],
        origins=[Origin(kind=each, where=each, detail=each) for each in words],
        cost=Cost(),
        questions=checks,
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return judged(draw(worlds.randoms), draw(st.lists(WORDS, min_size=1, max_size=6)))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema())


LINES_OF_A_SHEET = 72
"""Lines that one sheet of A4 holds when a terminal's page is printed in small type."""


@some
@given(documents())
def test_json_follows_the_schema_and_reads_back(validator, found: Document) -> None:
    written = json(found)
    validator.validate(stdlib_json.loads(written))
    assert read_document(written.encode()) == found


@some
@given(worlds.randoms)
def test_shown_scores_hold_the_exact_ones(random: Random) -> None:
    rubric, populations = worlds.world(random)
    verdict = decide(worlds.measurements(populations), rubric, worlds.policy())
    found = document(
        verdict, rubric=rubric, tool="0.1.0", taken_at=b.NOW, snapshot_sha256=v.SHA, cost=Cost(), questions=()
    )
    shown = [score for _, score in (*found.axes.items(), *found.prerequisites.items())]
    for exact, score in zip((*verdict.axes, *verdict.prerequisites), shown, strict=True):
        assert Fraction(str(score.low)) <= exact.interval.low * 100
        assert exact.interval.high * 100 <= Fraction(str(score.high))
        assert Fraction(str(score.coverage)) <= exact.coverage
    for exact, part in zip(verdict.findings, found.findings, strict=True):
        assert Fraction(str(part.low)) <= exact.interval.low <= exact.interval.high <= Fraction(str(part.high))
    assert found.verdict.answer == verdict.judgement.answer


@some
@given(documents(), LANGUAGES, READERS, st.integers(min_value=44, max_value=160))
def test_text_fits_and_hides_nothing(found: Document, lang: str, reader: str, width: int) -> None:
    shown = text(found, lang=lang, width=width, reader=reader)
    for line in shown.split("\n"):
        assert cell_len(line) <= width
        assert not any(unicodedata.category(char) in {"Cc", "Cf", "Co"} for char in line)
    first = text(found, lang=lang, width=80, details=False, reader=reader)
    assert len(first.splitlines()) <= (23 if reader == "operations" else LINES_OF_A_SHEET)
    assert found.verdict.answer in first


@some
@given(documents(), LANGUAGES, READERS)
def test_html_is_well_formed_and_made_of_our_own_tags(found: Document, lang: str, reader: str) -> None:
    page = read(html(found, lang=lang, reader=reader))
    assert not page.all("script", "img", "link", "iframe")
    assert page.all("h1")[0].text == found.verdict.answer
    ids = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))


@some
@given(documents(), LANGUAGES, READERS)
def test_markdown_holds_no_html_and_no_link(found: Document, lang: str, reader: str) -> None:
    kinds = {each.type for each in tokens(markdown(found, lang=lang, reader=reader))}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "fence", "code_block"}


@some
@given(documents())
def test_metrics_parse_and_say_the_answer(found: Document) -> None:
    answers = {
        sample.labels["answer"]
        for family in text_string_to_metric_families(metrics(found))
        for sample in family.samples
        if sample.name == "pasencore_verdict" and sample.labels["scope"] == "estate" and sample.value == 1
    }
    assert answers == {found.verdict.answer.replace(" ", "_")}


@some
@given(documents(), LANGUAGES)
def test_every_exporter_gives_the_same_bytes_twice_and_after_a_round_trip(found: Document, lang: str) -> None:
    again = read_document(msgspec.json.encode(found))
    for one, other in (
        (json(found), json(again)),
        (text(found, lang=lang), text(again, lang=lang)),
        (html(found, lang=lang), html(again, lang=lang)),
        (markdown(found, lang=lang), markdown(again, lang=lang)),
        (metrics(found), metrics(again)),
    ):
        assert one == other
