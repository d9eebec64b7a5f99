"""Compose files: services, what they depend on, the names of their containers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.sources.catalogue.reading import Reading, fields, items, word
from agent.yaml_text import Node
from analyzers.model.catalogue import CatalogueEntry, Need
from analyzers.model.message import N_, message

MOST_INCLUDED = 200


@dataclass(slots=True)
class _Project:
    """The services of one file and of those that it includes, while they are read."""

    reading: Reading
    name: str = ""
    files: dict[Path, Mapping[str, Node]] = field(default_factory=dict)
    extended: dict[Path, Mapping[str, Node]] = field(default_factory=dict)


def read_compose(path: Path) -> Reading:
    """Return the services of a compose file; what it includes and extends is followed, each file once."""
    reading = Reading("compose")
    project = _Project(reading)
    _load(path, project, ())
    needs: dict[str, tuple[str, ...]] = {}
    places: dict[str, tuple[str, int]] = {}
    for file, services in project.files.items():
        entries = [_entry(name, node, file, project) for name, node in services.items()]
        reading.keep(file, entries)
        for each in entries:
            needs.setdefault(each.name, tuple(need.name for need in each.depends_on))
            places.setdefault(each.name, (str(file), each.line))
    for name, wanted in needs.items():
        missing = sorted(set(wanted) - needs.keys())
        if missing:
            what = message(
                N_("'{name}' depends on '{missing}', which no file of the project has"), name=name, missing=missing[0]
            )
            reading.say(what, *places[name])
    reading.circular(needs, places)
    return reading


def _load(path: Path, project: _Project, above: tuple[Path, ...]) -> None:
    resolved = [each.resolve() for each in above]
    if path.resolve() in resolved:
        circle = " -> ".join(each.name for each in (*above[resolved.index(path.resolve()) :], path))
        project.reading.say(message(N_("circular include: {circle}"), circle=circle), str(above[-1]))
        return
    if path in project.files or len(project.files) >= MOST_INCLUDED:
        return
    content = project.reading.content(path)
    documents = project.reading.documents(path, content) if content is not None else None
    if documents is None:
        return
    root = documents[0] if documents else None
    project.name = project.name or _project(word(root.child("name")) if root is not None else "", path)
    services = root.child("services") if root is not None else None
    if services is not None and not isinstance(services.value, Mapping):
        project.reading.say(message(N_("services is no mapping")), str(path), services.line)
    project.files[path] = {name: each for name, each in fields(services).items() if isinstance(each.value, Mapping)}
    for each in items(root.child("include")) if root is not None else ():
        for target in items(each.child("path")) if isinstance(each.value, Mapping) else (each,):
            if word(target):
                _load(path.parent / word(target), project, (*above, path))


def _project(given: str, path: Path) -> str:
    """Return the project's name: what containers are called after."""
    return re.sub(r"[^a-z0-9_-]", "", (given or path.resolve().parent.name).lower())


def _entry(name: str, node: Node, path: Path, project: _Project) -> CatalogueEntry:
    needs = {each.name: each for each in _needs(name, node, path, project, ())}
    own = word(node.child("container_name"))
    numbered = tuple(f"{project.name}{mark}{name}{mark}*" for mark in "-_") if project.name else ()
    return CatalogueEntry(
        name=name, line=node.line, aliases=(own,) if own else numbered, depends_on=tuple(needs.values())
    )


def _needs(name: str, node: Node, path: Path, project: _Project, above: tuple[tuple[Path, str], ...]) -> list[Need]:
    """Return what a service depends on, by itself or by the service that it extends."""
    if (path, name) in above:
        circle = " -> ".join(each for _, each in (*above, (path, name)))
        project.reading.say(message(N_("circular extends: {circle}"), circle=circle), str(path), node.line)
        return []
    given = node.child("depends_on")
    listed = (
        [(key, each.line) for key, each in fields(given).items()] or [(word(each), each.line) for each in items(given)]
        if given is not None
        else []
    )
    listed += [(word(each).partition(":")[0], each.line) for each in items(node.child("links"))]
    found = [Need(name=need, line=line) for need, line in listed if need and need != name]
    extended = node.child("extends")
    if extended is None:
        return found
    base = word(extended.child("service")) if isinstance(extended.value, Mapping) else word(extended)
    file = word(extended.child("file"))
    where = path.parent / file if file else path
    services = _elsewhere(where, project)
    if base not in services:
        what = message(N_("it extends '{base}', which {file} does not have"), base=base, file=str(where))
        project.reading.say(what, str(path), extended.line)
        return found
    return found + _needs(base, services[base], where, project, (*above, (path, name)))


def _elsewhere(path: Path, project: _Project) -> Mapping[str, Node]:
    """Return the services of a file that is only extended: they are not of the project."""
    for known in (project.files, project.extended):
        if path in known:
            return known[path]
    content = project.reading.content(path)
    documents = project.reading.documents(path, content) if content is not None else None
    project.extended[path] = fields(documents[0].child("services")) if documents else {}
    return project.extended[path]
