"""What other files already declare: catalogues, compose files, owners of code, inventories; each with its line."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from analyzers.model.facts import Fact
from analyzers.model.reasons import Reason

CatalogueKind = Literal["backstage", "compose", "codeowners", "ansible", "inventory"]


class Need(Fact, frozen=True, kw_only=True):
    """A name that an entry depends on."""

    name: str
    line: int


class CatalogueEntry(Fact, frozen=True, kw_only=True):
    """A service that a file declares.

    Attributes
    ----------
    kind
        "service": an entry of a catalogue. "ownership": somebody answers for what bears the name, no more.
    aliases
        Other names under which it is observed; ``*`` stands for anything.
    """

    name: str
    line: int
    kind: Literal["service", "ownership"] = "service"
    aliases: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    depends_on: tuple[Need, ...] = ()


class KnownHost(Fact, frozen=True, kw_only=True):
    """A host that an inventory names."""

    name: str
    line: int
    aliases: tuple[str, ...] = ()
    owner: str = ""


class CatalogueFile(Fact, frozen=True, kw_only=True):
    """A file that was read; `reason` tells why it was not, `date` the day of its last change."""

    kind: CatalogueKind
    file: str
    date: dt.date
    reason: Reason | None = None
    entries: tuple[CatalogueEntry, ...] = ()
    hosts: tuple[KnownHost, ...] = ()
