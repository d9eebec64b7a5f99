"""The context file: what people declare, read with care and refused with kindness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from msgspec.structs import replace

from agent.errors import UsageError
from agent.input_file import read_bounded
from agent.sources.address import parse_address
from agent.sources.context_faults import faults
from agent.sources.context_references import doubts
from agent.sources.context_values import Fault, written
from agent.untrusted import clean
from agent.yaml_text import Node, read_yaml
from analyzers.model.context import Context
from analyzers.model.message import Message
from analyzers.model.snapshot import Declared

MOST_BYTES = 1 << 20
MOST_SHOWN = 5
"""Faults after the first that the error line still points at."""


class ContextError(UsageError):
    """A context file that says something that cannot be believed; points at each fault, explains the first."""

    def __init__(self, file: str, found: Sequence[Fault]) -> None:
        first = found[0]
        place = f"{file}:{first.line}: {first.path}" if first.path else f"{file}:{first.line}"
        super().__init__(first.what, place, first.remedy if first.remedy.template else "")
        self.faults = tuple(found)

    def line(self, translate: Callable[[Message], str] = str) -> str:
        """Return the one line: the first fault in full, the place of the others."""
        others = [f"{each.line}: {each.path}" for each in self.faults[1 : MOST_SHOWN + 1]]
        hidden = len(self.faults) - 1 - len(others)
        more = f" (+ {', '.join(others)}{f' + {hidden}' if hidden else ''})" if others else ""
        return super().line(translate) + more


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFile:
    """A context file that was read.

    Attributes
    ----------
    context
        The whole of it; `declared` is the same without the ways into servers, fit for a snapshot.
    folder
        What relative paths in it are relative to.
    warnings
        What looks wrong and may be right, a sentence each.
    """

    declared: Declared
    context: Context = field(repr=False)
    folder: Path
    warnings: tuple[Message, ...] = ()


def read_context(path: Path, *, today: dt.date, found: bool = False, known_checks: Collection[str] = ()) -> ContextFile:
    """Return what a context file declares.

    Parameters
    ----------
    today
        The last day that may have happened; a later date is an error unless its key announces (expires, review).
    found
        The file was found rather than named: it is read only when nobody else could have written it.
    known_checks
        Ids of the questions that a waiver may name; empty: not verified.

    Raises
    ------
    UntrustedFileError
        When a found file is not safe to trust.
    UsageError
        When it cannot be read, is no such file, or says something that cannot be believed: one line with the file, the
        line, the path in it, what was expected and what to do.
    """
    return parse_context(read_bounded(path, MOST_BYTES, found=found), path, today=today, known_checks=known_checks)


def parse_context(content: bytes, path: Path, *, today: dt.date, known_checks: Collection[str] = ()) -> ContextFile:
    """Return what the bytes of a context file declare; see `read_context`."""
    name = str(path)
    root = read_yaml(content, name)
    wrong = faults(root, today)
    if wrong:
        raise ContextError(name, wrong)
    try:
        context = msgspec.convert(clean(root.plain()), Context)
    except msgspec.ValidationError as error:
        raise UsageError(str(error).replace("`$.", "`"), name, "correct it") from None
    _refuse_addresses(context, root, name)
    return ContextFile(
        declared=Declared(file=name, context=_without_ways_in(context)),
        context=context,
        folder=path.parent,
        warnings=tuple(
            _placed(each.what, f"{name}:{root.line_of(each.path)}: {written(each.path)}")
            for each in doubts(context, known_checks)
        ),
    )


def _refuse_addresses(context: Context, root: Node, name: str) -> None:
    """Refuse addresses that hold a password, before anything repeats them."""
    agents = context.agents.urls if context.agents else ()
    given = [
        *((("prometheus", "url"), each.url) for each in (context.prometheus,) if each),
        *((("alertmanager", "url"), each.url) for each in (context.alertmanager,) if each),
        *((("agents", "urls", index), url) for index, url in enumerate(agents)),
    ]
    for path, url in given:
        parse_address(url, f"{name}:{root.line_of(path)}: {written(path)}")


def _without_ways_in(context: Context) -> Context:
    """Return the context without ``http_config``: a verdict has no use for it, and a snapshot travels."""
    closed = {
        block: replace(endpoint, http_config=None)
        for block in ("prometheus", "alertmanager", "agents")
        if (endpoint := getattr(context, block)) is not None
    }
    return replace(context, **closed)


def _placed(what: Message, place: str) -> Message:
    return Message(what.template, {**what.parameters, "path": place})
