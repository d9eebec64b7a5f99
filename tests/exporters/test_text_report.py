from __future__ import annotations

import re

import msgspec
import pytest
from rich.cells import cell_len

from exporters.text import text
from tests.conftest import Golden
from tests.exporters import verdicts as v

LANGUAGES = ("fr", "en")


@pytest.mark.parametrize("name", ["pas-encore", "oui", "non"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_goldens(name: str, lang: str, golden: Golden) -> None:
    golden(f"exporters/{name}.{lang}.txt", text(v.ALL[name](), lang=lang))


def test_golden_for_the_board(golden: Golden) -> None:
    golden("exporters/pas-encore.direction.fr.txt", text(v.pas_encore(), lang="fr", reader="direction"))


def test_golden_of_a_wide_first_screen(golden: Golden) -> None:
    golden("exporters/pas-encore.120.fr.txt", text(v.pas_encore(), lang="fr", width=120, details=False))


@pytest.mark.parametrize("name", v.ALL)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_screen_fits_80_by_24(name: str, lang: str) -> None:
    lines = text(v.ALL[name](), lang=lang, width=80, details=False).splitlines()
    assert len(lines) <= 23
    assert "pas encore" in lines[1] or "oui" in lines[1] or "non" in lines[1]


@pytest.mark.parametrize("name", v.ALL)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [44, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(name: str, lang: str, width: int) -> None:
    for line in text(v.ALL[name](), lang=lang, width=width).splitlines():
        assert cell_len(line) <= width, line


@pytest.mark.parametrize("name", v.ALL)
def test_without_colour_there_is_no_escape_no_odd_space_and_no_trailing_one(name: str) -> None:
    shown = text(v.ALL[name](), lang="fr", colour=False)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ue000-\uf8ff]", shown)
    assert not re.search(r"[ \t]$", shown, re.MULTILINE)


def test_colour_says_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "20")
    coloured = text(v.pas_encore(), lang="fr", colour=True)
    assert "\x1b[1;30;43m" in coloured
    bare = "\n".join(line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).split("\n"))
    assert bare == text(v.pas_encore(), lang="fr", colour=False)


def test_escapes_of_hosts_do_not_reach_a_coloured_terminal() -> None:
    shown = text(v.hostile(), lang="fr", colour=True)
    assert set(re.findall(r"\x1b[^m]*m", shown)) == set(re.findall(r"\x1b\[[0-9;]+m", shown))
    assert "\x1b[2J" not in shown
    assert "\\x1b[2J" in shown
    assert "\\x1b[31mred\\x1b[0m" in shown


def test_markup_of_hosts_is_not_interpreted() -> None:
    assert "[bold]rich[/bold]" in text(v.hostile(), lang="fr")


def test_lines_do_not_break_at_a_no_break_space() -> None:
    for width in range(44, 120):
        for line in text(v.pas_encore(), lang="fr", width=width).splitlines():
            assert not re.match(r"\s*([:;!%»\u202f]|\?(?! ))", line), (width, line)


def test_the_screen_says_what_lacks_why_and_what_to_keep_in_mind() -> None:
    shown = " ".join(text(v.pas_encore(), lang="en", details=False).split())
    for said in (
        "pas encore",
        "Foundations and evidence are lacking.",
        "Prerequisite Processes: between 32 and 62, 70 needed.",
        "other reasons below: 9",
        "[████░░│░░··] 42–79",
        "Way to oui: 21 d in all",
        "1.2 d",
        "Blind spots: 3 (reading was not allowed 2, no answer in time 1)",
        "Declared empty: providers: []",
        "Declarations disproved: 1",
        "Waivers: 1",
    ):
        assert said in shown


def test_a_doubled_discount_is_said_on_the_first_screen() -> None:
    calm = msgspec.structs.replace(v.hostile(), blind_spots=(), declared_empty=())
    assert "Discount on declarations doubled to 60%" in text(calm, lang="en", details=False)


def test_the_first_screen_is_what_the_whole_report_begins_with() -> None:
    whole, first = (text(v.crowded(), lang="fr", details=details) for details in (True, False))
    assert whole.startswith(first)


def test_details_give_outcome_subjects_remedy_command_and_sources() -> None:
    shown = " ".join(text(v.pas_encore(), lang="en").split())
    for said in (
        "✗ Alerts actionable (alerts-actionable) [███░│······] 33–34",
        "Concerned: Alert1, Alert2, Alert3, Alert4",
        "Remedy: Put right: alerts actionable. (2.4 d)",
        "$ pasencore explain alerts-actionable",
        "? Jobs mastered (jobs-mastered)",
        "Unknown: reading was not allowed; would answer: the agent on the hosts, the context file",
        "In part unknown: reading was not allowed",
        "Waived by a.martin until 31 March 2027 (host legacy1): vendor end 2027-03",
        "The context file declares that there is none (providers: []).",
        "Restore proven, db1: declared 100, measured 0 of 100",
        "$ setfacl -m u:pasencore:r /etc/sudoers",
        "Queries: 41; samples: 123,456; read: 7.3 MB; seconds: 8.2, of processor: 1.5.",
        "Known by one person only (1): facturation.",
        "Services orphaned at worst when one, two or three persons leave: 1, 1, 2.",
        "Knowledge held outside the company: 25%; by persons of no declared employer: 10%.",
        "Departures after which a team has lost its knowledge: infra 2.",
    ):
        assert said in shown


def test_long_lists_of_subjects_are_cut_and_counted() -> None:
    shown = " ".join(text(v.crowded(), lang="en").split())
    assert "and others: 248" in shown
    assert "others, in verdict.json: 290" in shown


def test_a_non_without_conditions_says_so() -> None:
    found = v.non()
    found = msgspec.structs.replace(found, verdict=msgspec.structs.replace(found.verdict, conditions=()))
    assert "No set of actions was found that leads to oui." in text(found, lang="en", details=False)
