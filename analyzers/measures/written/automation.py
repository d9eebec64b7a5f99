"""Decisions that come back: which are written down for a machine, with guard-rails, on a signal that lives?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analyzers.measures import alerts
from analyzers.measures.answers import answer
from analyzers.measures.data_services import mentions
from analyzers.measures.members import endpoint_evidence, stale, statement_evidence
from analyzers.measures.rules import names_of, read_rules, rules_evidence, service_of
from analyzers.measures.service_desk.desk import desk
from analyzers.measures.service_desk.recurrence import cause_of, repeats
from analyzers.model.context import Automatable
from analyzers.model.estate import UNDECLARED_CRITICALITY, Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from analyzers.model.monitoring import Rule
from analyzers.model.reasons import Reason

KEY = "decisions.automatable"
ACTIVATIONS = "alerts.activations"
LACKS = "lacks"
UNLISTED = "unlisted"
"""Keys of evidence: what an entry lacks; a recurring decision without an entry."""

AGAIN = 2
"""Calls of an alert in its window, and repeats of a cause, from which the answer is a recurring decision."""

MOST_RECURRING = 50
"""Recurring decisions kept, those that come back most: enough to begin with."""

_WORD = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """A decision that comes back: the alert or the cause that asks for it, how often, and what shows it."""

    name: str
    times: int
    evidence: Evidence
    service: EstateService | None = None


def listed(estate: Estate) -> Population:
    """Return recurring decisions and declared entries: declared 1 when complete, on a trigger that is not dead.

    Complete is: trigger, action, runbook, whether it can be undone, an approver, the four limits, and a blast radius
    that is known, as it acts on a service or a host of the estate. A trigger that the server knows neither as an alert
    whose series live nor as a metric is measured 0, whatever is declared. A recurring decision (an alert that called
    twice, a cause that came back twice) without an entry is declared 0 by the list that leaves it out.
    """
    entries = estate.context.automatable if estate.context is not None else None
    recurring = recurring_decisions(estate)
    triggers = {_folded(each.trigger) for each in entries or () if each.trigger} - {""}
    left = [each for each in recurring if _folded(each.name) not in triggers and not _named(each, entries or ())]
    members = [_entry(rank, each, estate) for rank, each in enumerate(entries or ())]
    members += [_unlisted(each, estate, listed=entries is not None) for each in left]
    if not members:
        if entries is None:
            return Population(key=KEY, missing="not_declared")
        none = statement_evidence(estate, "automatable", "entries", 0)
        members = [Member(name="automatable", kind="statement", declared=ZERO, evidence=(none,))]
    return Population(key=KEY, members=tuple(_unique(members)))


def recurring_decisions(estate: Estate) -> tuple[Recurring, ...]:
    """Return the decisions that come back, the most frequent first: alerts that call, causes that return."""
    found = [*_calling(estate), *_returning(estate)]
    return tuple(sorted(found, key=lambda each: (-each.times, each.name))[:MOST_RECURRING])


def incomplete(entry: Automatable, estate: Estate) -> tuple[str, ...]:
    """Return what an entry lacks to be handed to a machine."""
    limits = entry.limits
    present = {
        "trigger": bool(entry.trigger),
        "action": bool(entry.action),
        "runbook": entry.runbook is not None,
        "reversibility": entry.reversible is not None,
        "approver": entry.approver is not None,
        "rate limit": limits is not None and limits.per_hour is not None,
        "windows": limits is not None and limits.windows is not None,
        "rollback": limits is not None and bool(limits.rollback),
        "kill switch": limits is not None and bool(limits.kill_switch),
        "blast radius": bool(touched(entry, estate)),
    }
    return tuple(name for name, there in present.items() if not there)


def touched(entry: Automatable, estate: Estate) -> tuple[EstateService, ...]:
    """Return the services that an entry acts upon: those that it names, and those of the hosts that it names."""
    text = " ".join(each for each in (entry.name, entry.action, entry.trigger, entry.runbook) if each)
    named = [each for each in estate.services if mentions((each.name.casefold(),), text)]
    hosts = [each for each in estate.hosts if mentions((each.name.casefold(),), text)]
    there = {name for host in hosts for name in host.services}
    rule = _rules(estate).get(entry.trigger or "")
    labelled = service_of(rule, estate) if rule is not None else None
    every = {each.name: each for each in (*named, *(s for s in estate.services if s.name in there))}
    if labelled is not None:
        every[labelled.name] = labelled
    return tuple(every[name] for name in sorted(every))


def _entry(rank: int, entry: Automatable, estate: Estate) -> Member:
    path = f"automatable[{rank}]"
    lacking = incomplete(entry, estate)
    old = stale(estate, entry.date)
    services = touched(entry, estate)
    said = statement_evidence(
        estate,
        path,
        LACKS if lacking else "complete",
        ", ".join(lacking) or entry.name,
        entry.date,
        entry.author,
        "unknown" if old else "declared",
    )
    alive, seen, reason = _trigger(entry, estate)
    measured = Interval.point(0) if alive is False else UNKNOWN if alive else None
    return Member(
        name=entry.name,
        kind="statement",
        weight=max((each.weight for each in services), default=UNDECLARED_CRITICALITY),
        measured=measured,
        declared=None if old else ZERO if lacking else ONE,
        reason="stale" if old else reason or "partial",
        evidence=(said, *seen),
        services=tuple(each.name for each in services),
    )


def _trigger(entry: Automatable, estate: Estate) -> tuple[bool | None, tuple[Evidence, ...], Reason | None]:
    """Tell whether the trigger of an entry lives, None when it cannot be told."""
    monitoring = estate.monitoring
    if not entry.trigger:
        return None, (), "not_declared"
    if _folded(entry.trigger) in {_folded(each.name) for each in _returning(estate)}:
        return None, (), "partial"
    if monitoring is None:
        return None, (), "no_monitoring_source"
    rules = read_rules(monitoring)
    if entry.trigger in {each.name for each in rules.alerting}:
        dead = entry.trigger in _dead_alerts(estate)
        told = rules_evidence(monitoring, "dead_trigger" if dead else "trigger", entry.trigger)
        return not dead, (told,), None
    words = set(_WORD.findall(entry.trigger))
    if monitoring.metric_names is None or rules.reason is not None:
        return None, (), rules.reason or "partial"
    known = words & set(monitoring.metric_names)
    told = endpoint_evidence(
        monitoring, "/api/v1/label/__name__/values", "trigger" if known else "dead_trigger", entry.trigger
    )
    return bool(known), (told,), None


def _dead_alerts(estate: Estate) -> frozenset[str]:
    population = alerts.of_rules(estate)
    monitoring = estate.monitoring
    assert monitoring is not None
    rules = read_rules(monitoring).alerting
    by_name = dict(zip(names_of(rules), (each.name for each in rules), strict=True))
    return frozenset(
        by_name[member.name]
        for member in population.members
        if member.name in by_name and any(each.key == f"{alerts.MISSING}series" for each in member.evidence)
    )


def _unlisted(each: Recurring, estate: Estate, *, listed: bool) -> Member:
    evidence: tuple[Evidence, ...] = (each.evidence,)
    if listed:
        evidence = (*evidence, statement_evidence(estate, "automatable", UNLISTED, each.name))
    return Member(
        name=each.name,
        kind="alert",
        weight=each.service.weight if each.service is not None else UNDECLARED_CRITICALITY,
        declared=ZERO if listed else None,
        reason="not_declared",
        evidence=evidence,
        services=(each.service.name,) if each.service is not None else (),
    )


def _calling(estate: Estate) -> Iterable[Recurring]:
    monitoring = estate.monitoring
    if monitoring is None:
        return
    found = answer(monitoring, ACTIVATIONS, "alertname")
    rules = _rules(estate)
    for (name,), times in sorted(found.values.items()):
        if name and times >= AGAIN:
            rule = rules.get(name)
            yield Recurring(
                name=name,
                times=int(times),
                evidence=found.evidence(monitoring, f"calls {name}", times),
                service=service_of(rule, estate) if rule is not None else None,
            )


def _returning(estate: Estate) -> Iterable[Recurring]:
    found = desk(estate, "opened", "cause")
    if found.reason is not None:
        return
    again = repeats(found.incidents())
    places = {cause_of(each): each.service for each in again}
    for cause, times in sorted(Counter(cause_of(each) for each in again).items()):
        if times >= AGAIN:
            yield Recurring(
                name=cause,
                times=times,
                evidence=found.evidence(estate, f"repeats of {cause}", times),
                service=estate.service_named(places[cause]),
            )


def _rules(estate: Estate) -> Mapping[str, Rule]:
    return {each.name: each for each in read_rules(estate.monitoring).alerting} if estate.monitoring else {}


def _named(recurring: Recurring, entries: Iterable[Automatable]) -> bool:
    """Tell whether some entry speaks of a recurring decision in its trigger or its name."""
    word = (recurring.name.casefold(),)
    return any(mentions(word, f"{each.trigger or ''} {each.name}") for each in entries)


def _folded(text: str | None) -> str:
    return (text or "").strip().casefold()


def _unique(members: Iterable[Member]) -> list[Member]:
    found: dict[str, Member] = {}
    for each in members:
        found.setdefault(each.name, each)
    return list(found.values())
