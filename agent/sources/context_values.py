"""What is wrong with one value of a context file, given what is expected there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect

from agent.untrusted import clean_text
from agent.yaml_text import Node
from analyzers.model.message import N_, Message, message

MAY_BE_FUTURE = frozenset({"expires", "review"})
"""Keys of dates that announce; every other date tells what was done."""

Path = tuple[str | int, ...]

_NOTHING = message("")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake: its line (from 1), where it is in the file, what is wrong, what to do."""

    line: int
    path: str
    what: Message
    remedy: Message = _NOTHING


def fault(node: Node, path: Path, template: str, remedy: str = "", **parameters: str | int) -> Fault:
    """Return a fault; each sentence takes the parameters that it names."""
    what = message(template, **{name: each for name, each in parameters.items() if f"{{{name}}}" in template})
    todo = message(remedy, **{name: each for name, each in parameters.items() if f"{{{name}}}" in remedy})
    return Fault(node.line, written(path), what, todo)


def written(path: Path) -> str:
    """Return a path as people write it, such as ``services[2].criticality``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[\w-]+", part):
            text += f".{part}" if text else part
        else:
            text += f"[{clean_text(part, 80)!r}]"
    return text


def shown(node: Node) -> str:
    """Return a value as the user will recognise it, short."""
    if isinstance(node.value, tuple):
        return "[...]"
    if isinstance(node.value, Mapping):
        return "{...}"
    if node.value is None:
        return "null"
    return f"'{clean_text(node.text, 60)}'"


def word_faults(node: Node, kind: inspect.LiteralType, path: Path) -> Iterator[Fault]:
    """Yield what is wrong with a word of a closed list."""
    if node.value in kind.values:
        return
    if path == ("schema",) and str(node.value).startswith("pasencore.context/"):
        template = N_("written for another version: {found}")
        yield fault(node, path, template, N_("upgrade pasencore"), found=shown(node))
        return
    words = [str(each) for each in kind.values]
    nearest = get_close_matches(node.text, words, 1)
    template = N_("expected one of {words}; got {found}") if len(words) > 1 else N_("expected {words}, got {found}")
    remedy = N_("write {nearest}") if nearest else ""
    yield fault(node, path, template, remedy, words=", ".join(words), found=shown(node), nearest="".join(nearest))


def number_faults(node: Node, kind: inspect.IntType | inspect.FloatType, path: Path) -> Iterator[Fault]:
    """Yield what is wrong with a number."""
    whole = isinstance(kind, inspect.IntType)
    value = node.value
    numeric = isinstance(value, int) or (isinstance(value, float) and not whole)
    if numeric and not isinstance(value, bool) and _within(value, kind):
        return
    if kind.ge is not None and kind.le is not None:
        integer = N_("expected an integer between {low} and {high}, got {found}")
        number = N_("expected a number between {low} and {high}, got {found}")
    elif kind.ge is not None:
        integer = N_("expected an integer from {low} on, got {found}")
        number = N_("expected a number from {low} on, got {found}")
    else:
        integer = N_("expected an integer, got {found}")
        number = N_("expected a number, got {found}")
    comma = re.fullmatch(r"-?\d+,\d+", node.text)
    yield fault(
        node,
        path,
        integer if whole else number,
        N_("write {point}") if comma else "",
        low=_plain(kind.ge),
        high=_plain(kind.le),
        found=shown(node),
        point=node.text.replace(",", "."),
    )


def text_faults(node: Node, kind: inspect.StrType, path: Path) -> Iterator[Fault]:
    """Yield what is wrong with a text."""
    value = node.value
    if value is None or (value == "" and kind.min_length):
        yield fault(node, path, N_("empty"), N_("write it, or remove the line"))
    elif not isinstance(value, str):
        remedy = N_('put it between quotes: "{text}"') if node.text else ""
        yield fault(node, path, N_("expected text, got {found}"), remedy, found=shown(node), text=node.text)
    elif kind.max_length is not None and len(value) > kind.max_length:
        yield fault(node, path, N_("longer than {limit} characters"), N_("shorten it"), limit=kind.max_length)
    elif kind.pattern and not re.search(kind.pattern, value):
        yield fault(node, path, N_("expected a month such as 2026-10, got {found}"), found=shown(node))


def flag_faults(node: Node, path: Path) -> Iterator[Fault]:
    """Yield what is wrong with a yes or a no."""
    if not isinstance(node.value, bool):
        yield fault(node, path, N_("expected true or false, got {found}"), found=shown(node))


def date_faults(node: Node, path: Path, today: dt.date) -> Iterator[Fault]:
    """Yield what is wrong with a day."""
    day: dt.date | None = _converted(node.value, dt.date)
    if day is None:
        template = N_("expected a date such as {example}, got {found}")
        yield fault(node, path, template, example=f"'{today}'", found=shown(node))
    else:
        yield from _future_faults(node, path, day, today)


def moment_faults(node: Node, path: Path, today: dt.date) -> Iterator[Fault]:
    """Yield what is wrong with a day and time."""
    moment: dt.datetime | None = _converted(node.value, dt.datetime)
    example = f"{today.isoformat()}T06:10:00+02:00"
    if moment is None:
        template = N_("expected a date and a time such as {example}, got {found}")
        yield fault(node, path, template, example=example, found=shown(node))
    elif moment.tzinfo is None:
        remedy = N_("write its offset from UTC, as in {example}")
        yield fault(node, path, N_("this time has no zone: {found}"), remedy, found=shown(node), example=example)
    else:
        yield from _future_faults(node, path, moment.date(), today)


def _future_faults(node: Node, path: Path, day: dt.date, today: dt.date) -> Iterator[Fault]:
    if day > today and path[-1] not in MAY_BE_FUTURE:
        remedy = N_("write a day up to {today}")
        yield fault(node, path, N_("{found} is in the future"), remedy, found=shown(node), today=f"'{today}'")


def _converted(value: object, kind: type[Any]) -> Any:  # noqa: ANN401 - an instance of `kind`, or None
    try:
        return msgspec.convert(value, kind) if isinstance(value, str) else None
    except msgspec.ValidationError:
        return None


def _within(value: object, kind: inspect.IntType | inspect.FloatType) -> bool:
    assert isinstance(value, int | float)
    return (kind.ge is None or value >= kind.ge) and (kind.le is None or value <= kind.le)


def _plain(bound: float | None) -> str:
    return "" if bound is None else f"{bound:g}"
