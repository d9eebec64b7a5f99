"""Alerts that somebody can act upon: severity, owner, runbook, and series that exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from analyzers.measures.members import query_evidence, stale, statement_evidence
from analyzers.measures.promql import PAST, PRESENT, needs
from analyzers.measures.rules import names_of, read_rules, rule_member, rules_evidence, service_of
from analyzers.measures.targets import lacking, unmonitored
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import UNKNOWN, ZERO, Interval
from analyzers.model.monitoring import Monitoring, QueryResult, Rule
from analyzers.model.reasons import Reason

KEY = "alerts.actionable"
OWNER_LABELS = ("owner", "team")
RUNBOOK_ANNOTATIONS = ("runbook_url", "runbook")
PARTS = ("severity", "owner", "runbook", "series")

MISSING = "missing_"
"""Start of the keys of evidence that name what an alert lacks."""

RUNBOOK_MAX_AGE_DAYS = 180
"""A statement about runbooks older than this is stale (context file, rules)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the four things that an alert needs.

    `stated` is True when only the context file says that it is there: measurement leaves it open.
    """

    value: Interval
    evidence: tuple[Evidence, ...] = ()
    stated: bool = False
    reason: Reason | None = None


def of_rules(estate: Estate) -> Population:
    """Return alerting rules, each valued by the mean of four parts: severity, owner, runbook, live series.

    Owner: a label; without one the part is open, and the owner that the catalogue gives to the service that a label
    names is a statement. Runbook: an annotation; without one the part is open too, and a declared runbook that lists
    the alert is a statement: what is declared decides no measure. Series: the expression may give a result, as
    the series that it needs exist now or existed within 14 days; [0, 1] when it is no PromQL that we know. A server
    without any alerting rule lacks alerts: 0.
    """
    monitoring = estate.monitoring
    if monitoring is None:
        return unmonitored(KEY)
    rules = read_rules(monitoring)
    if rules.reason is not None:
        return unmonitored(KEY, rules.reason)
    if not rules.alerting:
        return lacking(KEY, rules_evidence(monitoring, "alerting_rules", 0))
    answers = {each.id: each for each in monitoring.queries}
    named = zip(names_of(rules.alerting), rules.alerting, strict=True)
    members = tuple(_member(name, rule, estate, answers, monitoring) for name, rule in named)
    return Population(key=KEY, members=members, complete=True)


def missing_parts(population: Population) -> dict[str, int]:
    """Return how many alerts lack each part, for the parts that some lack."""
    counts = Counter(
        part
        for member in population.members
        for part in {each.key.removeprefix(MISSING) for each in member.evidence if each.key.startswith(MISSING)}
    )
    return {part: counts[part] for part in PARTS if counts[part]}


def _member(
    name: str, rule: Rule, estate: Estate, answers: Mapping[str, QueryResult], monitoring: Monitoring
) -> Member:
    parts = (
        _severity(name, rule, monitoring),
        _owner(name, rule, estate, monitoring),
        _runbook(name, rule, estate, monitoring),
        _series(name, rule, answers, monitoring),
    )
    measured = Interval(_mean(each.value.low for each in parts), _mean(each.value.high for each in parts))
    rest = all(each.stated or each.value.width == 0 for each in parts)
    stated = any(each.stated for each in parts) and rest
    evidence = tuple(dict.fromkeys(piece for each in parts for piece in each.evidence))
    whole = evidence or (rules_evidence(monitoring, "alert", name),)
    reason = next((each.reason for each in parts if each.reason is not None), None)
    member = rule_member(name, rule, estate, measured, *whole, reason=reason)
    return replace(member, declared=measured.high) if stated else member


def _severity(name: str, rule: Rule, monitoring: Monitoring) -> _Part:
    if rule.labels.get("severity"):
        return _Part(Interval.point(1))
    return _Part(Interval.point(0), (rules_evidence(monitoring, f"{MISSING}severity", name),))


def _unsaid(part: str, name: str, monitoring: Monitoring) -> _Part:
    """Return a part that the rule lacks and that the context file could give: open, whether it does or not."""
    return _Part(UNKNOWN, (rules_evidence(monitoring, f"{MISSING}{part}", name),), reason="not_declared")


def _owner(name: str, rule: Rule, estate: Estate, monitoring: Monitoring) -> _Part:
    label = next((rule.labels[each] for each in OWNER_LABELS if rule.labels.get(each)), None)
    service = service_of(rule, estate)
    entry = service.declared if service is not None else None
    if label:
        return _Part(Interval.point(1))
    if entry is None or entry.owner is None or estate.context is None:
        return _unsaid("owner", name, monitoring)
    if stale(estate, entry.date):
        return _Part(UNKNOWN, reason="stale")
    path = f"services[{(estate.context.services or ()).index(entry)}].owner"
    said = statement_evidence(estate, path, "owner_declared", entry.name, entry.date, entry.author)
    return _Part(UNKNOWN, (said,), stated=True, reason="partial")


def _runbook(name: str, rule: Rule, estate: Estate, monitoring: Monitoring) -> _Part:
    written = next((rule.annotations[each] for each in RUNBOOK_ANNOTATIONS if rule.annotations.get(each)), None)
    declared = (estate.context.runbooks or ()) if estate.context is not None else ()
    listing = [(index, each) for index, each in enumerate(declared) if rule.name in each.alerts]
    if written:
        return _Part(Interval.point(1))
    if not listing:
        return _unsaid("runbook", name, monitoring)
    fresh = [(index, each) for index, each in listing if not stale(estate, each.date, RUNBOOK_MAX_AGE_DAYS)]
    if not fresh:
        return _Part(UNKNOWN, reason="stale")
    index, entry = fresh[0]
    path = f"runbooks[{index}].alerts"
    said = statement_evidence(estate, path, "runbook_declared", entry.name, entry.date, entry.author)
    return _Part(UNKNOWN, (said,), stated=True, reason="partial")


def _series(name: str, rule: Rule, answers: Mapping[str, QueryResult], monitoring: Monitoring) -> _Part:
    """Return whether some alternative of the expression has all the series that it needs."""
    alternatives = needs(rule.query)
    if alternatives is None:
        return _Part(UNKNOWN, reason="unreadable")
    states = {each: _state(each, answers) for each in sorted(frozenset().union(*alternatives))}
    if any(all(states[each].live for each in wanted) for wanted in alternatives):
        live = [each for each in states.values() if each.live]
        return _Part(Interval.point(1), tuple(_shown(each, "series", each.selector, monitoring) for each in live))
    dead = [each for each in states.values() if each.live is False]
    if all(any(each.selector in wanted for each in dead) for wanted in alternatives):
        key = f"{MISSING}series"
        shown = (_shown(each, key, f"{name}: {each.selector}", monitoring) for each in dead)
        return _Part(Interval.point(0), tuple(shown))
    return _Part(UNKNOWN, reason=next((each.reason for each in states.values() if each.reason), "partial"))


@dataclass(frozen=True, slots=True)
class _State:
    """Whether a selector finds series, now or lately; None when that is not known."""

    selector: str
    live: bool | None
    result: QueryResult | None = None
    reason: Reason | None = None


def _state(selector: str, answers: Mapping[str, QueryResult]) -> _State:
    for prefix in (PRESENT, PAST):
        result = answers.get(f"{prefix}{selector}")
        if result is None:
            return _State(selector, live=None, reason="budget_exhausted")
        if result.reason is not None:
            return _State(selector, live=None, reason=result.reason)
        if any(each.value for each in result.samples):
            return _State(selector, live=True, result=result)
    return _State(selector, live=False, result=result)


def _shown(state: _State, key: str, value: str, monitoring: Monitoring) -> Evidence:
    assert state.result is not None
    return query_evidence(monitoring, state.result, key, value)


def _mean(values: Iterable[Fraction]) -> Fraction:
    found = list(values)
    return sum(found, ZERO) / len(found)
