"""One finding a question: populations and policy (rubric, waivers, exclusions) put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import get_args

from analyzers.model.check import Measurement
from analyzers.model.evidence import Evidence, Member, MemberKind, Population
from analyzers.model.finding import Finding, Outcome, Waiver
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from analyzers.model.message import N_, Message, message
from analyzers.model.reasons import Reason
from analyzers.model.verdict import Confrontation
from analyzers.rubric import CheckRule, Rubric
from analyzers.scoring.confront import believe

KINDS = frozenset(get_args(MemberKind))
"""Words that may stand before the name in the scope of a waiver."""

MOST_EVIDENCE = 60
"""Evidence kept in a finding; failing members come first, so that what is cut is what went well."""

NOT_BUILT = message(N_("This question is not answered by this version."))
NOTHING_SEEN = N_("Nothing that answers this question was seen.")
NOBODY_CONCERNED = message(N_("Everything was read, and nothing here is concerned."))
DECLARED_NONE = N_("The context file declares that there is none ({block}).")
EXCLUDED = message(N_("Excluded by an option: counted as unknown."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What people decided about checks: waivers in force at `today`, checks left out by option."""

    today: date
    waivers: tuple[Waiver, ...] = ()
    excluded: frozenset[str] = frozenset()

    def in_force(self, check_id: str) -> tuple[Waiver, ...]:
        """Return the waivers of a check that have not expired."""
        return tuple(each for each in self.waivers if each.check == check_id and each.expires >= self.today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Perimeter:
    """Services, and the hosts they run on, that are judged on their own.

    `resolved` is False when the estate knows no host of one of them, and nobody else runs it.
    """

    name: str
    services: frozenset[str]
    hosts: frozenset[str]
    resolved: bool = True


def find(
    measurements: Mapping[str, Measurement],
    confrontation: Confrontation,
    rubric: Rubric,
    policy: Policy,
    perimeter: Perimeter | None = None,
) -> tuple[Finding, ...]:
    """Return one finding for each question of the rubric, in the rubric's order.

    Parameters
    ----------
    measurements
        By check id; a question of the rubric that is absent here is not implemented.
    perimeter
        To restrict every population to; None for the whole estate.
    """
    return tuple(
        _one(check_id, rule, measurements.get(check_id), confrontation, policy, perimeter)
        for check_id, rule in rubric.checks.items()
    )


def _one(
    check_id: str,
    rule: CheckRule,
    measurement: Measurement | None,
    confrontation: Confrontation,
    policy: Policy,
    perimeter: Perimeter | None,
) -> Finding:
    if measurement is None:
        return _unasked(check_id, "not_implemented", NOT_BUILT, policy)
    if check_id in policy.excluded:
        return _unasked(check_id, "no_source", EXCLUDED, policy)
    population = believe(check_id, measurement.population, confrontation)
    if perimeter is not None:
        population = population.within(perimeter.services, perimeter.hosts, resolved=perimeter.resolved)
    finding = _judge(check_id, rule, measurement, population, confrontation.discount)
    waivers = _matching(policy.in_force(check_id), population)
    if waivers and finding.outcome != "not_applicable":
        return _waive(finding, waivers, rule, population, confrontation.discount)
    return finding


def _unasked(check_id: str, reason: Reason, text: Message, policy: Policy) -> Finding:
    """Return a question that was not asked; its waivers are listed all the same."""
    waivers = policy.in_force(check_id)
    outcome: Outcome = "waived" if waivers else "unknown"
    return Finding(check_id=check_id, outcome=outcome, reason=reason, message=text, waivers=waivers)


def _judge(
    check_id: str, rule: CheckRule, measurement: Measurement, population: Population, discount: Fraction
) -> Finding:
    evidence = tuple(_most_telling(population.members))
    failing = sum(1 for member in population.members if member.interval(discount).low < 1)
    if population.declared_empty is not None:
        text = message(DECLARED_NONE, block=population.declared_empty)
        return Finding(
            check_id=check_id,
            outcome="not_applicable",
            message=text,
            declared_empty=population.declared_empty,
            evidence=evidence,
        )
    if not population.members:
        return _empty(check_id, measurement, population)
    if all(member.measured is None and member.declared is None for member in population.members):
        return Finding(
            check_id=check_id,
            outcome="unknown",
            reason=main_reason(population),
            message=measurement.unseen or message(NOTHING_SEEN),
            subjects=measurement.subjects,
            evidence=evidence,
            failing=failing,
        )
    return Finding(
        check_id=check_id,
        outcome="measured",
        reason=main_reason(population) if any(_silent(member) for member in population.members) else None,
        interval=population.interval(discount).rescale(rule.zero_at, rule.full_at),
        measured_only=population.measured_only.rescale(rule.zero_at, rule.full_at),
        coverage=population.coverage,
        message=measurement.message,
        subjects=measurement.subjects,
        evidence=evidence,
        failing=failing,
    )


def _empty(check_id: str, measurement: Measurement, population: Population) -> Finding:
    if population.complete:
        return Finding(
            check_id=check_id, outcome="not_applicable", message=NOBODY_CONCERNED, coverage=ONE, interval=UNKNOWN
        )
    return Finding(
        check_id=check_id,
        outcome="unknown",
        reason=population.missing or "no_source",
        message=measurement.unseen or message(NOTHING_SEEN),
    )


def _silent(member: Member) -> bool:
    """Tell whether something of the member is neither measured nor declared."""
    return member.declared is None and member.coverage < 1


def main_reason(population: Population) -> Reason:
    """Return the reason that explains most of what is missing."""
    counted: Counter[Reason] = Counter()
    for member in population.members:
        if member.reason is not None and _silent(member):
            counted[member.reason] += 1
    if not counted:
        return population.missing or "no_source"
    return min(counted, key=lambda reason: (-counted[reason], reason))


def _waive(
    finding: Finding, waivers: tuple[Waiver, ...], rule: CheckRule, population: Population, discount: Fraction
) -> Finding:
    """Give up the low of what is waived, keep its high: a waiver never makes a score better."""
    if any(_whole(each) for each in waivers):
        low = ZERO
    else:
        scopes = {_scoped_name(each) for each in waivers}
        waived = frozenset(member.name for member in population.members if _names(member) & scopes)
        low = population.interval(discount, waived).rescale(rule.zero_at, rule.full_at).low
    return replace(
        finding,
        outcome="waived",
        interval=Interval(min(low, finding.interval.low), finding.interval.high),
        measured_only=Interval(ZERO, finding.measured_only.high),
        waivers=waivers,
    )


def _matching(waivers: tuple[Waiver, ...], population: Population) -> tuple[Waiver, ...]:
    names = set().union(*(_names(member) for member in population.members)) if population.members else set()
    return tuple(each for each in waivers if _whole(each) or _scoped_name(each) in names)


def _whole(waiver: Waiver) -> bool:
    return _scoped_name(waiver) in {"", "*", "all", "estate"}


def _scoped_name(waiver: Waiver) -> str:
    """``host legacy1`` and ``legacy1`` name the same member."""
    words = waiver.scope.split(maxsplit=1)
    return words[1].strip() if len(words) > 1 and words[0] in KINDS else waiver.scope.strip()


def _names(member: Member) -> set[str]:
    return {member.name, *member.services, *member.hosts}


def _most_telling(members: Iterable[Member]) -> list[Evidence]:
    ordered = sorted(members, key=lambda each: (each.interval(ZERO).low, each.name))
    evidence = [piece for member in ordered for piece in member.evidence]
    return list(dict.fromkeys(evidence))[:MOST_EVIDENCE]
