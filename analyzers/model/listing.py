"""Entries of catalogue files, found by the names under which a service is observed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from analyzers.model.catalogue import CatalogueEntry, CatalogueFile, CatalogueKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An entry and the file that holds it."""

    kind: CatalogueKind
    file: str
    date: dt.date
    entry: CatalogueEntry

    @property
    def place(self) -> str:
        """File and line, as editors open them."""
        return f"{self.file}:{self.entry.line}"


@dataclass(frozen=True)
class Listing:
    """What every file declares, the first file first."""

    files: tuple[CatalogueFile, ...]

    @cached_property
    def entries(self) -> tuple[Listed, ...]:
        """Every entry, with its place."""
        return tuple(
            Listed(kind=file.kind, file=file.file, date=file.date, entry=entry)
            for file in self.files
            for entry in file.entries
        )

    @property
    def read(self) -> bool:
        """Tell whether a file that lists services was read."""
        return any(each.kind in {"backstage", "compose"} and each.reason is None for each in self.files)

    @cached_property
    def _by_name(self) -> dict[str, list[Listed]]:
        found: dict[str, list[Listed]] = {}
        for each in self.entries:
            found.setdefault(each.entry.name.casefold(), []).append(each)
        return found

    @cached_property
    def _aliases(self) -> dict[str, str]:
        services = (each.entry for each in self.entries if each.entry.kind == "service")
        return {alias: each.name for each in services for alias in (*each.aliases, each.name)}

    @cached_property
    def _patterns(self) -> tuple[tuple[str, str], ...]:
        return tuple((alias, name) for alias, name in self._aliases.items() if "*" in alias)

    def named(self, name: str) -> tuple[Listed, ...]:
        """Return the entries that bear a name."""
        return tuple(self._by_name.get(name.casefold(), ()))

    def meant(self, names: Iterable[str]) -> str:
        """Return the name of the entry that one of these observed names means, empty when none does."""
        given = [each for each in names if each]
        literal = next((self._aliases[each] for each in given if each in self._aliases), "")
        if literal:
            return literal
        return next((name for each in given for pattern, name in self._patterns if fnmatchcase(each, pattern)), "")
