"""YAML that people write, read without surprise: plain values that remember their line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from agent.errors import UsageError
from agent.yaml_dialect import NULLS, TAG, Loader, Scalar, scalar
from analyzers.model.message import N_, Message, message

MOST_DEPTH = 32
MOST_NODES = 100_000
MOST_DIGITS = 15
"""Whole numbers up to here survive any JSON reader."""

_REPAIR = message(N_("check indentation, colons and quotes around it"))


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file, the line it stands on (from 1), and the text it was written with when it is a scalar."""

    line: int
    value: Scalar | tuple[Node, ...] | Mapping[str, Node]
    text: str = ""

    def plain(self) -> Any:  # noqa: ANN401 - what the file holds
        """Return the value as nested dict, list, str, int, float, bool and None."""
        if isinstance(self.value, tuple):
            return [each.plain() for each in self.value]
        if isinstance(self.value, Mapping):
            return {key: each.plain() for key, each in self.value.items()}
        return self.value

    def line_of(self, path: Sequence[str | int]) -> int:
        """Return the line of the value at a path of keys and indexes, of the last one that is there."""
        node = self
        for part in path:
            child = node.child(part)
            if child is None:
                break
            node = child
        return node.line

    def child(self, part: str | int) -> Node | None:
        """Return the value of a key or at an index, None when there is none."""
        if isinstance(part, str):
            return self.value.get(part) if isinstance(self.value, Mapping) else None
        return self.value[part] if isinstance(self.value, tuple) and part < len(self.value) else None


def read_yaml(content: bytes, where: str, loader: type[Any] = Loader) -> Node:
    """Return what a YAML document holds.

    Parameters
    ----------
    content
        The whole file; the caller bounds its size.
    where
        The name of the file, for the error line.

    Raises
    ------
    UsageError
        When it is not UTF-8, not YAML, more than one document, too deep or too large once its aliases are written
        out, or uses what is not read here (tags, duplicate keys, keys that are not words).
    """
    text = _decoded(content, where)
    try:
        _bound(text, where, loader)
        parsing = loader(text)
        try:
            root = parsing.get_single_node()
        finally:
            parsing.dispose()
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, text, where) from None
    except yaml.YAMLError:
        raise UsageError(message(N_("not YAML")), where, _REPAIR) from None
    if root is None or (isinstance(root, yaml.ScalarNode) and root.value in NULLS):
        remedy = message(N_("`pasencore init` writes one to start from"))
        raise UsageError(message(N_("the file is empty")), where, remedy)
    return _Builder(where).build(root).node


def read_documents(content: bytes, where: str, loader: type[Any] = Loader) -> tuple[Node, ...]:
    """Return the documents of a YAML file that tools write or read; empty ones are left out.

    As `read_yaml`, but tags are taken for the text that they stand before.

    Raises
    ------
    UsageError
        When it is not UTF-8, not YAML, too deep or too large once its aliases are written out, or says a key twice.
    """
    text = _decoded(content, where)
    found = []
    try:
        _bound(text, where, loader)
        parsing = loader(text)
        try:
            while parsing.check_node():
                found.append(parsing.get_node())
        finally:
            parsing.dispose()
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, text, where) from None
    except yaml.YAMLError:
        raise UsageError(message(N_("not YAML")), where, _REPAIR) from None
    kept = (each for each in found if not (isinstance(each, yaml.ScalarNode) and each.value in NULLS))
    return tuple(_Builder(where, tags=True).build(each).node for each in kept)


def _decoded(content: bytes, where: str) -> str:
    if b"\x00" in content:
        raise UsageError(message(N_("not a text file")), where, message(N_("give a YAML file, in UTF-8")))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(message(N_("not UTF-8")), f"{where}:{line}", message(N_("save the file in UTF-8"))) from None


def _bound(text: str, where: str, loader: type[Any]) -> None:
    """Refuse, event after event, what would exhaust the memory or the stack of whoever builds it.

    libyaml takes time in the square of the depth: a megabyte of brackets would hold it for an hour.
    """
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=loader)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if depth > MOST_DEPTH:
            raise _too_deep(where, line)
        if number > 2 * MOST_NODES:
            raise _too_many(where, line)


def _too_deep(where: str, line: int) -> UsageError:
    return UsageError(message(N_("nested more than {limit} deep"), limit=MOST_DEPTH), f"{where}:{line}", _REPAIR)


def _too_many(where: str, line: int) -> UsageError:
    what = message(N_("more than {limit} values, aliases written out"), limit=MOST_NODES)
    return UsageError(what, f"{where}:{line}", message(N_("check that it is the right file")))


