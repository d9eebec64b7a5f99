from __future__ import annotations

import gettext
import os
import subprocess
import sys

import msgspec
import pytest

from analyzers.model.message import message
from exporters import i18n, terms
from exporters.parts import Sentence
from tests.exporters import verdicts as v

N = "\u202f"
SHORT = "Prerequisite {prerequisite}: between {low} and {high}, {bar} needed."
REASON = "Prerequisite processus: between 32 and 62, 70 needed."


def test_english_is_the_source() -> None:
    assert i18n.translator("en")("Why") == "Why"


def test_french_comes_from_the_catalogue() -> None:
    assert i18n.translator("fr")("Why") == "Pourquoi"


def test_what_the_catalogue_lacks_stays_english() -> None:
    assert i18n.translator("fr")("A sentence that nobody translated.") == "A sentence that nobody translated."


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_empty_text_is_not_the_header_of_the_catalogue(lang: str) -> None:
    assert i18n.translator(lang)("") == ""


@pytest.mark.parametrize("lang", ["", "de", "../fr", "fr_FR"])
def test_other_languages_are_refused(lang: str) -> None:
    with pytest.raises(ValueError, match="fr, en"):
        i18n.translator(lang)


def test_a_sentence_is_said_again_with_its_words_labelled() -> None:
    assert i18n.sentence(v.pas_encore(), REASON, "fr") == f"Prérequis Processus{N}: entre 32 et 62, il faut 70."
    assert i18n.sentence(v.pas_encore(), REASON, "en") == "Prerequisite Processes: between 32 and 62, 70 needed."


def test_a_sentence_without_parameters_is_its_own_template() -> None:
    said = i18n.sentence(v.pas_encore(), "Nothing that answers this question was seen.", "fr")
    assert said.startswith("Rien de ce qui")


def test_a_sentence_that_nobody_knows_comes_back() -> None:
    assert i18n.sentence(v.oui(), "db1 is {odd}", "fr") == "db1 is {odd}"


@pytest.mark.parametrize("template", ["{low.__class__}", "{absent}", "{low:>99999999999}", "{", "{0}"])
def test_a_hostile_template_gives_the_english_sentence(template: str) -> None:
    texts = {REASON: Sentence(template=template, parameters={"low": 1})}
    found = msgspec.structs.replace(v.pas_encore(), texts=texts)
    assert i18n.sentence(found, REASON, "fr") == REASON


@pytest.mark.parametrize(
    ("parameters", "french"),
    [
        ({"prerequisite": "donnees", "low": 12.5, "high": 60, "bar": 70}, "Données : entre 12,5 et 60, il faut 70."),
        (
            {"prerequisite": "odd", "low": 0, "high": "2026-11-20", "bar": 1},
            "odd : entre 0 et 20 novembre 2026, il faut 1.",
        ),
    ],
)
def test_parameters_are_written_for_the_language(parameters: dict, french: str) -> None:
    assert i18n.fill(SHORT, parameters, "fr") == f"Prérequis {french}".replace(" :", f"{N}:")


def test_a_message_of_the_domain_is_spoken() -> None:
    waived = message("{check}: waived, and a prerequisite cannot rest on a waiver.", check="patching")
    assert i18n.spoken(waived, "fr").startswith(f"Correctifs de sécurité{N}: sous dérogation")


@pytest.mark.parametrize(
    ("check", "french", "english"),
    [
        ("restore-proven", "Restauration prouvée", "Restore proven"),
        ("ai-policy", "Règles pour l’IA", "AI policy"),
        ("sla-realistic", "Engagements réalistes", "SLA realistic"),
        ("my-own-check", "My own check", "My own check"),
        ("", "", ""),
    ],
)
def test_questions_have_short_names(check: str, french: str, english: str) -> None:
    assert i18n.check_label(check, "fr") == french
    assert i18n.term("check", check, "en") == english


@pytest.mark.parametrize(
    ("kind", "word", "french"),
    [
        ("axis", "exploitation", "Exploitation"),
        ("answer", "pas encore", "pas encore"),
        ("reason", "timed_out", "pas de réponse à temps"),
        ("outcome", "waived", "sous dérogation"),
        ("source", "hosts", "l’agent sur les hôtes"),
        ("lens", "debt", "Dette de pilotage"),
        ("axis", "Error", "Error"),
    ],
)
def test_words_of_closed_lists(kind: str, word: str, french: str) -> None:
    assert i18n.term(kind, word, "fr") == french


def test_data_is_never_taken_for_a_word_of_ours() -> None:
    """A service may be called "Question"; only parameters of closed lists are translated."""
    assert i18n.fill("{name}: {what}", {"name": "Question", "what": "stale"}, "fr") == f"Question{N}: stale"
    assert "name" not in terms.PARAMETERS


CLICK = """
import sys
from exporters.i18n import install
install(sys.argv.pop(1))
import click
@click.command()
@click.argument("FILE")
@click.option("--count", type=int)
def main(file, count): pass
main()
"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--help"], ["Usage\u202f:", "Options", "Afficher cette aide et quitter."]),
        ([], ["Erreur\u202f: Il manque l’argument"]),
        (["--wrong"], ["L’option '--wrong' n’existe pas."]),
        (["f", "--count", "x"], ["Valeur incorrecte pour '--count'"]),
    ],
)
def test_click_speaks_french(arguments: list[str], expected: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLICK, "fr", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "de"},
    )
    for each in expected:
        assert each in done.stdout + done.stderr


def test_click_speaks_english_on_a_french_machine() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLICK, "en", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LANG": "fr_FR.UTF-8", "LANGUAGE": "fr"},
    )
    assert "Usage:" in done.stdout
    assert "Show this message and exit." in done.stdout


def test_install_refuses_other_languages_before_touching_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    domain = gettext.textdomain()
    with pytest.raises(ValueError, match="'de'"):
        i18n.install("de")
    assert os.environ["LANGUAGE"] == "fr"
    assert gettext.textdomain() == domain


def test_a_template_of_ours_that_formats_its_fields_stays_english() -> None:
    assert i18n.fill("{name!r} is odd", {"name": "x"}, "fr") == "'x' is odd"
