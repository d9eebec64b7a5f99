"""Which language people read: ``--lang``, then PASENCORE_LANG, then the locale, then French."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def chosen_language(arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> str:
    """Return "fr" or "en" from a command line and an environment; a locale in any third language reads English."""
    surroundings = os.environ if environment is None else environment
    for asked in (_option(arguments), surroundings.get("PASENCORE_LANG", "")):
        if asked[:2].lower() in {"fr", "en"}:
            return asked[:2].lower()
    for variable in LOCALE_VARIABLES:
        value = surroundings.get(variable, "")
        if value:
            return _from_locale(value)
    return "fr"


def _option(arguments: Sequence[str]) -> str:
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return ""


def _from_locale(value: str) -> str:
    language = value.split(".", maxsplit=1)[0].split("@", maxsplit=1)[0].lower()
    if language in {"c", "posix", ""} or language.startswith("fr"):
        return "fr"
    return "en"
