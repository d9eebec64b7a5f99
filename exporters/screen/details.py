"""What follows the first screen: every finding, then what the verdict rests on."""

from __future__ import annotations

from rich.text import Text

from exporters.sayings import Sayings
from exporters.screen.bar import BEYOND, MARK, POSSIBLE, PROVED, drawn
from exporters.screen.pieces import STATE_STYLES, line, words
from exporters.screen.rest import rest
from exporters.screen.sheet import Sheet
from exporters.view import MARKS, STATES, AxisView, FindingView, View

MOST_SUBJECTS = 12
MOST_REASONS = 30
CELLS = 10
INDENT = 4


def details(view: View, sheet: Sheet) -> None:
    """Write findings by axis, worst first, then perimeters, uses of AI, declarations, sources and cost."""
    _ = view.reading.say
    if view.reading.document.verdict.reasons:
        sheet.heading(_("All reasons"))
        reasons = view.reading.document.verdict.reasons
        for reason in reasons[:MOST_REASONS]:
            sheet.paragraph(words(view.reading.sentence(reason)), INDENT, "  • ")
        if len(reasons) > MOST_REASONS:
            left = _("others, in verdict.json: {left}", left=len(reasons) - MOST_REASONS)
            sheet.add(" " * INDENT, words(left, "dim"))
    for axis in view.by_axis:
        _axis(axis, view, sheet)
    sheet.blank()
    sheet.paragraph(words(_legend(view), "dim"))
    rest(view, sheet)


def _legend(view: View) -> str:
    _ = view.reading.say
    bars = ((PROVED, _("proved")), (POSSIBLE, _("possible")), (BEYOND, _("out of reach")), (MARK, _("bar to reach")))
    marks = ((mark, _(STATES[state])) for state, mark in MARKS.items())
    return "  ".join(" ".join(each) for each in (*bars, *marks))


def _axis(axis: AxisView, view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    score = axis.score
    title = _("{name}: {span} of 100, {coverage} measured", name=score.name, span=score.span, coverage=score.coverage)
    sheet.heading(title)
    sheet.paragraph(words(score.question, "italic"))
    for finding in axis.findings:
        sheet.blank()
        _finding(finding, view, sheet)


def _finding(finding: FindingView, view: View, sheet: Sheet) -> None:
    _title(finding, sheet)
    if finding.state == "none":
        sheet.paragraph(words(finding.message), INDENT)
    else:
        _for_operations(finding, view, sheet)


def _title(finding: FindingView, sheet: Sheet) -> None:
    style = STATE_STYLES[finding.state]
    name = line(words(finding.label, "bold"), words(f" ({finding.part.check})", "dim"))
    shown = finding.state not in {"unknown", "none"}
    score = line(drawn(finding.low, finding.high, finding.bar, CELLS), " ", finding.span) if shown else Text()
    mark = words(f"  {finding.mark} ", style)
    room = sheet.width - INDENT - (score.cell_len + 2 if shown else 0)
    if shown and name.cell_len <= room:
        name.pad_right(room + 1 - name.cell_len)
        sheet.add(mark, name, " ", score)
        return
    sheet.paragraph(name, INDENT, mark)
    if shown:
        sheet.add(" " * INDENT, score)


def _for_operations(finding: FindingView, view: View, sheet: Sheet) -> None:
    said = Sayings(reading=view.reading)
    if finding.question:
        sheet.paragraph(words(finding.question, "italic"), INDENT)
    if finding.state != "unknown":
        sheet.paragraph(words(finding.message), INDENT)
    _waivers(finding, said, sheet)
    if unknown := said.unknown(finding):
        sheet.paragraph(words(unknown, "cyan"), INDENT)
    if not finding.amiss:
        return
    if finding.part.subjects:
        sheet.paragraph(words(said.concerned(finding.part, MOST_SUBJECTS)), INDENT)
    if finding.part.remedy:
        sheet.paragraph(words(said.remedy(finding)), INDENT)
    if finding.part.command:
        sheet.paragraph(words(finding.part.command, "bold"), INDENT + 2, " " * INDENT + "$ ")


def _waivers(finding: FindingView, said: Sayings, sheet: Sheet) -> None:
    for each in finding.part.waivers:
        sheet.paragraph(words(said.waiver(each), "magenta"), INDENT)
