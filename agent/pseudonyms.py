"""Pseudonyms of people: stable on one estate, meaningless elsewhere, put in place of names in whatever leaves."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

_WORD = re.compile(r"([^\W_]+)")
"""Letters and digits hold a word together; an underscore or a dash does not: ``backup_amartin.sh`` names somebody."""

_DIGITS = re.compile(r"[0-9a-f]{8}\Z")
_MARKS = frozenset({" ", ".", "_", "-"})
"""What may stand between a first and a last name: each is as good as another."""

Pieces = tuple[str, ...]
"""Words and what stands between them, in turn, beginning and ending with a word; case folded."""


class Pseudonyms:
    """Replaces the names of people by pseudonyms.

    Parameters
    ----------
    key
        The secret of this estate: without it nobody can try names until one fits.
    names
        Every known name of a person (see ``people_names.names_in``).
    things
        Names of services, hosts, units... that stay as they are, also where they hold the name of a person.
    standing
        For a name, the one that stands for all names of the same person: they share a pseudonym.
    """

    def __init__(
        self,
        key: bytes,
        names: Iterable[str] = (),
        things: Iterable[str] = (),
        standing: Mapping[str, str] | None = None,
    ) -> None:
        self._key = key
        self._standing = {_identity(name): first for name, first in (standing or {}).items()}
        kept = {_pieces(each) for each in things}
        self._hidden = {_pieces(form) for name in names for form in _spellings(name)} - kept - {()}
        self._known: dict[str, list[Pieces]] = {}
        for pieces in sorted((self._hidden | kept) - {()}, key=len, reverse=True):
            self._known.setdefault(pieces[0], []).append(pieces)

    def of(self, name: str) -> str:
        """Return the pseudonym of a person: ``p-`` and 8 hexadecimal digits of HMAC-SHA256, whatever the case."""
        identity = _identity(name)
        first = _identity(self._standing.get(identity, identity))
        return f"p-{hmac.new(self._key, first.encode('utf-8', 'replace'), hashlib.sha256).hexdigest()[:8]}"

    def scrub(self, text: str) -> str:
        """Return the text with every known name replaced, the longest first; twice does no more than once."""
        if not self._hidden:
            return text
        pieces = _WORD.split(text)
        folded = tuple(_fold(each) for each in pieces)
        result = pieces[:1]
        index = 1
        while index < len(pieces):
            length = 3 if _is_pseudonym(folded, index) else 0
            found = () if length else self._name_at(folded, index)
            length = length or len(found) or 1
            whole = "".join(pieces[index : index + length])
            result.append(self.of(whole) if found in self._hidden else whole)
            result.extend(pieces[index + length : index + length + 1])
            index += length + 1
        return "".join(result)

    def scrub_all(self, value: Any) -> Any:  # noqa: ANN401 - any document
        """Return nested mappings and lists with every string scrubbed, keys included."""
        if isinstance(value, str):
            return self.scrub(value)
        if isinstance(value, dict):
            return self._scrub_mapping(value)
        if isinstance(value, list | tuple):
            return type(value)(self.scrub_all(each) for each in value)
        return value

    def _scrub_mapping(self, mapping: dict[Any, Any]) -> dict[Any, Any]:
        scrubbed: dict[Any, Any] = {}
        for key, value in mapping.items():
            name = self.scrub(key) if isinstance(key, str) else key
            # Two names of one person become one pseudonym: neither of the two values may be lost.
            while name in scrubbed:
                name = f"{name}~"
            scrubbed[name] = self.scrub_all(value)
        return scrubbed

    def _name_at(self, folded: Pieces, index: int) -> Pieces:
        """Return the longest known name, of a person or of a thing, that begins at a word; empty when there is none."""
        for pieces in self._known.get(folded[index], ()):
            end = index + len(pieces)
            if folded[index:end] == pieces and not _is_pseudonym(folded, end - 1):
                return pieces
        return ()


def _is_pseudonym(folded: Pieces, index: int) -> bool:
    word, mark, digits = (*folded[index : index + 3], "", "", "")[:3]
    return (word, mark) == ("p", "-") and _DIGITS.match(digits) is not None


def _pieces(name: str) -> Pieces:
    return tuple(_fold(each) for each in _WORD.split(name)[1:-1])


def _fold(piece: str) -> str:
    return piece.casefold() if piece.isascii() else unicodedata.normalize("NFC", piece).casefold()


def _identity(name: str) -> str:
    """Return what all writings of a name have in common: its words, whatever the case and what stands between them."""
    words = _pieces(unicodedata.normalize("NFC", name))[::2]
    return ".".join(words) or name


def _spellings(name: str) -> Iterable[str]:
    """Yield a name composed and decomposed, and ``first.last`` with the other marks."""
    for form in {name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)}:
        yield form
        first, mark, last = form.partition(".")
        if mark and first.isalpha() and last.isalpha():
            yield from (f"{first}{each}{last}" for each in _MARKS)
