"""Text that others wrote, made harmless: no terminal escape, no hidden direction, no endless string."""

from __future__ import annotations

import re

MOST_CHARACTERS = 64 << 10
"""Longest string that is kept."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Controls (C0 but tab and newline, DEL, C1), marks that turn the direction of text or end a line, no characters.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


_ESCAPED = re.compile(rb'\\[^n"\\/t]')
"""What stands for another character in JSON text; the two that `clean` keeps, and what must be escaped, are none."""

_WINDOW = MOST_CHARACTERS // 2
"""Where each window of the text holds a quote, no string is longer than two of them."""


def harmless(text: bytes) -> bool:
    """Tell whether JSON text holds no string that `clean` would change; False when in doubt. Takes a linear time."""
    if _ESCAPED.search(text):
        return False
    if any(text.find(b'"', at, at + _WINDOW) < 0 for at in range(0, len(text) - _WINDOW, _WINDOW)):
        return False
    if text.isascii():
        return b"\x7f" not in text
    try:
        return _HARMFUL.search(text.decode()) is None
    except UnicodeDecodeError:
        return False


def clean_text(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return the text with each harmful character replaced by U+FFFD, cut after `most` characters with an ellipsis."""
    if len(text) > most:
        text = text[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"
    if text.isascii() and text.isprintable():
        return text
    return _HARMFUL.sub(REPLACEMENT, text.replace("\r\n", "\n"))


def clean(value: object) -> object:
    """Return nested lists (tuples become lists) and mappings with every string cleaned, keys included."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    return value
