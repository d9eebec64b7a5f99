"""Numbers, dates and templates, written for a language. Standard library only: Babel stays at build time."""

from __future__ import annotations

import datetime as dt
import math
import re
import string
from collections.abc import Mapping

NARROW = "\u202f"
"""Narrow no-break space: before ; : ! ? % and between thousands, in French."""

MONTHS = {
    "fr": (
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


class TemplateError(ValueError):
    """A template asks for what it was not given, or for more than plain ``{name}`` fields."""


def fill(template: str, parameters: Mapping[str, str]) -> str:
    """Return `template` with its ``{name}`` fields replaced.

    Only plain names are understood: templates also come from files, and ``str.format`` would follow
    attributes and obey widths found there.

    Raises
    ------
    TemplateError
        When a field has no parameter, or is not a plain name.
    """
    parts = []
    try:
        for literal, field, spec, conversion in string.Formatter().parse(template):
            parts.append(literal)
            if field is None:
                continue
            if spec or conversion or field not in parameters:
                message = f"field {field!r} of {template!r} cannot be filled"
                raise TemplateError(message)
            parts.append(parameters[field])
    except ValueError as error:
        raise TemplateError(str(error)) from error
    return "".join(parts)


def plain_number(value: float, lang: str) -> str:
    """Return a number inside a sentence: at most two decimals, no thousands (it may be a port or a year)."""
    text = str(round(value, 2)).removesuffix(".0")
    return text.replace(".", ",") if lang == "fr" else text


def number(value: float, lang: str, decimals: int = 0) -> str:
    """Return a quantity, thousands apart, with at most `decimals` decimals."""
    text = f"{value:,.{decimals}f}"
    if decimals:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", NARROW).replace(".", ",") if lang == "fr" else text


def percent(share: float, lang: str) -> str:
    """Return a share in [0, 1] as a whole percentage, rounded down: a report never boasts."""
    whole = int(share * 100 + 1e-9)
    return f"{whole}{NARROW}%" if lang == "fr" else f"{whole}%"


def day(date: dt.date, lang: str) -> str:
    """Return ``20 novembre 2026``."""
    first = "1er" if lang == "fr" and date.day == 1 else str(date.day)
    return f"{first} {MONTHS[lang][date.month - 1]} {date.year}"


def moment(when: dt.datetime, lang: str) -> str:
    """Return ``20 novembre 2026 à 08:00 UTC``; `when` knows its offset."""
    utc = when.astimezone(dt.UTC)
    at = " à " if lang == "fr" else ", "
    return f"{day(utc.date(), lang)}{at}{utc:%H:%M} UTC"


def day_or_text(text: str, lang: str) -> str:
    """Return an ISO day as a date for readers, any other text as it is."""
    if _ISO_DAY.match(text):
        try:
            return day(dt.date.fromisoformat(text), lang)
        except ValueError:
            return text
    return text


def span(low: float, high: float, lang: str) -> str:
    """Return an interval of 0-100 in whole points, rounded outwards; one number when nothing is uncertain."""
    if low == high:
        return number(low, lang, 1)
    return f"{math.floor(low)}\N{EN DASH}{math.ceil(high)}"


def size(count: float, lang: str) -> str:
    """Return a number of bytes in the unit that fits, powers of 1 000."""
    units = ("o", "ko", "Mo", "Go", "To") if lang == "fr" else ("B", "kB", "MB", "GB", "TB")
    scale = 0
    while count >= 1000 and scale < len(units) - 1:  # noqa: PLR2004 - powers of 1 000
        count /= 1000
        scale += 1
    space = NARROW if lang == "fr" else " "
    return f"{number(count, lang, 1 if scale else 0)}{space}{units[scale]}"
