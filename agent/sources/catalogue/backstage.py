"""Backstage catalogues: Components, Resources and APIs of a tree of ``catalog-info.yaml``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from agent.errors import UsageError
from agent.sources.catalogue.reading import MOST_FILES, Reading, fields, items, word
from agent.yaml_text import Node
from analyzers.model.catalogue import CatalogueEntry, Need
from analyzers.model.message import N_, message

MARK = b"backstage.io/"
SERVICES = frozenset({"component", "resource", "api"})
PASSED_OVER = frozenset({"node_modules", "__pycache__", "vendor"})


def read_backstage(path: Path) -> Reading:
    """Return the entities that a file, or every YAML file below a folder, declares; each Location is followed once."""
    reading = Reading("backstage")
    waiting, seen = [path], set[Path]()
    while waiting:
        each = waiting.pop(0)
        if each.is_dir():
            waiting += _below(each, reading)
        elif each.resolve() not in seen:
            seen.add(each.resolve())
            waiting += _file(each, reading, given=each == path)
    entries = [(file.file, entry) for file in reading.files for entry in file.entries]
    places = {entry.name: (file, entry.line) for file, entry in reversed(entries)}
    reading.circular({entry.name: tuple(each.name for each in entry.depends_on) for _, entry in entries}, places)
    return reading


def _below(folder: Path, reading: Reading) -> list[Path]:
    found: list[Path] = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each not in PASSED_OVER)
        found += [Path(here, each) for each in sorted(names) if each.endswith((".yaml", ".yml"))]
        if len(found) > MOST_FILES:
            reading.say(message(N_("only the first {most} files are read"), most=MOST_FILES), str(folder))
            return found[:MOST_FILES]
    if not found:
        remedy = message(N_("give the folder of catalog-info.yaml files"))
        reading.refuse(folder, UsageError(message(N_("no YAML file below it")), str(folder), remedy))
    return found


def _file(path: Path, reading: Reading, *, given: bool) -> Iterator[Path]:
    content = reading.content(path)
    if content is None or not (given or MARK in content):
        return
    documents = reading.documents(path, content)
    if documents is None:
        return
    entries = []
    for document in documents:
        kind = word(document.child("kind")).casefold()
        if not word(document.child("apiVersion")).startswith("backstage.io/"):
            if given:
                reading.say(message(N_("no entity of Backstage")), str(path), document.line)
        elif kind in SERVICES:
            entry = _entity(document, kind, path, reading)
            entries += [entry] if entry is not None else []
        elif kind == "location":
            yield from _targets(document, path, reading)
    reading.keep(path, entries)


def _entity(document: Node, kind: str, path: Path, reading: Reading) -> CatalogueEntry | None:
    metadata, spec = fields(document.child("metadata")), fields(document.child("spec"))
    name = word(metadata.get("name"))
    if not name:
        remedy = message(N_("give it a metadata.name"))
        reading.say(message(N_("a {kind} without a name"), kind=kind), str(path), document.line, remedy)
        return None
    owner = _reference(word(spec.get("owner")))
    named = (*items(spec.get("dependsOn")), *items(spec.get("consumesApis")))
    needs = [Need(name=need, line=each.line) for each in named if (need := _reference(word(each)))]
    return CatalogueEntry(
        name=name, line=_line(metadata, document), owners=(owner,) if owner else (), depends_on=tuple(needs)
    )


def _line(metadata: Mapping[str, Node], document: Node) -> int:
    return metadata["name"].line if "name" in metadata else document.line


def _reference(text: str) -> str:
    """Return the name in ``kind:namespace/name``."""
    return text.rpartition("/")[2].rpartition(":")[2]


def _targets(document: Node, path: Path, reading: Reading) -> Iterator[Path]:
    spec = fields(document.child("spec"))
    for each in (*items(spec.get("target")), *items(spec.get("targets"))):
        target = word(each)
        if "://" in target:
            what = message(N_("a Location on a server is not read: {target}"), target=target)
            reading.say(what, str(path), each.line, message(N_("give a copy of it under sources.backstage")))
        elif target:
            yield path.parent / target
