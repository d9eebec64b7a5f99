"""The board's page: what it says, and what it must not."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from exporters import parts
from exporters.board.page import MOST, PLAIN_LABELS, Page
from exporters.html import html
from exporters.markdown import markdown
from exporters.reading import Reading
from exporters.text import text
from exporters.visible import visible
from tests.exporters import verdicts as v

replace = msgspec.structs.replace

WRITERS = {"text": text, "markdown": markdown, "html": html}


def page(name: str, lang: str = "en") -> Page:
    return Page(reading=Reading(document=v.ALL[name](), lang=lang, reader="direction"))


@pytest.mark.parametrize("name", ["pas-encore", "non", "crowded"])
def test_three_of_each_at_most_and_never_none(name: str) -> None:
    found = page(name)
    for part in (found.reasons, found.risks):
        assert 1 <= len(part) <= MOST
    assert len(found.steps) <= MOST
    assert bool(found.unknown) == (name != "non"), "in that estate everything was seen"


def test_a_oui_says_why_and_asks_for_nothing() -> None:
    found = page("oui")
    assert [each.title for each in found.reasons] == ["Foundations", "Evidence"]
    assert found.steps == ()
    assert found.total == "Nothing more is needed: the project may start."


def test_what_forbids_a_yes_by_itself_comes_first() -> None:
    found = v.pas_encore()
    worst = next(each for each in found.findings if each.redhibitoire)
    failed = replace(worst, outcome="measured", low=0.0, high=0.0, measured_only=parts.Range(low=0.0, high=0.0))
    findings = tuple(failed if each.check == worst.check else each for each in found.findings)
    said = Page(reading=Reading(document=replace(found, findings=findings), lang="en", reader="direction"))
    assert said.reasons[0].title == said.reading.label(worst.check)
    assert "forbids a yes by itself" in said.reasons[0].said


def test_an_unknown_is_no_risk_but_is_said_to_be_unknown() -> None:
    found = page("pas-encore")
    unknown = {found.reading.label(each.check) for each in v.pas_encore().findings if each.outcome == "unknown"}
    assert not unknown & {each.title for each in found.risks}
    assert any(str(len(unknown)) in each for each in found.unknown)


def test_what_could_be_gamed_is_on_the_page() -> None:
    base = v.pas_encore()
    confrontation = replace(base.confrontation, doubled=True)
    declared = (parts.DeclaredEmptyPart(block="providers: []", checks=("provider-kpis",)),)
    said = Page(
        reading=Reading(document=replace(base, confrontation=confrontation, declared_empty=declared), lang="en")
    ).unknown
    assert "The discount is doubled: too many declarations proved false." in said
    assert any("providers: []" in each for each in said)
    assert any("waiver" in each for each in said)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", ["pas-encore", "oui", "non", "crowded"])
def test_no_acronym(name: str, lang: str) -> None:
    """Names of questions in PLAIN_LABELS are said in plain words; the rest of the page holds none."""
    shown = text(v.ALL[name](), lang=lang, width=200, reader="direction")
    assert re.findall(r"\b[A-Z]{2,}s?\b", shown) == []


@pytest.mark.parametrize("check", sorted(PLAIN_LABELS))
def test_jargon_has_a_plain_name_in_both_languages(check: str) -> None:
    for lang in ("fr", "en"):
        said = Page(reading=Reading(document=v.pas_encore(), lang=lang))._label(check)
        assert not re.search(r"\b(AI|IA|SLA|KPI)", said)


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_no_host_no_person_no_command(form: str) -> None:
    shown = WRITERS[form](v.pas_encore(), lang="en", reader="direction")
    for subject in {name for each in v.pas_encore().findings for name in each.subjects}:
        assert not re.search(rf"\b{re.escape(subject)}\b", shown)
    for word in ("a.martin", "sudo", "pasencore explain", "127.0.0.1"):
        assert word not in shown


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_hostile_words_stay_words(lang: str) -> None:
    shown = html(v.hostile(), lang=lang, reader="direction")
    assert "<script" not in shown
    assert "\x1b" not in shown
    assert visible(v.HOSTILE[4]) in shown


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", ["pas-encore", "non", "crowded"])
def test_it_prints_on_one_sheet(name: str, lang: str, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    assert chromium is not None
    source, printed = tmp_path / "page.html", tmp_path / "page.pdf"
    source.write_text(html(v.ALL[name](), lang=lang, reader="direction"), encoding="utf-8")
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
    subprocess.run(
        [
            chromium,
            *quiet,
            f"--user-data-dir={tmp_path / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={printed}",
            source,
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == 1
