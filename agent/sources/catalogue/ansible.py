"""Ansible inventories, in INI or YAML: hosts, their ranges and their addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from agent.errors import UsageError
from agent.sources.catalogue.reading import LONGEST_NAME, Reading, fields, word
from agent.untrusted import clean_text
from agent.yaml_text import Node
from analyzers.model.catalogue import KnownHost
from analyzers.model.message import N_, message

MOST_RANGE = 10_000
"""Hosts that one line may stand for."""

_RANGE = re.compile(r"\[(\w+):(\w+)(?::(\d+))?\]")
_SECTION = re.compile(r"\[([^\]:]+)(?::(vars|children))?\]\s*(?:[#;].*)?")
_ADDRESS = re.compile(r"""\bansible_(?:ssh_)?host\s*=\s*("[^"]*"|'[^']*'|\S+)""")


def read_ansible(path: Path) -> Reading:
    """Return the hosts of an inventory: a file, or the inventory files of a folder."""
    reading = Reading("ansible")
    if path.is_dir():
        files = [each for each in sorted(path.iterdir()) if _is_inventory(each)]
        if not files:
            reading.refuse(path, UsageError(message(N_("no inventory in it")), str(path), message(N_("give its file"))))
    else:
        files = [path]
    for each in files:
        content = reading.content(each)
        if content is None:
            continue
        if each.suffix in {".yml", ".yaml"}:
            documents = reading.documents(each, content)
            if documents is not None:
                reading.keep(each, hosts=_merged(_of_yaml(documents, each, reading)))
        else:
            reading.keep(each, hosts=_merged(_of_ini(content, each, reading)))
    return reading


def _is_inventory(path: Path) -> bool:
    return path.is_file() and (path.suffix in {".ini", ".yml", ".yaml"} or path.name in {"hosts", "inventory"})


def _merged(hosts: Iterator[KnownHost]) -> list[KnownHost]:
    """Return each host once: an inventory names it again in each of its groups."""
    found: dict[str, KnownHost] = {}
    for each in hosts:
        known = found.get(each.name)
        if known is None or (each.aliases and not known.aliases):
            found[each.name] = KnownHost(name=each.name, line=(known or each).line, aliases=each.aliases)
    return list(found.values())


def _of_ini(content: bytes, path: Path, reading: Reading) -> Iterator[KnownHost]:
    children: dict[str, list[str]] = {}
    places: dict[str, tuple[str, int]] = {}
    section, part = "ungrouped", ""
    for line, text in enumerate(content.decode("utf-8-sig", "replace").splitlines(), 1):
        stripped = text.strip()
        if not stripped or stripped[0] in "#;":
            continue
        header = _SECTION.fullmatch(stripped)
        if header is not None:
            section, part = header.group(1), header.group(2) or ""
            places.setdefault(section, (str(path), line))
        elif stripped.startswith("[") and "=" not in stripped and not _RANGE.match(stripped):
            remedy = message(N_("write [group], [group:vars] or [group:children]"))
            reading.say(message(N_("a section that cannot be read")), str(path), line, remedy)
        elif part == "children":
            children.setdefault(section, []).append(stripped.split()[0])
        elif not part:
            given = _ADDRESS.search(stripped)
            yield from _hosts(stripped.split()[0], given.group(1).strip("\"'") if given else "", line, path, reading)
    reading.circular(children, places)


def _of_yaml(documents: tuple[Node, ...], path: Path, reading: Reading) -> Iterator[KnownHost]:
    for document in documents:
        for name, group in fields(document).items():
            yield from _group(name, group, path, reading)


def _group(name: str, group: Node, path: Path, reading: Reading) -> Iterator[KnownHost]:
    for pattern, variables in fields(group.child("hosts")).items():
        address = word(variables.child("ansible_host"))
        yield from _hosts(pattern, address, variables.line, path, reading)
    for child, node in fields(group.child("children")).items():
        if child == name:
            reading.say(message(N_("circular: {circle}"), circle=f"{name} -> {child}"), str(path), node.line)
        else:
            yield from _group(child, node, path, reading)


def _hosts(pattern: str, address: str, line: int, path: Path, reading: Reading) -> Iterator[KnownHost]:
    try:
        names = list(_expanded(clean_text(pattern, LONGEST_NAME)))
    except ValueError as error:
        reading.say(message(N_("a range that cannot be read: {found}"), found=str(error)), str(path), line)
        return
    alone = (clean_text(address, LONGEST_NAME),) if address and "{{" not in address and len(names) == 1 else ()
    for name in names:
        yield KnownHost(name=_portless(name), line=line, aliases=alone)


def _portless(name: str) -> str:
    return name.rpartition(":")[0] if re.fullmatch(r"[^:]+:\d+", name) else name


def _expanded(pattern: str) -> Iterator[str]:
    """Yield the names that ``web[01:10]`` and ``db-[a:f]`` stand for.

    Raises
    ------
    ValueError
        When a range goes backwards, mixes letters and numbers, or is endless.
    """
    found = _RANGE.search(pattern)
    if found is None:
        yield pattern
        return
    first, last, step = found.group(1), found.group(2), int(found.group(3) or 1)
    if first.isdigit() and last.isdigit():
        width = len(first) if first.startswith("0") else 0
        values = [str(each).zfill(width) for each in _counted(int(first), int(last), step, found.group(0))]
    elif len(first) == len(last) == 1 and first.isalpha() and last.isalpha():
        values = [chr(each) for each in _counted(ord(first), ord(last), step, found.group(0))]
    else:
        raise ValueError(found.group(0))
    rest = list(_expanded(pattern[found.end() :]))
    if len(values) * len(rest) > MOST_RANGE:
        raise ValueError(found.group(0))
    for value in values:
        for tail in rest:
            yield f"{pattern[: found.start()]}{value}{tail}"


def _counted(first: int, last: int, step: int, text: str) -> range:
    if last < first or not step or (last - first) // step >= MOST_RANGE:
        raise ValueError(text)
    return range(first, last + 1, step)
