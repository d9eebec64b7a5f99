"""The first screen: 80 x 24 before any detail."""

from __future__ import annotations

from rich.text import Text

from exporters import formats
from exporters.sayings import Sayings
from exporters.screen.bar import BEYOND, POSSIBLE, PROVED, drawn
from exporters.screen.pieces import ANSWER_STYLES, line, padded, words
from exporters.screen.sheet import Sheet
from exporters.view import ScoreView, View

REASON_LINES = 5
"""Lines that reasons may take, the line that counts the others included."""

FIRST_CONDITIONS = 2
FLAG_LINES = 2
GUTTER = 2
SIDE_BY_SIDE_FROM = 78
"""Narrower terminals show axes and prerequisites one under the other."""


def summary(view: View, sheet: Sheet) -> None:
    """Write the answer, what lacks, why, the scores, the first conditions and what to keep in mind."""
    _answer(view, sheet)
    _reasons(view, sheet)
    _scores(view, sheet)
    _conditions(view, sheet)
    _flags(view, sheet)


def _answer(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    document = view.reading.document
    style = ANSWER_STYLES[document.verdict.answer]
    answer = f"  {document.verdict.answer}  "
    edge = "─" * len(answer)
    box = [Text(f"╭{edge}╮", style=style), Text(f"│{answer}│", style=style), Text(f"╰{edge}╯", style=style)]
    taken = formats.moment(document.taken_at, view.reading.lang)
    about = line(
        words("pasencore", "bold"),
        _(" {tool} · {moment} · rubric {rubric}", tool=document.tool, moment=taken, rubric=document.rubric.version),
    )
    for left, right in zip(box, (about, words(view.gloss, "bold"), words(view.lack)), strict=True):
        sheet.add(left, "  ", right)
    sheet.blank()


def _reasons(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    reasons = [view.reading.sentence(each) for each in view.reading.document.verdict.reasons]
    sheet.add(words(_("Why"), "bold"), words(f" - {Sayings(reading=view.reading).answered()}", "dim"))
    left = REASON_LINES
    for index, reason in enumerate(reasons):
        others = len(reasons) - index
        if left == 1 and others > 1:
            sheet.add("  ", words(_("other reasons below: {others}", others=others), "dim"))
            break
        left -= sheet.paragraph(words(reason), 4, "  • ", most=min(2, left if others == 1 else left - 1))
    sheet.blank()


def _scores(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    bars = view.reading.document.rubric.bars
    axes = [_title(_("Axes, {bar} needed", bar=view.reading.number(bars.oui_axis, 1)))]
    gates = [_title(_("Prerequisites, {bar} needed", bar=view.reading.number(bars.oui_prerequisite, 1)))]
    half = (sheet.width - GUTTER) // 2 if sheet.width >= SIDE_BY_SIDE_FROM else sheet.width
    axes += _rows(view.axes, half)
    gates += _rows(view.prerequisites, half)
    if half == sheet.width:
        for each in (*axes, *gates):
            sheet.add(each)
    else:
        gates.append(_legend(view))
        for left, right in zip(axes, gates, strict=True):
            sheet.add(padded(left, half), " " * GUTTER, right)


def _legend(view: View) -> Text:
    _ = view.reading.say
    parts = ((PROVED, _("proved")), (POSSIBLE, _("possible")), (BEYOND, _("out of reach")))
    return words("  ".join(" ".join(each) for each in parts), "dim")


def _title(text: str) -> Text:
    return words(text, "bold")


def _rows(scores: tuple[ScoreView, ...], width: int) -> list[Text]:
    name = max(len(each.name) for each in scores)
    numbers = len("100-100")
    cells = 10 * max(1, (width - name - numbers - 5) // 10)
    return [
        line(padded(words(each.name), name), " ", drawn(each.low, each.high, each.bar, cells), " ", words(each.span))
        for each in scores
    ]


def _conditions(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    verdict = view.reading.document.verdict
    if verdict.answer == "oui":
        return
    sheet.blank()
    if not verdict.conditions:
        sheet.add(words(_("No set of actions was found that leads to oui."), "bold"))
        return
    sheet.add(words(_("Way to oui: {days} in all", days=view.total_effort), "bold"))
    for index, each in enumerate(verdict.conditions[:FIRST_CONDITIONS], start=1):
        days = words(view.reading.days(each.effort_days), "dim")
        action = line(view.reading.label(each.check), " - ", Sayings(reading=view.reading).condition(each))
        sheet.add(f"  {index}. ", padded(action, sheet.width - 6 - days.cell_len).copy(), " ", days)


def _flags(view: View, sheet: Sheet) -> None:
    flags = " · ".join(_said(view))
    if flags:
        if view.reading.document.verdict.answer == "oui":
            sheet.blank()
        sheet.paragraph(words(flags), most=FLAG_LINES)


def _said(view: View) -> list[str]:
    _ = view.reading.say
    document = view.reading.document
    said = []
    if waived := sum(len(each.waivers) for each in document.findings):
        said.append(_("Waivers: {count}", count=waived))
    if document.declared_empty:
        blocks = ", ".join(each.block for each in document.declared_empty)
        said.append(_("Declared empty: {blocks}", blocks=blocks))
    if document.blind_spots:
        reasons = ", ".join(f"{reason} {count}" for reason, count in view.blind_spots[:2])
        said.append(_("Blind spots: {count} ({reasons})", count=len(document.blind_spots), reasons=reasons))
    if document.confrontation.doubled:
        share = view.reading.percent(document.confrontation.discount)
        said.append(_("Discount on declarations doubled to {share}", share=share))
    if document.confrontation.contradictions:
        said.append(_("Declarations disproved: {count}", count=len(document.confrontation.contradictions)))
    if steady := Sayings(reading=view.reading).steadiness():
        said.append(steady)
    return said
