"""Sentences that every report says the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from analyzers.model.message import N_
from exporters import formats
from exporters.parts import ConditionPart, ContradictionPart, FindingPart, ForecastPart, TruckFactorPart, WaiverPart
from exporters.reading import Reading
from exporters.view import FindingView

MOST_NAMES = 20
"""Services that one sentence names."""


def _source(contradiction: ContradictionPart, *, declared: bool) -> str:
    """Return who says one side of a contradiction, and where to read it again; empty when the verdict kept nothing."""
    kinds = {"declared", "unknown"} if declared else {"measured", "reconciled"}
    found = next((each.provenance for each in contradiction.evidence if each.kind in kinds), None)
    return f"{found.source}, {found.query}" if found is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayings:
    """What reports say of a document, in its reader's language."""

    reading: Reading

    def answered(self) -> str:
        """Say how many questions were answered."""
        outcomes = [each.outcome for each in self.reading.document.findings]
        return self.reading.say(
            N_("questions answered: {answered} of {total}, unknown: {unknown}"),
            answered=outcomes.count("measured") + outcomes.count("waived"),
            total=len(outcomes),
            unknown=outcomes.count("unknown"),
        )

    def steadiness(self) -> str:
        """Say how often the answer holds under other weights; empty when nobody tried."""
        share = self.reading.document.robustness.share
        if share is None:
            return ""
        held = self.reading.percent(share)
        return self.reading.say(N_("The answer holds under {share} of other weightings"), share=held)

    def score(self, finding: FindingView) -> str:
        """Say what is known of a finding in a few words."""
        if finding.state == "unknown":
            return self.reading.say(N_("unknown"))
        if finding.state == "none":
            return self.reading.say(N_("not applicable"))
        return self.reading.say(N_("{span} of 100"), span=finding.span)

    def unknown(self, finding: FindingView) -> str:
        """Say why a finding is (in part) unknown, and who would answer; empty when it is not."""
        if not finding.why_unknown:
            return ""
        template = N_("Unknown: {why}") if finding.state == "unknown" else N_("In part unknown: {why}")
        said = self.reading.say(template, why=finding.why_unknown)
        if not finding.sources:
            return said
        return said + self.reading.say(N_("; would answer: {sources}"), sources=", ".join(finding.sources))

    def concerned(self, part: FindingPart, most: int) -> str:
        """Name the subjects that fail, `most` of them at most."""
        return self.reading.say(N_("Concerned: {names}"), names=self.names(part, most))

    def names(self, part: FindingPart, most: int) -> str:
        """Name subjects, and count those that are left out."""
        named = ", ".join(part.subjects[:most])
        left = part.subjects_total - min(most, len(part.subjects))
        return named + self.reading.say(N_(" and others: {left}"), left=left) if left > 0 else named

    def remedy(self, finding: FindingView) -> str:
        """Say what to do, and what it takes."""
        said = self.reading.say(N_("Remedy: {remedy}"), remedy=self.reading.sentence(finding.part.remedy))
        return f"{said} ({finding.effort})" if finding.effort else said

    def condition(self, condition: ConditionPart) -> str:
        """Say what to do; of what nobody knows yet, who would tell first."""
        action = self.reading.sentence(condition.action)
        found = next((each for each in self.reading.document.findings if each.check == condition.check), None)
        if found is None or found.outcome != "unknown" or not found.would_answer:
            return action
        source = self.reading.term("source", found.would_answer[0])
        return self.reading.say(N_("Find out first ({source}). If need be: {action}"), source=source, action=action)

    def waiver(self, waiver: WaiverPart) -> str:
        """Say who lives with a finding, until when, and why."""
        return self.reading.say(
            N_("Waived by {owner} until {expires} ({scope}): {why}"),
            owner=waiver.owner,
            expires=waiver.expires.isoformat(),
            scope=waiver.scope,
            why=waiver.reason,
        )

    def waived(self) -> list[str]:
        """Say every waiver in force."""
        return [
            self.reading.say(N_("{name}: {what}"), name=self.reading.label(each.check), what=self.waiver(waiver))
            for each in self.reading.document.findings
            for waiver in each.waivers
        ]

    def confronted(self) -> str:
        """Say what came of declarations."""
        found = self.reading.document.confrontation
        return self.reading.say(
            N_(
                "Declarations confronted with measurements: {confronted}; disproved: {disproved}. "
                "A declaration alone loses {discount}."
            ),
            confronted=found.confronted,
            disproved=len(found.contradictions),
            discount=self.reading.percent(found.discount),
        )

    def disproved(self) -> list[str]:
        """Say each declaration that a measurement, of now or of an earlier scan, disproves."""
        found = self.reading.document.confrontation
        said = [self._contradiction(each) for each in found.contradictions]
        now = {(each.check, each.member) for each in found.contradictions}
        return said + [
            self.reading.say(
                N_("{check}, {member}: disproved by an earlier scan, not proved since"),
                check=each.check,
                member=each.member,
            )
            for each in found.withdrawn
            if (each.check, each.member) not in now
        ]

    def _contradiction(self, each: ContradictionPart) -> str:
        """Say both sides of a contradiction, each with who says it and where to read it again."""
        sides = {
            "check": each.check,
            "member": each.member,
            "declared": self.reading.span(each.declared * 100, each.declared * 100),
            "measured": self.reading.share_span(each.measured.low, each.measured.high),
        }
        said, seen = _source(each, declared=True), _source(each, declared=False)
        if not said or not seen:
            return self.reading.say(N_("{check}, {member}: declared {declared}, measured {measured} of 100"), **sides)
        template = N_("{check}, {member}: declared {declared} ({said}), measured {measured} of 100 ({seen})")
        return self.reading.say(template, **sides, said=said, seen=seen)

    def emptied(self) -> list[str]:
        """Say each block that is declared empty, and what that leaves aside."""
        return [
            self.reading.say(
                N_("{block} is declared empty; left aside: {labels}"),
                block=each.block,
                labels=", ".join(self.reading.label(check) for check in each.checks),
            )
            for each in self.reading.document.declared_empty
        ]

    def key_people(self) -> list[str]:
        """Say after how many departures knowledge is lost, where, and how much of it is outside."""
        document = self.reading.document
        factors = {each.scope: each for each in document.truck_factors}
        said = []
        if estate := factors.get("estate"):
            template = N_("Departures after which less than half of the estate is known: {people} [{proved} proved].")
            said.append(self.reading.say(template, people=estate.value, proved=estate.proved))
        said += self._frail(factors)
        if found := document.key_people:
            numbers = ", ".join(map(str, found.orphans))
            template = N_("Services orphaned at worst when one, two or three persons leave: {numbers}.")
            said.append(self.reading.say(template, numbers=numbers))
            if found.outside is not None and found.unsaid is not None:
                template = N_(
                    "Knowledge held outside the company: {outside}; by persons of no declared employer: {unsaid}."
                )
                outside, unsaid = self.reading.percent(found.outside), self.reading.percent(found.unsaid)
                said.append(self.reading.say(template, outside=outside, unsaid=unsaid))
        return said

    def _frail(self, factors: Mapping[str, TruckFactorPart]) -> list[str]:
        services = {name.removeprefix("service:"): each.value for name, each in factors.items() if name != "estate"}
        teams = {name: value for name, value in services.items() if name.startswith("team:")}
        frail = [name for name, value in services.items() if value <= 1 and name not in teams]
        said = []
        if frail:
            names = ", ".join(frail[:MOST_NAMES]) + (", …" if len(frail) > MOST_NAMES else "")
            said.append(
                self.reading.say(N_("Known by one person only ({count}): {names}."), count=len(frail), names=names)
            )
        if teams:
            numbers = ", ".join(f"{name.removeprefix('team:')} {value}" for name, value in teams.items())
            said.append(
                self.reading.say(
                    N_("Departures after which a team has lost its knowledge: {numbers}."), numbers=numbers
                )
            )
        return said

    def filling(self, part: ForecastPart) -> str:
        """Say what fills, and when."""
        return self.reading.say(
            N_("{host}, {resource}: {when}"), host=part.host, resource=part.resource, when=self.filling_date(part)
        )

    def filling_date(self, part: ForecastPart) -> str:
        """Say when a resource is full, and how wrong the same forecast was a week ago."""
        if not part.days_until_full:
            return self.reading.say(N_("full now"))
        day = self.reading.document.taken_at.date() + timedelta(days=part.days_until_full)
        said = self.reading.say(
            N_("full in {days} days, on {day}"),
            days=self.reading.number(part.days_until_full),
            day=formats.day(day, self.reading.lang),
        )
        if part.error is None:
            return said
        error = self.reading.number(part.error * 100, 1)
        return said + self.reading.say(N_("; a week ago the same forecast was {error} points off"), error=error)

    def cost(self) -> str:
        """Say what the collection cost."""
        cost = self.reading.document.cost
        return self.reading.say(
            N_("Queries: {queries}; samples: {samples}; read: {size}; seconds: {seconds}, of processor: {cpu}."),
            queries=self.reading.number(cost.queries),
            samples=self.reading.number(cost.samples),
            size=formats.size(cost.bytes, self.reading.lang),
            seconds=self.reading.number(cost.seconds, 1),
            cpu=self.reading.number(cost.cpu_seconds, 1),
        )
