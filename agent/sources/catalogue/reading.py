"""What every format shares: files opened once and bounded, faults gathered, one line each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from agent.errors import UsageError
from agent.input_file import ForbiddenFileError, read_bounded
from agent.sources.circles import circles
from agent.untrusted import clean_text
from agent.yaml_text import Node, read_documents
from analyzers.model.catalogue import CatalogueEntry, CatalogueFile, CatalogueKind, KnownHost
from analyzers.model.message import N_, Message, message
from analyzers.model.reasons import Reason

Item = TypeVar("Item", CatalogueEntry, KnownHost)

MOST_BYTES = 4 << 20
MOST_FILES = 2000
"""Files read of one tree."""

MOST_ITEMS = 20_000
"""Entries or hosts kept of one file."""

MOST_SAID = 20
"""Faults told one by one for one file."""

LONGEST_NAME = 200


@dataclass(slots=True)
class Reading:
    """One kind of file, read into `files`; what is to be said stands in `said`."""

    kind: CatalogueKind
    files: list[CatalogueFile] = field(default_factory=list)
    said: list[UsageError] = field(default_factory=list)

    def say(self, what: Message, where: str, line: int = 0, remedy: Message | str = "") -> None:
        """Note a fault at a line of a file."""
        place = f"{where}:{line}" if line else where
        if sum(each.where.startswith(f"{where}:") for each in self.said) < MOST_SAID:
            self.said.append(UsageError(what, place, remedy))

    def content(self, path: Path) -> bytes | None:
        """Return the bytes of a file, None when it cannot be read: said, and kept as a file that was not read."""
        try:
            return read_bounded(path, MOST_BYTES)
        except UsageError as error:
            self.refuse(path, error)
            return None

    def documents(self, path: Path, content: bytes) -> tuple[Node, ...] | None:
        """Return the YAML documents of a file, None when it is not YAML: said, and kept as not read."""
        try:
            return read_documents(content, str(path))
        except UsageError as error:
            self.refuse(path, error)
            return None

    def refuse(self, path: Path, error: UsageError) -> None:
        """Keep a file that cannot be read, with the reason."""
        reason: Reason = "no_permission" if isinstance(error, ForbiddenFileError) else "unreadable"
        self.said.append(error)
        self.files.append(CatalogueFile(kind=self.kind, file=str(path), date=dated(path), reason=reason))

    def keep(self, path: Path, entries: Sequence[CatalogueEntry] = (), hosts: Sequence[KnownHost] = ()) -> None:
        """Keep what a file declares, each name once: the first counts."""
        if len(entries) + len(hosts) > MOST_ITEMS:
            self.say(message(N_("only the first {most} items are kept"), most=MOST_ITEMS), str(path))
        self.files.append(
            CatalogueFile(
                kind=self.kind,
                file=str(path),
                date=dated(path),
                entries=tuple(self._once(entries[:MOST_ITEMS], path)),
                hosts=tuple(self._once(hosts[: max(0, MOST_ITEMS - len(entries))], path)),
            )
        )

    def _once(self, given: Sequence[Item], path: Path) -> Iterator[Item]:
        seen: dict[tuple[str, str], int] = {}
        for each in given:
            kind = str(getattr(each, "kind", "host"))
            first = seen.setdefault((kind, each.name.casefold()), each.line)
            if first == each.line:
                yield each
            else:
                what = message(
                    N_("'{name}' again, first on line {first}: the first counts"), name=each.name, first=first
                )
                self.say(what, str(path), each.line, message(N_("keep one of the two")))

    def circular(self, needs: Mapping[str, Sequence[str]], places: Mapping[str, tuple[str, int]]) -> None:
        """Say each circle of dependencies, at the entry that closes it."""
        for name, circle in circles(needs):
            where, line = places[name]
            self.say(message(N_("circular: {circle}"), circle=circle), where, line)


def dated(path: Path) -> dt.date:
    """Return the day on which a file last changed, UTC; the epoch when nobody may know."""
    try:
        seconds = path.stat().st_mtime
    except OSError:
        seconds = 0.0
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date()


def word(node: Node | None) -> str:
    """Return a name that a node gives, cleaned; empty when it gives none."""
    if node is None or isinstance(node.value, tuple | Mapping) or node.value is None:
        return ""
    return clean_text(node.text.strip(), LONGEST_NAME)


def items(node: Node | None) -> tuple[Node, ...]:
    """Return the elements of a list, one for a lone value, none for nothing."""
    if node is None or node.value is None:
        return ()
    return node.value if isinstance(node.value, tuple) else (node,)


def fields(node: Node | None) -> Mapping[str, Node]:
    """Return the keys of a mapping, none for anything else."""
    return node.value if node is not None and isinstance(node.value, Mapping) else {}
