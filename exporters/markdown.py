"""A verdict as Markdown: GitHub's dialect, tables and lists, no HTML."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from exporters import formats
from exporters.board.page import Page
from exporters.parts import Document
from exporters.reading import Reader, Reading
from exporters.sayings import Sayings
from exporters.view import View
from exporters.visible import visible

MOST_SUBJECTS = 12
MOST_EVIDENCE = 3
MOST_LISTED = 20

_ANYWHERE = re.compile(r"([\\`*_\[\]<>|~&])")
_AT_START = re.compile(r"^(\s*)([#+=-])")
_NUMBERED = re.compile(r"^(\s*\d+)([.)])(?=\s|$)")


class Ready(str):
    """Text that is Markdown already."""

    __slots__ = ()


def markdown(document: Document, *, lang: str, reader: Reader = "operations") -> str:
    """Return the report; whatever data holds, it shows as text and neither links, runs nor breaks a table."""
    view = View(reading=Reading(document=document, lang=lang, reader=reader))
    rendered = _board(view.reading) if reader == "direction" else _report(view)
    return re.sub(r"\n{3,}", "\n\n", rendered).strip() + "\n"


def _report(view: View) -> str:
    template = _environment().get_template("report.md.j2")
    return template.render(
        _=view.reading.say,
        view=view,
        reading=view.reading,
        document=view.reading.document,
        said=Sayings(reading=view.reading),
        formats=formats,
        most_subjects=MOST_SUBJECTS,
        most_evidence=MOST_EVIDENCE,
        most_listed=MOST_LISTED,
    )


def _board(reading: Reading) -> str:
    return _environment().get_template("board.md.j2").render(_=reading.say, page=Page(reading=reading))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("exporters"),
        autoescape=False,  # noqa: S701 - Markdown has its own escaping, applied to every expression by `finalize`
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(code=code, ready=Ready)
    return environment


def escape(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, wherever it stands in a line or a table cell."""
    escaped = _ANYWHERE.sub(r"\\\1", visible(text))
    escaped = _AT_START.sub(r"\1\\\2", escaped)
    escaped = _NUMBERED.sub(r"\1\\\2", escaped)
    return escaped.replace("://", r":\//")


def code(text: str) -> Ready:
    """Return `text` as a code span that its own backticks cannot close; not for table cells, which pipes split."""
    shown = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return Ready(f"{fence}{pad}{shown}{pad}{fence}")


def _finalize(value: object) -> object:
    return value if isinstance(value, Ready) or not isinstance(value, str) else escape(value)
