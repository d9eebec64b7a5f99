"""Text from hosts, servers and files, made harmless for a terminal and honest for a reader."""

from __future__ import annotations

import unicodedata

_SPACES = {"\t": " ", "\n": " ", "\r": " "}


def visible(text: str) -> str:
    r"""Return `text` on one line, with control, bidirectional, zero-width and private characters spelt out.

    An escape code reads ``\x1b``; line breaks and tabs become spaces.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_SPACES.get(char) or (_spelt(char) if _hidden(char) else char) for char in text)


def _hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _spelt(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004
