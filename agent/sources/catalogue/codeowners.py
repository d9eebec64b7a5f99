"""CODEOWNERS: who answers for the code and the configuration of a service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from agent.sources.catalogue.reading import LONGEST_NAME, Reading
from agent.untrusted import clean_text
from analyzers.model.catalogue import CatalogueEntry
from analyzers.model.context import GitSource
from analyzers.model.message import N_, message

NO_SERVICE = frozenset(
    {"", "*", "**", ".github", ".gitlab", "docs", "doc", "src", "tests", "test", "lib", "roles", "services"}
)
"""Folders that hold services, or nothing of a service, and are none."""

_OWNER = re.compile(r"@[\w.\-/]+|[^@\s]+@[^@\s]+\.[^@\s]+")


def read_codeowners(path: Path, git: Iterable[GitSource] = ()) -> Reading:
    """Return who owns what each rule names: the assets that a repository maps to its pattern, else its folders.

    The last rule that speaks of a name counts, as in the file.
    """
    reading = Reading("codeowners")
    content = reading.content(path)
    if content is None:
        return reading
    assets = {_bare(pattern): asset for source in git for pattern, asset in source.assets.items()}
    found: dict[str, CatalogueEntry] = {}
    for line, pattern, owners in _rules(content, path, reading):
        for name in _names(pattern, assets):
            found.pop(name, None)
            found[name] = CatalogueEntry(name=name, line=line, kind="ownership", owners=owners)
    reading.keep(path, tuple(found.values()))
    return reading


def _rules(content: bytes, path: Path, reading: Reading) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    default: tuple[str, ...] = ()
    for line, text in enumerate(content.decode("utf-8-sig", "replace").splitlines(), 1):
        stripped = text.split(" #")[0].strip()
        if not stripped or stripped.startswith("#"):
            continue
        if re.match(r"\^?\[", stripped):
            default = _owners(stripped.rpartition("]")[2].split())
            continue
        pattern, *words = re.split(r"(?<!\\)\s+", stripped)
        owners = _owners(words)
        if len(owners) < len(words):
            what = message(
                N_("'{word}' is no owner"), word=next(each for each in words if not _OWNER.fullmatch(each))[:80]
            )
            reading.say(what, str(path), line, message(N_("write @name, @organisation/team or an address")))
        yield line, pattern.replace("\\ ", " "), owners if words else default


def _owners(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(clean_text(each.removeprefix("@"), LONGEST_NAME) for each in words if _OWNER.fullmatch(each))


def _bare(pattern: str) -> str:
    return re.sub(r"/?\*+$", "", pattern).strip("/")


def _names(pattern: str, assets: dict[str, str]) -> Iterator[str]:
    bare = _bare(pattern)
    if bare in assets:
        yield assets[bare]
        return
    for part in bare.split("/"):
        stem = part.rpartition(".")[0] or part
        if stem not in NO_SERVICE and not re.search(r"[*?\[]", stem):
            yield clean_text(stem, LONGEST_NAME)
