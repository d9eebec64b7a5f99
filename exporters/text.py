"""A verdict on a terminal: one screen that says it all, then the details."""

from __future__ import annotations

from exporters.board.page import Page
from exporters.board.text import write as write_page
from exporters.parts import Document
from exporters.reading import Reader, Reading
from exporters.screen.details import details as write_details
from exporters.screen.sheet import Sheet
from exporters.screen.summary import summary
from exporters.view import View

DEFAULT_WIDTH = 80
NARROWEST = 44
"""Below, lines are cut by the terminal rather than by us."""


def text(
    document: Document,
    *,
    lang: str,
    width: int | None = None,
    colour: bool = False,
    details: bool = True,
    reader: Reader = "operations",
) -> str:
    """Return the report, its lines no longer than `width` (80 when None).

    Parameters
    ----------
    colour
        False when the output is no terminal or NO_COLOR is set: not one escape is written.
    details
        False stops after the first screen, at most 23 lines at 80 columns.
    """
    view = View(reading=Reading(document=document, lang=lang, reader=reader))
    sheet = Sheet(max(NARROWEST, width or DEFAULT_WIDTH), colour=colour)
    if reader == "direction":
        write_page(Page(reading=view.reading), sheet)
        return sheet.render()
    summary(view, sheet)
    if details:
        write_details(view, sheet)
    return sheet.render()
