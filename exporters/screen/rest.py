"""After the findings: perimeters, uses of AI, declarations, blind spots, sources and what the scan cost."""

from __future__ import annotations

from exporters.sayings import Sayings
from exporters.screen.bar import drawn
from exporters.screen.pieces import STATE_STYLES, line, padded, words
from exporters.screen.sheet import Sheet
from exporters.view import View

INDENT = 4
MOST = 10
CELLS = 10


def rest(view: View, sheet: Sheet) -> None:
    """Write each section that has something to say."""
    _way(view, sheet)
    _people(view, sheet)
    _perimeters(view, sheet)
    _use_cases(view, sheet)
    _lenses(view, sheet)
    _lens_lines(view, sheet)
    _ignorance(view, sheet)
    _priority(view, sheet)
    _declarations(view, sheet)
    _blind_spots(view, sheet)
    _sources(view, sheet)
    _cost(view, sheet)


def _way(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    if not view.horizons:
        return
    sheet.heading(_("Way to oui: {days} in all", days=view.total_effort))
    for horizon in view.horizons:
        title = _(
            "Horizon {number} - {title} ({days})", number=horizon.number, title=horizon.title, days=horizon.effort
        )
        sheet.paragraph(words(title, "bold"))
        for each in horizon.conditions:
            action = line(
                words(view.reading.label(each.check), "bold"), _(": "), Sayings(reading=view.reading).condition(each)
            )
            sheet.paragraph(line(action, f" ({view.reading.days(each.effort_days)})"), INDENT, "  • ")


def _people(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    said = Sayings(reading=view.reading).key_people()
    if said:
        sheet.heading(_("Key people"))
    for each in said[:MOST]:
        sheet.paragraph(words(each), INDENT, "  • ")


def _perimeters(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    document = view.reading.document
    if not document.perimeters:
        return
    sheet.heading(_("Perimeters"))
    for each in document.perimeters:
        sheet.paragraph(line(words(each.name, "bold"), _(": "), each.verdict.answer))
        for reason in each.verdict.reasons[:3]:
            sheet.paragraph(words(view.reading.sentence(reason)), INDENT, "  • ")


def _use_cases(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    if not view.reading.document.use_cases:
        return
    sheet.heading(_("Uses of AI: what creates value now, what needs work first, what to defer"))
    for each in view.reading.document.use_cases:
        sheet.paragraph(words(view.reading.sentence(each.name), "bold"), 14, f"  {each.answer}")
        for missing in each.missing[:2]:
            sheet.paragraph(words(view.reading.sentence(missing), "dim"), 14)


def _lenses(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    if not view.lenses:
        return
    sheet.heading(_("Lenses"))
    width = min(40, sheet.width - CELLS - 16)
    for name, findings in view.lenses:
        sheet.add(words(name, "bold"))
        for each in findings:
            mark = words(f"  {each.mark} ", STATE_STYLES[each.state])
            label = padded(words(each.label), width)
            if each.state in {"unknown", "none"}:
                why = words(each.why_unknown or each.outcome, "dim")
                sheet.paragraph(why, mark.cell_len + width + 1, line(mark, label))
            else:
                sheet.add(mark, label, " ", drawn(each.low, each.high, each.bar, CELLS), " ", each.span)


def _lens_lines(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    for title, lines in view.lens_lines:
        sheet.heading(title)
        for each in lines:
            topic = line(words(each.topic, "bold"), _(": "))
            sheet.paragraph(line(topic, each.text), INDENT, words(f"  {each.mark} ", STATE_STYLES[each.state]))


def _ignorance(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    priced = view.reading.document.price_of_ignorance
    if not priced:
        return
    sheet.heading(_("Price of ignorance: the answers that would bring oui nearest"))
    for each in priced[:MOST]:
        source = view.reading.term("source", each.source)
        gain = _("{gain} points nearer", gain=view.reading.number(each.gain, 1))
        sheet.paragraph(line(view.reading.label(each.check), f" - {gain}", f" ({source})" if source else ""), 4, "  • ")


def _priority(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    ranked = view.reading.document.priority
    if not ranked:
        return
    sheet.heading(_("Priorities: value, criticality, little effort, risk"))
    for each in ranked[:MOST]:
        criteria = (each.value, each.criticality, each.effort, each.risk)
        shown = " · ".join(view.reading.number(one, 2) for one in criteria)
        sheet.paragraph(
            line(view.reading.label(each.check), f" - {view.reading.number(each.score, 2)} ({shown})"), 4, "  • "
        )


def _declarations(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    found = view.reading.document.confrontation
    if not (found.confronted or found.withdrawn or view.reading.document.declared_empty):
        return
    said = Sayings(reading=view.reading)
    sheet.heading(_("What was declared"))
    sheet.paragraph(words(said.confronted()))
    if found.doubled:
        sheet.paragraph(words(_("The discount is doubled: too many declarations proved false.")))
    disproved = said.disproved()
    for each in disproved[:MOST]:
        sheet.paragraph(words(each), INDENT, "  ✗ ")
    _more(len(disproved), view, sheet)
    for each in said.emptied():
        sheet.paragraph(words(each), INDENT, "  ∅ ")


def _blind_spots(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    spots = view.reading.document.blind_spots
    if not spots:
        return
    sheet.heading(_("Blind spots"))
    for each in spots[:MOST]:
        why = view.reading.term("reason", each.reason)
        sheet.paragraph(line(each.where, _(": "), view.reading.sentence(each.what), f" ({why})"), INDENT, "  • ")
        if each.grant:
            sheet.paragraph(words(each.grant, "bold"), INDENT + 2, " " * INDENT + "$ ")
    _more(len(spots), view, sheet)


def _sources(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    asked = view.reading.document.origins
    if not asked:
        return
    sheet.heading(_("Sources asked"))
    for each in asked[:MOST]:
        how = view.reading.term("reason", each.reason) if each.reason else _("answered in full")
        detail = f" - {view.reading.sentence(each.detail)}" if each.detail else ""
        sheet.paragraph(line(each.kind, " ", each.where, _(": "), how, detail), INDENT, "  • ")
    _more(len(asked), view, sheet)


def _cost(view: View, sheet: Sheet) -> None:
    _ = view.reading.say
    sheet.heading(_("What the scan cost"))
    sheet.paragraph(words(Sayings(reading=view.reading).cost()))


def _more(count: int, view: View, sheet: Sheet, most: int = MOST) -> None:
    _ = view.reading.say
    if count > most:
        sheet.add(" " * INDENT, words(_("others, in verdict.json: {left}", left=count - most), "dim"))
