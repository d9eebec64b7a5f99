"""A comparison on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzers.model.message import N_, Parameter
from exporters import formats, i18n
from exporters.comparison.parts import Change, Comparison, Failing, Incomparable, ScoreChange
from exporters.screen.pieces import ANSWER_STYLES, line, padded, words
from exporters.screen.sheet import Sheet

LABEL = 24
SPAN = 10
MOST_SUBJECTS = 6

_WHY = {
    "rubric": N_("Another rubric: {before} then {after}. Nothing here may be read as progress."),
    "scope": N_("Another scope. Nothing here may be read as progress."),
    "check": N_("{check}: it was {before}, it is {after}"),
}


def text(comparison: Comparison, *, lang: str, width: int, colour: bool) -> str:
    """Return the report, its lines no longer than `width`."""
    report = _Report(comparison, lang, Sheet(width, colour=colour))
    report.write()
    return report.sheet.render()


@dataclass(frozen=True, slots=True)
class _Report:
    found: Comparison
    lang: str
    sheet: Sheet

    def say(self, template: str, **parameters: Parameter) -> str:
        return i18n.fill(template, parameters, self.lang)

    def label(self, check: str) -> str:
        return i18n.check_label(check, self.lang)

    def write(self) -> None:
        """Write each section that has something to say."""
        self.title()
        for each in self.found.incomparable:
            self.incomparable(each)
        if not self.found.comparable:
            return
        self.scores("axis", self.found.axes)
        self.scores("prerequisite", self.found.prerequisites)
        self.changes(self.say(N_("Better")), "▲", "green", self.found.better)
        self.changes(self.say(N_("Worse")), "▼", "bold red", self.found.worse)
        self.changes(self.say(N_("Better known")), "◆", "cyan", self.found.clearer)
        self.changes(self.say(N_("Less known")), "◇", "yellow", self.found.vaguer)
        self.failing(self.say(N_("Fail now, and did not")), self.found.new)
        self.failing(self.say(N_("Failed, and do not any more")), self.found.gone)
        self.way()
        self.waivers()

    def title(self) -> None:
        old, new = self.found.before, self.found.after
        moments = [formats.moment(each.taken_at, self.lang) for each in (old, new)]
        self.sheet.paragraph(words(self.say(N_("From {before} to {after}"), before=moments[0], after=moments[1])))
        answers = [words(f" {each.answer} ", ANSWER_STYLES[each.answer]) for each in (old, new)]
        self.sheet.add(answers[0], " → ", answers[1])
        if self.found.comparable and not self._changed():
            self.sheet.paragraph(words(self.say(N_("Nothing changed."))))

    def incomparable(self, each: Incomparable) -> None:
        if each.what == "check":
            outcomes = [", ".join(i18n.term("outcome", one, self.lang) for one in side) for side in _sides(each)]
            parameters: dict[str, Parameter] = {"check": each.check, "before": outcomes[0], "after": outcomes[1]}
        else:
            parameters = {"before": ", ".join(each.before), "after": ", ".join(each.after)}
        self.sheet.paragraph(words(self.say(_WHY[each.what], **parameters)), 2, words("≠ ", "bold yellow"))
        if each.what == "scope":
            self.named(self.say(N_("asked before only")), each.before)
            self.named(self.say(N_("asked now only")), each.after)

    def named(self, title: str, names: Sequence[str]) -> None:
        if names:
            self.sheet.paragraph(line(words(title, "dim"), self.say(N_(": ")), self._some(names)), 4)

    def scores(self, kind: str, changes: dict[str, ScoreChange]) -> None:
        if not changes:
            return
        self.sheet.heading(self.say(N_("Axes") if kind == "axis" else N_("Prerequisites")))
        for name, each in changes.items():
            spans = [formats.span(one.low, one.high, self.lang) for one in (each.before, each.after)]
            self.sheet.add(
                padded(words(i18n.term(kind, name, self.lang)), LABEL), padded(words(spans[0]), SPAN), "→ ", spans[1]
            )

    def changes(self, title: str, mark: str, style: str, changes: Sequence[Change]) -> None:
        if not changes:
            return
        self.sheet.heading(title)
        for each in changes:
            spans = [self._span(one.low, one.high) for one in (each.before, each.after)]
            said = self.say(N_("{before} → {after} of 100"), before=spans[0], after=spans[1])
            self.sheet.paragraph(
                line(words(self.label(each.check), "bold"), self.say(N_(": ")), said), 2, words(f"{mark} ", style)
            )

    def failing(self, title: str, found: Iterable[Failing]) -> None:
        by_check: dict[str, list[str]] = {}
        for each in found:
            by_check.setdefault(each.check, []).append(each.subject)
        if not by_check:
            return
        self.sheet.heading(title)
        for check, subjects in by_check.items():
            self.sheet.paragraph(
                line(words(self.label(check), "bold"), self.say(N_(": ")), self._some(subjects)), 2, "• "
            )

    def way(self) -> None:
        steps = self.found.conditions
        if not (steps.met or steps.remaining or steps.added):
            return
        efforts = [formats.number(each, self.lang, 1) for each in (steps.days_before, steps.days_after)]
        self.sheet.heading(
            self.say(N_("Way to oui: {before} d before, {after} d now"), before=efforts[0], after=efforts[1])
        )
        self.named(self.say(N_("no longer needed")), [self.label(each) for each in steps.met])
        self.named(self.say(N_("still to do")), [self.label(each) for each in steps.remaining])
        self.named(self.say(N_("new on the way")), [self.label(each) for each in steps.added])

    def waivers(self) -> None:
        if not self.found.waivers_ending:
            return
        self.sheet.heading(self.say(N_("Waivers that end within a month")))
        for each in self.found.waivers_ending:
            said = self.say(
                N_("{check}: until {expires}, {owner}"),
                check=each.check,
                expires=each.expires.isoformat(),
                owner=each.owner,
            )
            self.sheet.paragraph(words(said), 2, "• ")

    def _changed(self) -> bool:
        found = self.found
        return bool(
            found.better
            or found.worse
            or found.clearer
            or found.vaguer
            or found.new
            or found.gone
            or found.incomparable
            or found.before.answer != found.after.answer
        )

    def _span(self, low: float, high: float) -> str:
        return formats.span(round(low * 100, 2), round(high * 100, 2), self.lang)

    def _some(self, names: Sequence[str]) -> str:
        left = len(names) - MOST_SUBJECTS
        shown = ", ".join(names[:MOST_SUBJECTS])
        return shown + (self.say(N_(" and others: {left}"), left=left) if left > 0 else "")


def _sides(each: Incomparable) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return each.before, each.after
