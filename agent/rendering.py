"""One document, five forms."""

from __future__ import annotations

import shutil
from typing import Literal

from agent.commands.options import colour_wanted
from exporters.document import Document

Format = Literal["text", "json", "markdown", "html", "metrics"]
FORMATS: tuple[Format, ...] = ("text", "json", "markdown", "html", "metrics")
Reader = Literal["operations", "direction"]


def render(document: Document, form: str, lang: str, reader: Reader = "operations") -> str:
    """Return the document in one of `FORMATS`; each exporter is imported only when it is asked for."""
    if form == "json":
        from exporters.json import json  # noqa: PLC0415

        return json(document)
    if form == "markdown":
        from exporters.markdown import markdown  # noqa: PLC0415

        return markdown(document, lang=lang, reader=reader)
    if form == "html":
        from exporters.html import html  # noqa: PLC0415

        return html(document, lang=lang, reader=reader)
    if form == "metrics":
        from exporters.metrics import metrics  # noqa: PLC0415

        return metrics(document)
    from exporters.text import text  # noqa: PLC0415

    width = shutil.get_terminal_size((80, 24)).columns
    return text(document, lang=lang, width=width, colour=colour_wanted(), reader=reader)
