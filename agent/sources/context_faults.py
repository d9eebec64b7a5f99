"""What is wrong in a context file, in the words of who wrote it: every fault, its line, what was expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from msgspec import inspect

from agent.sources import context_values as values
from agent.sources.context_values import Fault, Path, fault, shown
from agent.yaml_text import Node
from analyzers.model.context import Context
from analyzers.model.message import N_

NAMED = {
    "services": "name",
    "people": "id",
    "providers": "name",
    "perimeters": "name",
    "automatable": "name",
    "runbooks": "name",
    "ai_workloads": "name",
    "ai_use_cases": "name",
}
"""Lists whose elements others speak of by name: a name stands for one element only."""


def faults(root: Node, today: dt.date) -> list[Fault]:
    """Return the mistakes of a context file, in the order of its lines; none when it may be believed.

    Parameters
    ----------
    today
        The last day that may have happened.
    """
    found = _Walk(today).value(root, _schema(), ())
    return sorted([*found, *_duplicates(root)], key=lambda each: (each.line, each.path))


@cache
def _schema() -> inspect.Type:
    return inspect.type_info(Context)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through the file and its types side by side."""

    today: dt.date

    def value(self, node: Node, kind: inspect.Type, path: Path) -> Iterator[Fault]:
        if isinstance(kind, inspect.UnionType):
            if node.value is None and any(isinstance(each, inspect.NoneType) for each in kind.types):
                return iter(())
            kind = next(each for each in kind.types if not isinstance(each, inspect.NoneType))
        match kind:
            case inspect.StructType():
                return self.struct(node, kind, path)
            case inspect.VarTupleType():
                return self.sequence(node, kind, path)
            case inspect.DictType():
                return self.mapping(node, kind, path)
        return self.leaf(node, kind, path)

    def leaf(self, node: Node, kind: inspect.Type, path: Path) -> Iterator[Fault]:
        match kind:
            case inspect.DateType():
                return values.date_faults(node, path, self.today)
            case inspect.DateTimeType():
                return values.moment_faults(node, path, self.today)
            case inspect.LiteralType():
                return values.word_faults(node, kind, path)
            case inspect.IntType() | inspect.FloatType():
                return values.number_faults(node, kind, path)
            case inspect.StrType():
                return values.text_faults(node, kind, path)
            case inspect.BoolType():
                return values.flag_faults(node, path)
        raise TypeError(kind)

    def struct(self, node: Node, kind: inspect.StructType, path: Path) -> Iterator[Fault]:
        if not isinstance(node.value, Mapping):
            yield fault(node, path, N_("expected keys and values, got {found}"), found=shown(node))
            return
        known = {each.encode_name: each for each in kind.fields}
        misspelt = set()
        for key, child in node.value.items():
            if key in known:
                yield from self.value(child, known[key].type, (*path, key))
            else:
                misspelt.update(_nearest(key, known))
                yield _unknown(child, (*path, key), known)
        for key, each in known.items():
            if each.required and key not in node.value and key not in misspelt:
                yield _missing(node, (*path, key), each.type)

    def sequence(self, node: Node, kind: inspect.VarTupleType, path: Path) -> Iterator[Fault]:
        if isinstance(node.value, tuple):
            for index, each in enumerate(node.value):
                yield from self.value(each, kind.item_type, (*path, index))
            return
        if node.value is None:
            remedy = N_("write [] for none, or remove the line")
        else:
            remedy = N_("put `- ` before each element, or brackets around them")
        yield fault(node, path, N_("expected a list, got {found}"), remedy, found=shown(node))

    def mapping(self, node: Node, kind: inspect.DictType, path: Path) -> Iterator[Fault]:
        if not isinstance(node.value, Mapping):
            yield fault(node, path, N_("expected keys and values, got {found}"), found=shown(node))
            return
        for key, child in node.value.items():
            place = (*path, key)
            if isinstance(kind.key_type, inspect.LiteralType) and key not in kind.key_type.values:
                yield _unknown(child, place, map(str, kind.key_type.values))
                continue
            if isinstance(kind.key_type, inspect.StrType):
                yield from values.text_faults(Node(child.line, key, key), kind.key_type, place)
            yield from self.value(child, kind.value_type, place)


def _nearest(key: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(key.lower().replace("-", "_"), list(known), 1)


def _unknown(node: Node, path: Path, known: Iterable[str]) -> Fault:
    key = str(path[-1])
    if key.isdigit() and node.value is None:
        return fault(node, path, N_("unknown key"), N_("write decimals with a point, not a comma"))
    words = list(known)
    nearest = _nearest(key, words)
    if nearest:
        return fault(node, path, N_("unknown key"), N_("did you mean {nearest}?"), nearest=nearest[0])
    return fault(node, path, N_("unknown key"), N_("known here: {keys}"), keys=", ".join(words))


def _missing(node: Node, path: Path, kind: inspect.Type) -> Fault:
    key = str(path[-1])
    example = f"{key}: {kind.values[0]}" if isinstance(kind, inspect.LiteralType) else f"{key}: ..."
    return fault(node, path, N_("missing"), N_("add `{example}`"), example=example)


def _duplicates(root: Node) -> Iterator[Fault]:
    blocks = root.value if isinstance(root.value, Mapping) else {}
    for block, key in NAMED.items():
        seen: dict[str, int] = {}
        for path, name in _names(blocks.get(block), block, key):
            if name.text in seen:
                template = N_("{found} is already the name of the one on line {line}")
                remedy = N_("rename one, or make one of both")
                yield fault(name, path, template, remedy, found=shown(name), line=seen[name.text])
            seen.setdefault(name.text, name.line)


def _names(node: Node | None, block: str, key: str) -> Iterator[tuple[Path, Node]]:
    for index, each in enumerate(node.value if node is not None and isinstance(node.value, tuple) else ()):
        name = each.value.get(key) if isinstance(each.value, Mapping) else None
        if name is not None and isinstance(name.value, str):
            yield (block, index, key), name
