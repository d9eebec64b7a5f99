"""The two languages: catalogues, and sentences put into one of them."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from analyzers.model.message import Message
from exporters import formats, terms
from exporters.parts import Document, Parameter

DOMAIN = "pasencore"
LANGUAGES = ("fr", "en")
LOCALE = Path(__file__).parent / "locale"

Translate = Callable[[str], str]


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; English is the source and has none."""
    return gettext.translation(DOMAIN, LOCALE, languages=[lang], fallback=True)


def translator(lang: str) -> Translate:
    """Return the function that translates an English template; what the catalogue lacks stays English.

    Raises
    ------
    ValueError
        When `lang` is not one of `LANGUAGES`.
    """
    if lang not in LANGUAGES:
        message = f"no catalogue for {lang!r}: languages are {', '.join(LANGUAGES)}"
        raise ValueError(message)
    catalogue = _catalogue(lang)
    return lambda template: catalogue.gettext(template) if template else ""


def install(lang: str) -> None:
    """Make the process's own gettext, which click speaks through, answer in `lang`.

    gettext reads the language from the environment at each sentence, so `LANGUAGE` is set for this process.
    """
    translator(lang)
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)


def check_label(check: str, lang: str) -> str:
    """Return the short name of a question, such as "Restauration prouvée"; spelt from its id where nobody named it."""
    english = terms.check_label(check)
    label = _catalogue(lang).pgettext("check", check) if lang != "en" else english
    return label if label != check else english


def term(kind: str, word: str, lang: str) -> str:
    """Return a word of a closed list (see `terms.KINDS`) for readers; "check" is a question's short name."""
    if kind == "check":
        return check_label(word, lang)
    english = terms.KINDS[kind].get(word)
    return word if english is None else translator(lang)(english)


def fill(template: str, parameters: Mapping[str, Parameter], lang: str) -> str:
    """Return an English `template` of ours in `lang`, with its parameters labelled and formatted for that language.

    A template that formats its own fields cannot be said in another language and stays English.
    """
    try:
        return _filled(template, parameters, lang)
    except formats.TemplateError:
        return template.format(**parameters)


def spoken(message: Message, lang: str) -> str:
    """Return a message in `lang`."""
    return fill(message.template, message.parameters, lang)


def sentence(document: Document, text: str, lang: str) -> str:
    """Return an English sentence of `document` in `lang`; one that nobody can translate comes back as it is."""
    known = document.texts.get(text)
    if known is None:
        return translator(lang)(text)
    try:
        return _filled(known.template, known.parameters, lang)
    except formats.TemplateError:
        return text


def _filled(template: str, parameters: Mapping[str, Parameter], lang: str) -> str:
    worded = {name: _worded(name, value, lang) for name, value in parameters.items()}
    try:
        return formats.fill(translator(lang)(template), worded)
    except formats.TemplateError:
        return formats.fill(template, worded)


def _worded(name: str, value: Parameter, lang: str) -> str:
    if isinstance(value, str):
        if name in terms.PARAMETERS:
            return term(name, value, lang)
        return formats.day_or_text(value, lang)
    return formats.plain_number(value, lang)
