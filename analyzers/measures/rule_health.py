"""Rules that evaluate, and a chain that delivers what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.answers import Answer, answer
from analyzers.measures.delivery import Delivery, delivery
from analyzers.measures.rules import names_of, read_rules, rule_member, rules_evidence
from analyzers.measures.targets import lacking, unmonitored
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, UNKNOWN, Interval
from analyzers.model.monitoring import Monitoring, Rule
from analyzers.model.reasons import Reason

KEY = "rules.healthy"
FAILURES, MISSED, DURATION = "rules.failures", "rules.missed", "rules.duration_share"

HEALTHY = "rule_evaluated"
"""Key of the evidence of a rule whose evaluation nothing disturbs."""

DURATION_UNDER = 0.5
"""Share of its interval that a group may take to evaluate (signal P36)."""


@dataclass(frozen=True, slots=True)
class _Health:
    """What is known of one rule; `reason` tells why it is not a point."""

    value: Interval
    evidence: tuple[Evidence, ...]
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    """What the server says of a group of rules and counts during the last day; None when it does not."""

    failures: float | None
    missed: float | None
    duration: float | None
    listed: bool
    size: int
    failing_now: bool


def of_rules(estate: Estate) -> Population:
    """Return rules valued by their health times the delivery of what they say.

    A rule is healthy when its last evaluation went well and its group neither missed an evaluation nor takes over half
    of its interval. Failures of the last day that no rule shows any more count as one rule of the group, spread over
    it. Where the server does not count them, the last evaluation alone proves nothing. A server without rules lacks
    them: 0.
    """
    monitoring = estate.monitoring
    if monitoring is None:
        return unmonitored(KEY)
    rules = read_rules(monitoring)
    if rules.reason is not None:
        return unmonitored(KEY, rules.reason)
    if not rules.found:
        return lacking(KEY, rules_evidence(monitoring, "rules", 0))
    chain = delivery(monitoring)
    asked = {each: answer(monitoring, each, "rule_group") for each in (FAILURES, MISSED, DURATION)}
    groups = _groups(rules.found, asked)
    members = [
        _member(name, rule, _health(name, rule, groups[_group_of(rule)], asked, monitoring), chain, estate)
        for name, rule in zip(names_of(rules.found), rules.found, strict=True)
    ]
    return Population(key=KEY, members=tuple(members), complete=True)


def _member(name: str, rule: Rule, health: _Health, chain: Delivery, estate: Estate) -> Member:
    measured = Interval(health.value.low * chain.value.low, health.value.high * chain.value.high)
    reason = health.reason or chain.reason if measured.width else None
    return rule_member(name, rule, estate, measured, *health.evidence, *chain.evidence, reason=reason)


def _groups(rules: Sequence[Rule], asked: Mapping[str, Answer]) -> dict[str, _Group]:
    by_group: dict[str, list[Rule]] = {}
    for rule in rules:
        by_group.setdefault(_group_of(rule), []).append(rule)
    return {
        key: _Group(
            failures=asked[FAILURES].values.get((key,)),
            missed=asked[MISSED].values.get((key,)),
            duration=asked[DURATION].values.get((key,)) if (spent := _duration(group)) is None else spent,
            listed=spent is not None,
            size=len(group),
            failing_now=any(each.health == "err" for each in group),
        )
        for key, group in by_group.items()
    }


def _group_of(rule: Rule) -> str:
    """Return the name of a group as the metrics of Prometheus spell it."""
    return f"{rule.file};{rule.group}"


def _duration(group: Iterable[Rule]) -> float | None:
    """Return the share of its interval that a group takes, from the list of rules; None when it does not say."""
    spent, interval = 0.0, None
    for rule in group:
        if rule.evaluation_seconds is None or not rule.interval_seconds:
            return None
        spent, interval = spent + rule.evaluation_seconds, rule.interval_seconds
    return spent / interval if interval else None


def _health(name: str, rule: Rule, group: _Group, asked: Mapping[str, Answer], monitoring: Monitoring) -> _Health:
    key = HEALTHY if rule.health == "ok" else "rule_not_evaluated"
    said = rules_evidence(monitoring, key, f"{name}: {rule.health}")
    if rule.health == "err":
        return _Health(Interval.point(0), (said,))
    if rule.health != "ok":
        return _Health(UNKNOWN, (said,), "too_few")
    overdue = _overdue(_group_of(rule), group, asked, monitoring)
    if overdue is not None:
        return _Health(Interval.point(0), (overdue,))
    if group.failures is None or group.missed is None or group.duration is None:
        return _Health(UNKNOWN, (said,), asked[FAILURES].reason or asked[MISSED].reason or "partial")
    if group.failures > 0 and not group.failing_now:
        failed = asked[FAILURES].evidence(monitoring, f"rule_failures {_group_of(rule)}", group.failures, "a day")
        return _Health(Interval.point(ONE - Fraction(1, group.size)), (failed,))
    return _Health(Interval.point(1), (said,))


def _overdue(key: str, group: _Group, asked: Mapping[str, Answer], monitoring: Monitoring) -> Evidence | None:
    """Return the evidence that a group misses evaluations or is about to, None when nothing shows it."""
    if group.missed is not None and group.missed > 0:
        return asked[MISSED].evidence(monitoring, f"rule_evaluations_missed {key}", group.missed, "a day")
    if group.duration is not None and group.duration > DURATION_UNDER:
        share = round(group.duration, 6)
        if group.listed:
            return rules_evidence(monitoring, f"rule_duration {key}", share, "of the interval")
        return asked[DURATION].evidence(monitoring, f"rule_duration {key}", share, "of the interval")
    return None


def unhealthy(population: Population) -> tuple[str, ...]:
    """Return the names of the rules that do not evaluate well, whatever becomes of what they say."""
    return tuple(
        each.name
        for each in population.members
        if each.kind != "estate" and not any(piece.key == HEALTHY for piece in each.evidence)
    )
