from __future__ import annotations

import base64
import hashlib
import itertools
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest

from exporters.html import anchor, html
from exporters.visible import visible
from tests.conftest import Golden
from tests.exporters import verdicts as v

VOID = {"meta", "rect", "line", "br", "hr", "img", "input", "link"}
CSS = resources.files("exporters").joinpath("templates", "report.css").read_text(encoding="utf-8")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    inside: list[str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Elements of a page in order; fails on a tag that is closed out of turn."""

    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), [each.tag for each in self.open])
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs), [each.tag for each in self.open]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for each in self.open:
            each.text += data

    def all(self, *tags: str) -> list[Element]:
        return [each for each in self.elements if each.tag in tags]


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open
    return page


@pytest.fixture(params=list(v.ALL))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize(("name", "lang"), [("pas-encore", "fr"), ("pas-encore", "en"), ("oui", "fr"), ("non", "fr")])
def test_goldens(name: str, lang: str, golden: Golden) -> None:
    golden(f"exporters/{name}.{lang}.html", html(v.ALL[name](), lang=lang))


def test_golden_for_the_board(golden: Golden) -> None:
    golden("exporters/pas-encore.direction.fr.html", html(v.pas_encore(), lang="fr", reader="direction"))


def test_nothing_comes_from_elsewhere_and_nothing_can_run(name: str) -> None:
    page = read(html(v.ALL[name](), lang="fr"))
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video")
    for element in page.elements:
        assert not {each for each in element.attributes if each.startswith("on") or each in {"src", "style", "action"}}
    assert all(str(each.attributes["href"]).startswith("#") for each in page.all("a"))
    assert "@import" not in CSS
    assert "url(" not in CSS


def test_the_policy_allows_our_style_and_nothing_else(name: str) -> None:
    page = read(html(v.ALL[name](), lang="en"))
    (style,) = page.all("style")
    policy = next(
        str(each.attributes["content"])
        for each in page.all("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_hostile_string_is_words_and_nothing_else(lang: str) -> None:
    text = html(v.hostile(), lang=lang)
    page = read(text)
    calm = read(html(v.non(), lang=lang))
    assert {each.tag for each in page.elements} <= {each.tag for each in calm.elements} | {"details", "summary", "pre"}
    assert "\x1b" not in text
    body = page.all("body")[0].text
    for each in v.HOSTILE:
        assert visible(each) in body


def test_landmarks_headings_and_language(name: str) -> None:
    page = read(html(v.ALL[name](), lang="fr"))
    assert page.all("html")[0].attributes["lang"] == "fr"
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.all(landmark)) == 1
    levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.all("h1")[0].text == v.ALL[name]().verdict.answer
    assert page.all("h1")[0].attributes["lang"] == "fr", "the answer stays French in an English page"


def test_ids_are_unique_and_links_lead_somewhere(name: str) -> None:
    page = read(html(v.ALL[name](), lang="fr"))
    ids = [str(each.attributes["id"]) for each in page.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    targets = {str(each.attributes["href"])[1:] for each in page.all("a")}
    assert targets <= set(ids)
    labels = {str(each.attributes["aria-labelledby"]) for each in page.all("section")}
    assert labels <= set(ids)


def test_tables_have_headers_and_bars_have_words(name: str) -> None:
    page = read(html(v.ALL[name](), lang="en"))
    assert all(each.attributes.get("scope") in {"row", "col"} for each in page.all("th"))
    assert len(page.all("table")) == len(page.all("thead"))
    for bar in page.all("svg"):
        assert bar.attributes.get("aria-hidden") == "true" or (
            bar.attributes["role"] == "img" and bar.attributes["aria-label"]
        )
    assert "Legibility: " in {str(each.attributes.get("aria-label"))[:12] for each in page.all("svg")}


def test_states_are_said_in_words_not_only_in_marks() -> None:
    page = read(html(v.pas_encore(), lang="en"))
    titles = " ".join(each.text for each in page.all("h4"))
    for state in ("failing", "to improve", "unknown", "not applicable", "waived", "reached"):
        assert f": {state}" in titles


def test_evidence_is_in_the_page_with_its_source_and_time() -> None:
    body = read(html(v.pas_encore(), lang="fr")).all("body")[0].text
    assert "/proc/meminfo" in body
    assert "23 novembre 2026 à 08:00 UTC" in body


def test_the_board_reads_risks_without_commands_evidence_or_ids() -> None:
    page = read(html(v.pas_encore(), lang="fr", reader="direction"))
    body = page.all("body")[0].text
    assert "A stop that nobody saw coming" in body
    assert not page.all("pre", "code")
    assert "/proc/meminfo" not in body
    assert "restore-proven" not in body


def test_long_lists_are_cut_and_counted() -> None:
    body = read(html(v.crowded(), lang="en")).all("body")[0].text
    assert "others, in verdict.json: 250" in body
    assert "and others: 220" in body


def test_a_page_of_300_hosts_stays_light() -> None:
    assert len(html(v.crowded(), lang="fr")) < 500_000


@pytest.mark.parametrize(
    ("check", "fragment"),
    [("restore-proven", "q-restore-proven"), ("<b>", None), ("a b", None), ("A", None), ("a", "q-a")],
)
def test_anchors_are_safe_and_different(check: str, fragment: str | None) -> None:
    assert re.fullmatch(r"q-[a-z0-9-]*", anchor(check))
    assert fragment is None or anchor(check) == fragment
    assert len({anchor(each) for each in ("<b>", "b", "B", "b ", "bb")}) == 5


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, as WCAG 2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def palettes() -> dict[str, dict[str, str]]:
    blocks = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{[^}]*\}", CSS)]
    light, dark, paper = blocks
    return {"light": light, "dark": light | dark, "paper": light | paper}


TEXTS = (
    "ink",
    "soft",
    "link",
    "oui",
    "non",
    "wait",
    "good",
    "weak",
    "bad",
    "unknown",
    "none",
    "waived",
)


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", ["page", "sheet"])
def test_text_is_read_easily_in_every_theme(theme: str, text: str, ground: str) -> None:
    palette = palettes()[theme]
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_the_parts_of_a_bar_are_told_apart_in_every_theme(theme: str) -> None:
    palette = palettes()[theme]
    assert contrast(palette["ink"], palette["code"]) >= 4.5
    for proved in ("proved", "short"):
        assert contrast(palette[proved], palette["beyond"]) >= 3
    assert contrast(palette["mark"], palette["possible"]) >= 3


@pytest.mark.browser
@pytest.mark.parametrize("name", ["pas-encore", "hostile"])
def test_a_browser_refuses_nothing_of_the_page(name: str, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    assert chromium is not None
    page = tmp_path / "report.html"
    page.write_text(html(v.ALL[name](), lang="fr"), encoding="utf-8")
    done = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--enable-logging=stderr",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert "CONSOLE" not in done.stderr
    assert v.ALL[name]().verdict.answer in done.stdout
