"""The board's page on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.model.message import N_
from exporters.board.page import Page, Point
from exporters.screen.pieces import ANSWER_STYLES, line, words
from exporters.screen.sheet import Sheet

INDENT = 4


def write(page: Page, sheet: Sheet) -> None:
    """Add the page to a sheet."""
    _ = page.reading.say
    sheet.add(words("pasencore", "bold"), words(f" · {page.day}", "dim"))
    sheet.paragraph(
        words(_("May this company start an artificial-intelligence project in its operations now?"), "italic")
    )
    sheet.blank()
    sheet.add(words(f"  {page.answer}  ", ANSWER_STYLES[page.answer]), "  ", words(page.gloss, "bold"))
    if page.lack:
        sheet.paragraph(words(page.lack))
    _points(_("Why"), page.reasons, sheet, page)
    _points(_("What is at risk"), page.risks, sheet, page)
    _points(_("What to do first"), page.steps, sheet, page)
    if not page.steps:
        sheet.blank()
    sheet.paragraph(words(page.total, "bold"))
    if page.trajectory:
        shown = " · ".join(f"{each.title}{_(': ')}{each.said}" for each in page.trajectory)
        sheet.paragraph(words(shown, "dim"))
    _uses(page, sheet)
    if page.unknown:
        sheet.heading(_("What we do not know"))
        for each in page.unknown:
            sheet.paragraph(words(each), INDENT, "  • ")


def _points(title: str, points: Sequence[Point], sheet: Sheet, page: Page) -> None:
    if not points:
        return
    sheet.heading(title)
    for number, each in enumerate(points, start=1):
        said = line(words(each.title, "bold"), page.reading.say(N_(": ")), each.said)
        sheet.paragraph(said, INDENT, f" {number}. ")


def _uses(page: Page, sheet: Sheet) -> None:
    if not page.uses:
        return
    sheet.heading(
        page.reading.say(
            N_("Uses of artificial intelligence: what creates value now, what needs work first, what to defer")
        )
    )
    for each in page.uses:
        sheet.paragraph(words(each.name), 14, words(f"  {each.answer}", "bold"))
