from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from exporters.markdown import code, escape, markdown
from exporters.visible import visible
from tests.conftest import Golden
from tests.exporters import verdicts as v


def tokens(text: str) -> list[Token]:
    """Return every token of a text read as GitHub reads it: HTML, tables, strikethrough."""
    found = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    return [each for token in found for each in (token, *(token.children or ()))]


def shown(text: str) -> str:
    """Return the words that a reader sees."""
    return "".join(each.content for each in tokens(text) if each.type in {"text", "code_inline"})


@pytest.mark.parametrize(("name", "lang"), [("pas-encore", "fr"), ("pas-encore", "en"), ("oui", "fr"), ("non", "fr")])
def test_goldens(name: str, lang: str, golden: Golden) -> None:
    golden(f"exporters/{name}.{lang}.md", markdown(v.ALL[name](), lang=lang))


def test_golden_for_the_board(golden: Golden) -> None:
    golden("exporters/pas-encore.direction.fr.md", markdown(v.pas_encore(), lang="fr", reader="direction"))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("reader", ["operations", "direction"])
def test_nothing_of_a_hostile_estate_is_interpreted(lang: str, reader: str) -> None:
    text = markdown(v.hostile(), lang=lang, reader=reader)
    kinds = {each.type for each in tokens(text)}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "s_open", "code_block", "fence"}
    assert "\x1b" not in text
    headings = [each.tag for each in tokens(text) if each.type == "heading_open"]
    assert headings.count("h1") == 1


def test_every_row_of_a_table_has_the_columns_of_its_head() -> None:
    for found in (v.hostile(), v.crowded()):
        rows: list[int] = []
        for token in tokens(markdown(found, lang="fr")):
            if token.type == "table_open":
                rows = []
            elif token.type == "tr_open":
                rows.append(0)
            elif token.type in {"th_open", "td_open"}:
                rows[-1] += 1
            elif token.type == "table_close":
                assert len(set(rows)) == 1


def test_the_pipes_of_a_name_do_not_move_its_neighbours() -> None:
    rows = [line for line in markdown(v.hostile(), lang="en").splitlines() if line.startswith("| a\\|b\\|c |")]
    assert len(rows) == 1
    assert "| non |" in rows[0] or "| pas encore |" in rows[0]


ODD = st.one_of(st.text(max_size=60), st.text("[]()<>*_`~#|\\!&;-+=.:/@ \n1aé", max_size=30))


@given(ODD)
def test_escaped_text_shows_as_it_is(text: str) -> None:
    for line in (f"- x{escape(text)}", f"- {escape(text)}"):
        found = [each.type for each in tokens(line)]
        assert found.count("list_item_open") == 1
        assert not set(found) & {
            "hr",
            "html_inline",
            "html_block",
            "link_open",
            "image",
            "em_open",
            "heading_open",
            "fence",
        }
    assert shown(f"- x{escape(text)}").strip() == f"x{visible(text)}".strip()


@given(ODD)
def test_a_code_span_cannot_be_left(text: str) -> None:
    line = f"x {code(text)} y"
    spans = [each.content for each in tokens(line) if each.type == "code_inline"]
    assert len(spans) == 1
    assert spans[0].strip() == visible(text).strip()


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("1. not a list", "1\\. not a list"),
        ("1.5 d", "1.5 d"),
        ("# not a heading", "\\# not a heading"),
        ("- no item", "\\- no item"),
        ("a_b", "a\\_b"),
        ("http://x", "http:\\//x"),
    ],
)
def test_only_what_means_something_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_the_report_gives_evidence_with_its_source() -> None:
    text = markdown(v.pas_encore(), lang="en")
    assert "`web1` 0, measured, `host:web1` `/proc/meminfo`, 23 November 2026, 08:00 UTC" in text
    assert "`host:web1`" not in markdown(v.pas_encore(), lang="en", reader="direction")
