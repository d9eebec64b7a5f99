"""What the board's page says, in words: plain ones, no name of a host or a person, no acronym."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from analyzers.model.message import N_
from exporters import formats
from exporters.parts import ConditionPart, FindingPart
from exporters.reading import Reading
from exporters.view import ScoreView, View

MOST = 3
"""Reasons, risks and steps: what a board remembers."""

PLAIN_LABELS: Mapping[str, str] = {
    "ai-policy": N_("Rules for artificial intelligence"),
    "ai-stress-test": N_("Room for artificial intelligence"),
    "provider-kpis": N_("Indicators of the provider"),
    "sla-measured": N_("Service commitments measured"),
    "sla-realistic": N_("Service commitments within reach"),
}
"""Questions whose short name is jargon, said for everybody."""

PLAIN_USES: Mapping[str, str] = {
    "hosting a business AI workload": N_("hosting artificial intelligence for the business"),
}
"""The same for uses of artificial intelligence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One line of a list: what it is about, and what is said of it."""

    title: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A use of AI and its answer."""

    name: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything on the page, each part short enough for one sheet of A4."""

    reading: Reading

    @cached_property
    def _view(self) -> View:
        return View(reading=self.reading)

    @property
    def day(self) -> str:
        """Day of the scan."""
        return formats.day(self.reading.document.taken_at.date(), self.reading.lang)

    @property
    def answer(self) -> str:
        """The answer, one of the three."""
        return self.reading.document.verdict.answer

    @property
    def gloss(self) -> str:
        """The answer in a few words."""
        return self._view.gloss

    @property
    def lack(self) -> str:
        """What is lacking, as a sentence; empty for a *oui*."""
        return self._view.lack

    @cached_property
    def reasons(self) -> tuple[Point, ...]:
        """What weighs most in the answer."""
        forbidden = [self._forbidding(each) for each in self._findings if _forbids(each)]
        short = sorted(
            (each for each in (*self._view.prerequisites, *self._view.axes) if not each.reached),
            key=lambda each: (each.low - each.bar, each.id),
        )
        found = [*forbidden, *(self._short(each) for each in short)]
        return tuple(found[:MOST]) or self._all_reached()

    @cached_property
    def risks(self) -> tuple[Point, ...]:
        """What may happen, worst first: questions that measurably fail, the most pressing one first."""
        rank = {each.check: index for index, each in enumerate(self.reading.document.priority)}
        failing = [each for each in self._findings if each.risk and _fails(each)]
        failing.sort(key=lambda each: (not _forbids(each), rank.get(each.check, len(rank)), each.check))
        return tuple(
            Point(title=self._label(each.check), said=self.reading.sentence(each.risk)) for each in failing[:MOST]
        )

    @cached_property
    def steps(self) -> tuple[Point, ...]:
        """What to do first, with what it takes and when."""
        return tuple(self._step(each) for each in self._conditions[:MOST])

    @cached_property
    def trajectory(self) -> tuple[Point, ...]:
        """What each horizon takes, when there is a way to *oui*."""
        return tuple(
            Point(
                title=self.reading.say(N_("{number}. {title}"), number=each.number, title=each.title), said=each.effort
            )
            for each in self._view.horizons
        )

    @property
    def total(self) -> str:
        """What the whole way takes."""
        said = self.reading.say
        if self.answer == "oui":
            return said(N_("Nothing more is needed: the project may start."))
        if not self._conditions:
            return said(N_("No set of actions was found that leads to oui."))
        return said(
            N_("Once these {count} actions are done, the answer becomes oui: {effort} of work in all."),
            count=len(self._conditions),
            effort=self._view.total_effort,
        )

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """What the answer does not rest on, and what a reader must know before believing it."""
        return tuple(self._unknown())

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Uses of AI, those that create value now first."""
        order = ("oui", "pas encore", "non")
        ranked = sorted(self.reading.document.use_cases, key=lambda each: order.index(each.answer))
        return tuple(Use(name=self._use(each.name), answer=each.answer) for each in ranked)

    @property
    def _findings(self) -> tuple[FindingPart, ...]:
        return self.reading.document.findings

    @property
    def _conditions(self) -> tuple[ConditionPart, ...]:
        return self.reading.document.verdict.conditions

    def _label(self, check: str) -> str:
        plain = PLAIN_LABELS.get(check)
        return self.reading.say(plain) if plain else self.reading.label(check)

    def _use(self, name: str) -> str:
        plain = PLAIN_USES.get(name)
        return self.reading.say(plain) if plain else self.reading.sentence(name)

    def _forbidding(self, finding: FindingPart) -> Point:
        return Point(
            title=self._label(finding.check),
            said=self.reading.say(N_("What was measured forbids a yes by itself, whatever the rest is.")),
        )

    def _short(self, score: ScoreView) -> Point:
        low, high, bar = (self.reading.number(each) for each in (score.low // 1, -(-score.high // 1), score.bar))
        if score.high < score.bar:
            said = self.reading.say(
                N_("{question} At most {high} of 100, where {bar} are needed."),
                question=score.question,
                high=high,
                bar=bar,
            )
        else:
            said = self.reading.say(
                N_("{question} Proved: {low} of 100, where {bar} are needed."),
                question=score.question,
                low=low,
                bar=bar,
            )
        return Point(title=score.name, said=said)

    def _all_reached(self) -> tuple[Point, ...]:
        if self.answer != "oui":
            return ()
        bars = self.reading.document.rubric.bars
        return (
            Point(
                title=self.reading.say(N_("Foundations")),
                said=self.reading.say(
                    N_("Each of the five axes reaches {axis} of 100, each of the four prerequisites {prerequisite}."),
                    axis=bars.oui_axis,
                    prerequisite=bars.oui_prerequisite,
                ),
            ),
            Point(
                title=self.reading.say(N_("Evidence")),
                said=self.reading.say(
                    N_("At least {share} of each prerequisite was measured, not only declared."),
                    share=self.reading.percent(bars.measured_share),
                ),
            ),
        )

    def _step(self, condition: ConditionPart) -> Point:
        return Point(
            title=self._label(condition.check),
            said=self.reading.say(
                N_("{question} Horizon {horizon}, {effort} of work."),
                question=self._question(condition.check),
                horizon=condition.horizon,
                effort=self.reading.days(condition.effort_days),
            ).strip(),
        )

    def _question(self, check: str) -> str:
        asked = next((each.question for each in self._findings if each.check == check), "")
        return self.reading.sentence(asked)

    def _unknown(self) -> Iterator[str]:
        document, say = self.reading.document, self.reading.say
        counted = self._view.counted
        if counted["unknown"]:
            yield say(
                N_("Questions without an answer yet: {unknown} of {total}."),
                unknown=counted["unknown"],
                total=len(document.findings),
            )
        dearest = [self._label(each.check) for each in document.price_of_ignorance[:MOST]]
        if dearest:
            yield say(N_("Answers that would bring oui nearest: {labels}."), labels=", ".join(dearest))
        if document.confrontation.contradictions:
            yield say(
                N_("Statements that measurement disproved: {count} of {confronted}."),
                count=len(document.confrontation.contradictions),
                confronted=document.confrontation.confronted,
            )
        if document.confrontation.doubled:
            yield say(N_("The discount is doubled: too many declarations proved false."))
        if counted["waived"]:
            yield say(N_("Questions set aside by a waiver: {count}."), count=counted["waived"])
        if document.declared_empty:
            yield say(
                N_("Left aside as declared non-existent: {blocks}."),
                blocks=", ".join(each.block for each in document.declared_empty),
            )
        if document.blind_spots:
            yield say(N_("Things that could not be seen: {count}."), count=len(document.blind_spots))


def _forbids(finding: FindingPart) -> bool:
    known = finding.measured_only
    return finding.redhibitoire and known is not None and known.high < finding.fail_below


def _fails(finding: FindingPart) -> bool:
    """Tell whether something measured or declared is under full marks: an unknown is no risk yet."""
    return finding.outcome in {"measured", "waived"} and finding.high < 1
