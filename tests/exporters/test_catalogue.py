"""The French catalogue is whole: what is marked in the sources is translated, with the same fields, well spaced."""

from __future__ import annotations

import re
import string

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from exporters import formats
from exporters.locale import update

FRENCH = update.LOCALE / "fr" / "LC_MESSAGES" / "pasencore.po"


@pytest.fixture(scope="module")
def template() -> Catalog:
    return update.extracted()


@pytest.fixture(scope="module")
def french() -> Catalog:
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def texts(message: Message) -> list[tuple[str, str]]:
    """Return (English, French) pairs, plural forms apart."""
    if isinstance(message.id, str):
        return [(message.id, message.string)] if message.string else []
    return [(message.id[min(form, 1)], said) for form, said in enumerate(message.string) if said]


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def test_every_sentence_of_the_sources_is_translated(template: Catalog, french: Catalog) -> None:
    missing = []
    left = {(each.id, each.context) for each in update.untranslated(french)}
    for message in template:
        known = french.get(message.id, message.context)
        if message.id and (known is None or (known.id, known.context) in left):
            missing.append(f"{message.id!r} ({', '.join(sorted({place for place, _ in message.locations}))})")
    assert not missing, f"{len(missing)} sentences to translate:\n" + "\n".join(missing)


def test_the_catalogue_holds_nothing_that_no_source_says(template: Catalog, french: Catalog) -> None:
    idle = [each.id for each in french if each.id and template.get(each.id, each.context) is None]
    assert not idle, "run: python exporters/locale/update.py"


def test_translations_have_the_fields_of_their_sentence(french: Catalog) -> None:
    wrong = []
    for message in french:
        for english, said in texts(message) if message.id else []:
            if "{" in english + said and fields(english) != fields(said):
                wrong.append((english, said))
            if re.findall(r"%\(\w+\)s", english) != re.findall(r"%\(\w+\)s", said):
                wrong.append((english, said))
    assert not wrong


def test_our_templates_ask_for_plain_fields_only(template: Catalog) -> None:
    """A reader's language formats numbers: a template that does would never be said in French."""
    for message in template:
        if message.id and isinstance(message.id, str) and message.locations[0][0] != "click":
            given = dict.fromkeys(fields(message.id), "x") if "{" in message.id else {}
            assert formats.fill(message.id, given)


def test_french_typography(french: Catalog) -> None:
    said = [each for message in french if message.id for _, each in texts(message)]
    assert [each for each in said if each != update.french_spaces(each)] == []
    assert [each for each in said if re.search(r"[A-Za-zé]'[A-Za-zé]", each)] == []


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("Pourquoi ?", "Pourquoi\u202f?"),
        ("a : b ; c ! 12 %", "a\u202f: b\u202f; c\u202f! 12\u202f%"),
        ("« oui »", "«\u202foui\u202f»"),
        ("host:port http://x", "host:port http://x"),
    ],
)
def test_french_spaces(text: str, spaced: str) -> None:
    assert update.french_spaces(text) == spaced
    assert update.french_spaces(spaced) == spaced
