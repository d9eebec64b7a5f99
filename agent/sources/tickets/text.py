"""The text of an export: its encoding, its separator, its rows one by one, in bounded memory."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from agent.errors import UsageError
from agent.sources.tickets.headings import known
from analyzers.model.message import N_, message

LONGEST_LINE = 1 << 20
"""Characters: a longer line is no row of tickets."""

LONGEST_CELL = 128 << 10
"""Characters that one value may take, so that a quote that is never closed does not swallow the file."""

_CHUNK = 1 << 20
_SEPARATORS = ";,\t|"
_BLANK_LINES = 20
"""Lines without a heading that may come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of values and the line of the file that it starts on; `cells` is None when it cannot be read."""

    line: int
    cells: tuple[str, ...] | None


def encoding_of(stream: BinaryIO) -> str:
    """Return the encoding of a file, read once from where it stands to its end.

    UTF-8 and UTF-16 when they are what it says or holds, otherwise the Western encoding of Windows: any byte fits it.
    """
    first = stream.read(_CHUNK)
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(first)
        while piece := stream.read(_CHUNK):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def rows(stream: BinaryIO, encoding: str, where: str) -> Generator[Row]:
    """Yield the row of headings, then the rows of values; blank lines are left out.

    Raises
    ------
    UsageError
        When the file holds no text that could be an export.
    """
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        lines = _Lines(text, where)
        heading, separator = _heading(lines, where)
        yield heading
        width = len(heading.cells or ())
        reader = csv.reader(lines, delimiter=separator, strict=True)
        while True:
            first = lines.start()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            if (cells is None or len(cells) != width) and lines.more():
                # A stray quote joined lines that have nothing to do with each other: only the first is lost.
                lines.give_back()
                cells = None
            if cells is None or any(each.strip() for each in cells):
                yield Row(line=first, cells=tuple(cells) if cells is not None else None)
    finally:
        text.detach()


class _Lines:
    """The lines of a text, counted, none of them endless."""

    def __init__(self, text: io.TextIOWrapper, where: str) -> None:
        self._text, self._where = text, where
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= LONGEST_LINE and not line.endswith(("\n", "\r")):
            place = f"{self._where}:{self.number}"
            raise not_an_export(place)
        self._taken.append(line)
        return line

    def start(self) -> int:
        """Begin a row, and return the number of its first line."""
        self._taken.clear()
        return self.number + 1

    def more(self) -> bool:
        """Tell whether the row took more than one line."""
        return len(self._taken) > 1

    def give_back(self) -> None:
        """Give back the lines of the row but the first."""
        self._waiting.extendleft(reversed(self._taken[1:]))
        self.number -= len(self._taken) - 1


def _heading(lines: _Lines, where: str) -> tuple[Row, str]:
    """Return the row of headings and the separator with which it names most of what is looked for."""
    separators: Sequence[str] = _SEPARATORS
    for line in lines:
        if lines.number > _BLANK_LINES or "\0" in line:
            break
        stripped = line.strip()
        if not stripped.strip(_SEPARATORS + '"'):
            continue
        if stripped.casefold().startswith("sep=") and len(stripped) == len("sep=;"):
            separators = stripped[-1]
            continue
        read = {each: _cells(line, each) for each in separators}
        separator = max(separators, key=lambda each: (known(read[each]), len(read[each])))
        return Row(line=lines.number, cells=tuple(each.strip() for each in read[separator])), separator
    raise not_an_export(where)


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def not_an_export(where: str) -> UsageError:
    """Return the error of a file that is no table of tickets."""
    return UsageError(
        message(N_("not a CSV export of tickets")),
        where,
        message(N_("give a text file whose first row names its columns")),
    )
