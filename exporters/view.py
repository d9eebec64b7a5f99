"""A document laid out for readers: what text, Markdown and HTML all show, in words, before any markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from analyzers.model.message import N_
from exporters import formats, terms
from exporters.parts import ConditionPart, EvidencePart, FindingPart
from exporters.ranges import Score
from exporters.reading import Reading

State = Literal["good", "weak", "bad", "unknown", "none", "waived"]

MARKS: Mapping[State, str] = {"good": "✓", "weak": "~", "bad": "✗", "unknown": "?", "none": "∅", "waived": "◇"}

STATES: Mapping[State, str] = {
    "good": N_("reached"),
    "weak": N_("to improve"),
    "bad": N_("failing"),
    "unknown": N_("unknown"),
    "none": N_("not applicable"),
    "waived": N_("waived"),
}

_WORST_FIRST: tuple[State, ...] = ("bad", "weak", "waived", "unknown", "good", "none")

LACKS: Mapping[tuple[str, ...], str] = {
    (): "",
    ("foundations",): N_("Foundations are lacking."),
    ("evidence",): N_("Evidence is lacking."),
    ("foundations", "evidence"): N_("Foundations and evidence are lacking."),
}


FULL = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreView:
    """A score of an axis or a prerequisite against its bar; low, high and bar on 0-100."""

    id: str
    name: str
    question: str
    low: float
    high: float
    bar: float
    span: str
    coverage: str

    @property
    def reached(self) -> bool:
        """Tell whether even the low reaches the bar."""
        return self.low >= self.bar


LINE_STATES: Mapping[str, tuple[State, str]] = {
    "good": ("good", MARKS["good"]),
    "bad": ("bad", MARKS["bad"]),
    "open": ("unknown", MARKS["unknown"]),
    "note": ("none", "·"),
}
"""How a line of a lens shows: its tone and its mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line of a lens in the reader's language."""

    state: State
    mark: str
    topic: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding in words; `part` keeps what needs none. `bar` is None when no gate asks for a minimum."""

    part: FindingPart
    state: State
    label: str
    question: str
    message: str
    outcome: str
    why_unknown: str
    span: str
    low: float
    high: float
    bar: float | None
    sources: tuple[str, ...]
    effort: str

    @property
    def mark(self) -> str:
        """One character that tells the state without a colour."""
        return MARKS[self.state]

    @property
    def amiss(self) -> bool:
        """Tell whether something is known to be wrong: what may be as it should calls for no remedy yet."""
        return self.state in {"bad", "weak", "waived"} and (self.high < FULL or bool(self.part.subjects))


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisView:
    """An axis, its score and its findings, worst first."""

    score: ScoreView
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonView:
    """The conditions of one horizon, and what they cost together."""

    number: int
    title: str
    effort: str
    conditions: tuple[ConditionPart, ...]


@dataclass(frozen=True, kw_only=True)
class View:
    """A whole report, in words."""

    reading: Reading

    @property
    def gloss(self) -> str:
        """The answer said again in the reader's language."""
        return self.reading.say(terms.GLOSSES[self.reading.document.verdict.answer])

    @property
    def lack(self) -> str:
        """What is lacking, as a sentence; empty for a *oui*."""
        return self.reading.say(LACKS[tuple(self.reading.document.verdict.lack)])

    @cached_property
    def axes(self) -> tuple[ScoreView, ...]:
        """The five axes, in the order of the grid."""
        bar = self.reading.document.rubric.bars.oui_axis
        named = self.reading.document.axes.items()
        return tuple(self._score("axis", name, score, bar, terms.AXIS_QUESTIONS) for name, score in named)

    @cached_property
    def prerequisites(self) -> tuple[ScoreView, ...]:
        """The four prerequisites, in the order of the grid."""
        bar = self.reading.document.rubric.bars.oui_prerequisite
        named = self.reading.document.prerequisites.items()
        return tuple(
            self._score("prerequisite", name, score, bar, terms.PREREQUISITE_QUESTIONS) for name, score in named
        )

    @cached_property
    def findings(self) -> Mapping[str, FindingView]:
        """Every finding, by check id, in the order of the rubric."""
        return {each.check: self._finding(each) for each in self.reading.document.findings}

    @cached_property
    def by_axis(self) -> tuple[AxisView, ...]:
        """Findings under their axis: what fails first, what was not seen next, what is reached last."""
        return tuple(
            AxisView(
                score=score,
                findings=_worst_first(each for each in self.findings.values() if each.part.axis == score.id),
            )
            for score in self.axes
        )

    @cached_property
    def lenses(self) -> tuple[tuple[str, tuple[FindingView, ...]], ...]:
        """Each lens by its name, with the findings it regroups."""
        found = [
            (self.reading.term("lens", lens), tuple(self.findings[each] for each in checks if each in self.findings))
            for lens, checks in terms.LENS_CHECKS.items()
        ]
        return tuple((name, inside) for name, inside in found if inside)

    @cached_property
    def lens_lines(self) -> tuple[tuple[str, tuple[LineView, ...]], ...]:
        """Each lens that shows lines, by its title."""
        return tuple(
            (
                self.reading.term("details", lens.name),
                tuple(
                    LineView(
                        state=LINE_STATES[each.state][0],
                        mark=LINE_STATES[each.state][1],
                        topic=self.reading.term("topic", each.topic),
                        text=self.reading.sentence(each.text),
                    )
                    for each in lens.lines
                ),
            )
            for lens in self.reading.document.lenses
        )

    @cached_property
    def horizons(self) -> tuple[HorizonView, ...]:
        """Conditions by horizon; a horizon that asks for nothing is left out."""
        found = []
        for number, title in terms.HORIZONS.items():
            inside = tuple(each for each in self.reading.document.verdict.conditions if each.horizon == number)
            if inside:
                effort = self.reading.days(sum(each.effort_days for each in inside))
                found.append(
                    HorizonView(number=number, title=self.reading.say(title), effort=effort, conditions=inside)
                )
        return tuple(found)

    @property
    def total_effort(self) -> str:
        """What the conditions cost together."""
        return self.reading.days(sum(each.effort_days for each in self.reading.document.verdict.conditions))

    @cached_property
    def counted(self) -> Counter[str]:
        """Number of findings by outcome."""
        return Counter(each.outcome for each in self.reading.document.findings)

    @cached_property
    def blind_spots(self) -> tuple[tuple[str, int], ...]:
        """Number of blind spots by reason, most frequent first."""
        counted = Counter(each.reason for each in self.reading.document.blind_spots)
        ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple((self.reading.term("reason", reason), count) for reason, count in ordered)

    def fact(self, evidence: EvidencePart) -> str:
        """Return the value of a fact with its unit."""
        value = evidence.value
        if value is None:
            return "-"
        if isinstance(value, bool):
            return self.reading.say(N_("yes")) if value else self.reading.say(N_("no"))
        shown = value if isinstance(value, str) else formats.plain_number(value, self.reading.lang)
        return f"{shown} {evidence.unit}".strip()

    def _score(self, kind: str, name: str, score: Score, bar: float, questions: Mapping[str, str]) -> ScoreView:
        return ScoreView(
            id=name,
            name=self.reading.term(kind, name),
            question=self.reading.say(questions[name]),
            low=score.low,
            high=score.high,
            bar=bar,
            span=self.reading.span(score.low, score.high),
            coverage=self.reading.percent(score.coverage),
        )

    def _finding(self, part: FindingPart) -> FindingView:
        low, high = part.low * 100, part.high * 100
        return FindingView(
            part=part,
            state=_state(part),
            label=self.reading.label(part.check),
            question=self.reading.sentence(part.question),
            message=self.reading.sentence(part.message),
            outcome=self.reading.term("outcome", part.outcome),
            why_unknown=self.reading.term("reason", part.reason) if part.reason else "",
            span=self.reading.share_span(part.low, part.high),
            low=low,
            high=high,
            bar=part.fail_below * 100 if part.gates else None,
            sources=tuple(self.reading.term("source", each) for each in part.would_answer),
            effort=self.reading.days(part.effort_days) if part.effort_days else "",
        )


def _state(part: FindingPart) -> State:
    if part.outcome == "waived":
        return "waived"
    if part.outcome == "unknown":
        return "unknown"
    if part.outcome == "not_applicable":
        return "none"
    if part.low == 1:
        return "good"
    return "bad" if part.high == 0 or part.high < part.fail_below else "weak"


def _worst_first(findings: Iterable[FindingView]) -> tuple[FindingView, ...]:
    return tuple(sorted(findings, key=lambda each: (_WORST_FIRST.index(each.state), each.low, each.high)))