def _not_yaml(error: yaml.MarkedYAMLError, text: str, where: str) -> UsageError:
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    place = f"{where}:{line + 1}"
    if re.match(r" *\t", "".join(text.splitlines()[line : line + 1])):
        return UsageError(message(N_("a tab in the indentation")), place, message(N_("indent with spaces")))
    if "expected a single document" in (error.context or ""):
        return UsageError(message(N_("more than one document")), place, message(N_("keep one: remove the line `---`")))
    return UsageError(message(N_("not YAML")), place, _REPAIR)


def _shown(text: str) -> str:
    return " ".join(text.split())[:200]


@dataclass(frozen=True, slots=True)
class _Built:
    """A node, with its aliases written out: how many values it holds, how deep they go."""

    node: Node
    size: int = 1
    depth: int = 1


@dataclass(slots=True)
class _Builder:
    """Turns PyYAML's nodes into ours; an aliased node is built once and counted each time."""

    where: str
    tags: bool = False
    built: dict[int, _Built] = field(default_factory=dict)
    building: set[int] = field(default_factory=set)

    def build(self, source: yaml.Node) -> _Built:
        if id(source) in self.built:
            return self.built[id(source)]
        if id(source) in self.building:
            raise self._refuse(source, message(N_("an alias that contains itself")))
        self.building.add(id(source))
        made = self._made(source)
        if made.size > MOST_NODES:
            raise _too_many(self.where, made.node.line)
        if made.depth > MOST_DEPTH:
            raise _too_deep(self.where, made.node.line)
        self.built[id(source)] = made
        return made

    def _made(self, source: yaml.Node) -> _Built:
        line = source.start_mark.line + 1
        if isinstance(source, yaml.ScalarNode):
            return _Built(Node(line, self._scalar(source), source.value))
        if isinstance(source, yaml.SequenceNode) and (self.tags or source.tag == f"{TAG}seq"):
            return self._sequence(source, line)
        if isinstance(source, yaml.MappingNode) and (self.tags or source.tag == f"{TAG}map"):
            return self._mapping(source, line)
        raise self._tagged(source)

    def _sequence(self, source: yaml.SequenceNode, line: int) -> _Built:
        items = [self.build(each) for each in source.value]
        node = Node(line, tuple(each.node for each in items))
        return _Built(node, 1 + sum(each.size for each in items), 1 + max((each.depth for each in items), default=0))

    def _mapping(self, source: yaml.MappingNode, line: int) -> _Built:
        given: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        values = []
        for key_node, value_node in source.value:
            made = self.build(value_node)
            values.append(made)
            if key_node.tag == f"{TAG}merge":
                merged = self._merge(key_node, made.node, merged)
                continue
            key = self._key(key_node)
            if key in given:
                what = message(N_("the key '{key}' is already on line {line}"), key=key[:80], line=given[key].line)
                raise self._refuse(key_node, what, message(N_("keep one of the two")))
            # The key's line, not the value's: it is where a reader looks, also when the value is on the next line.
            given[key] = Node(key_node.start_mark.line + 1, made.node.value, made.node.text)
        node = Node(line, {**merged, **given})
        return _Built(node, 1 + sum(each.size for each in values), 1 + max((each.depth for each in values), default=0))

    def _merge(self, key: yaml.Node, value: Node, already: dict[str, Node]) -> dict[str, Node]:
        merged = already
        for each in value.value if isinstance(value.value, tuple) else (value,):
            if not isinstance(each.value, Mapping):
                raise self._refuse(key, message(N_("`<<` merges mappings only")))
            merged = {**each.value, **merged}
        return merged

    def _key(self, source: yaml.Node) -> str:
        if not isinstance(source, yaml.ScalarNode) or not source.value:
            raise self._refuse(source, message(N_("a key that is not a word")))
        return str(source.value)

    def _scalar(self, source: yaml.ScalarNode) -> Scalar:
        if source.tag in {f"{TAG}int", f"{TAG}float"} and sum(map(str.isdigit, source.value)) > MOST_DIGITS:
            remedy = message(N_("put it between quotes if it is text"))
            raise self._refuse(source, message(N_("a number of more than {limit} digits"), limit=MOST_DIGITS), remedy)
        try:
            return scalar(source.tag, source.value)
        except ValueError:
            if self.tags:
                return str(source.value)
            raise self._tagged(source) from None

    def _tagged(self, source: yaml.Node) -> UsageError:
        what = message(N_("the tag {tag} is not read here"), tag=_shown(str(source.tag)))
        return self._refuse(source, what, message(N_("remove it")))

    def _refuse(self, source: yaml.Node, what: Message, remedy: Message = _REPAIR) -> UsageError:
        return UsageError(what, f"{self.where}:{source.start_mark.line + 1}", remedy)
