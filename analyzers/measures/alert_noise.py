"""Noise of alerts: those that flap, those that never end, those that drown the others, and pages on call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.answers import Answer, Key, answer
from analyzers.measures.rules import Rules, read_rules
from analyzers.measures.targets import exact, unmonitored
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason

KEY = "alerts.noise"
ACTIVATIONS = "alerts.activations"
FIRING = "alerts.firing_share"
OBSERVED = "alerts.observed_seconds"

WEEK_SECONDS = 7 * 86400.0
SHIFTS_A_WEEK = 14
"""Shifts of twelve hours."""

FLAPPING_OVER = 10
"""Activations a week of one rule (signal P40)."""

PERMANENT_OVER = 0.9
"""Share of the time firing (signal P41)."""

ALWAYS_FIRING = frozenset({"watchdog", "deadmansswitch", "infoinhibitor"})
"""Alerts that are meant to fire all the time."""

TOP, TOP_SHARE = 5, Fraction(1, 2)
CONCENTRATION_FROM_ACTIVATIONS, CONCENTRATION_OVER_RULES = 10, 5
"""Share of the activations that the five noisiest rules may hold; under so few, it says nothing (signal P42)."""

PAGES_A_SHIFT = 2
"""Pages that a person can answer well in twelve hours (signal P43)."""

OF_RULES = frozenset({"flapping", "permanent"})
"""Parts that are shares of the alerting rules."""

WHOLE_WEEK_FROM = Fraction(97, 100)
"""Observed share of the week from which the rest is a restart, not a gap."""

MOST_NAMED = 10
"""Noisy alerts shown by name."""

TOP_KEY, PAGES_KEY = "share_of_the_noisiest", "pages_per_shift"
"""Keys of evidence."""

PAGING = re.compile(r"critical|page", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Week:
    """What was seen of the alerts during the last week.

    Attributes
    ----------
    observed
        Share of the week that was observed, in [0, 1].
    rules
        Number of alerting rules; where the server does not list them, of those that fired.
    listed
        Whether the server lists them.
    """

    activations: Answer
    firing: Answer
    observed: Fraction
    rules: int
    listed: bool
    reason: Reason | None


def of_alerts(estate: Estate) -> Population:
    """Return four members, each 1 - one part of the noise: flapping, permanent, concentration, pages.

    Alerts that never fired leave no series: with rules to look at, no series is no noise (signal P40). The part of the
    week that nobody observed stays open: whatever was quiet may have been loud there. Without any alerting rule nothing
    can be judged: too_few.
    """
    monitoring = estate.monitoring
    if monitoring is None:
        return unmonitored(KEY)
    rules = read_rules(monitoring)
    if rules.reason is None and not rules.alerting:
        return unmonitored(KEY, "too_few")
    activations = answer(monitoring, ACTIVATIONS, "alertname", "severity")
    firing = answer(monitoring, FIRING, "alertname", "severity")
    if rules.reason is not None and not (activations.values or firing.values):
        return unmonitored(KEY, rules.reason)
    week = _week(monitoring, rules, activations, firing)
    members = (
        _part("flapping", _flapping, week.activations, week, monitoring),
        _part("permanent", _permanent, week.firing, week, monitoring),
        _part("concentration", _concentration, week.activations, week, monitoring),
        _part("pages", _pages, week.activations, week, monitoring),
    )
    return Population(key=KEY, members=members, complete=True)


@dataclass(frozen=True, slots=True)
class _Noise:
    """One part of the noise, in [0, 1], with what shows it.

    `share` is what was observed; `least`, what no more observation of the same week can take away.
    """

    share: Fraction
    least: Fraction
    evidence: tuple[Evidence, ...]


def _week(monitoring: Monitoring, rules: Rules, activations: Answer, firing: Answer) -> _Week:
    observed = answer(monitoring, OBSERVED)
    seconds = observed.values.get((), 0.0)
    seen = set(activations.values) | set(firing.values)
    return _Week(
        activations=activations,
        firing=firing,
        observed=exact(seconds / WEEK_SECONDS) if observed.asked else ZERO,
        rules=max(1, len(rules.alerting), len(seen)),
        listed=rules.reason is None,
        reason=observed.reason or ("too_few" if seconds <= 0 else None),
    )


def _part(
    name: str,
    judge: Callable[[_Week, Fraction, Monitoring], _Noise],
    source: Answer,
    week: _Week,
    monitoring: Monitoring,
) -> Member:
    """Return one part as a member: a point when the whole week was observed, else open below what is certain."""
    observed = min(week.observed, exact((source.window_seconds or 0.0) / WEEK_SECONDS))
    if not source.asked or observed == 0:
        return Member(name=name, kind="estate", reason=source.reason or week.reason or "too_few")
    noise = judge(week, observed, monitoring)
    whole = observed >= WHOLE_WEEK_FROM
    low = ONE - min(ONE, noise.share) if whole else ZERO
    high = low if whole else ONE - min(ONE, noise.least)
    measured = Interval(low, ONE if not week.listed and name in OF_RULES else high)
    open_end: Reason = "too_few" if week.listed else "partial"
    reason = open_end if measured.width else None
    return Member(name=name, kind="estate", measured=measured, reason=reason, evidence=noise.evidence)


def _flapping(week: _Week, _observed: Fraction, monitoring: Monitoring) -> _Noise:
    flapping = {key: count for key, count in week.activations.values.items() if count > FLAPPING_OVER}
    share, evidence = _of_rules(flapping, "flapping", "activations", week.activations, week, monitoring)
    return _Noise(share, least=share, evidence=evidence)


def _permanent(week: _Week, observed: Fraction, monitoring: Monitoring) -> _Noise:
    permanent = {
        key: share
        for key, share in week.firing.values.items()
        if share > PERMANENT_OVER and key[0].casefold() not in ALWAYS_FIRING
    }
    share, evidence = _of_rules(permanent, "permanent", "of the time", week.firing, week, monitoring)
    certain = sum(1 for each in permanent.values() if each * observed > PERMANENT_OVER)
    return _Noise(share, least=Fraction(certain, week.rules), evidence=evidence)


def _of_rules(
    found: Mapping[Key, float], key: str, unit: str, source: Answer, week: _Week, monitoring: Monitoring
) -> tuple[Fraction, tuple[Evidence, ...]]:
    """Return the share of rules that are noisy in one way, with each of them named."""
    worst = sorted(found, key=lambda each: (-found[each], each))
    named = (source.evidence(monitoring, f"{key} {_alert(each)}", found[each], unit) for each in worst[:MOST_NAMED])
    summary = source.evidence(monitoring, f"{key}_rules", f"{len(found)} of {week.rules}")
    return Fraction(len(found), week.rules), (summary, *named)


def _concentration(week: _Week, _observed: Fraction, monitoring: Monitoring) -> _Noise:
    counts = sorted((max(0.0, each) for each in week.activations.values.values()), reverse=True)
    total = sum(counts)
    share = exact(sum(counts[:TOP]) / total) if total else ZERO
    telling = total >= CONCENTRATION_FROM_ACTIVATIONS and week.rules > CONCENTRATION_OVER_RULES
    evidence = week.activations.evidence(monitoring, TOP_KEY, share, f"of {total:.0f} activations")
    over = (share - TOP_SHARE) / (1 - TOP_SHARE) if telling and share > TOP_SHARE else ZERO
    return _Noise(over, least=ZERO, evidence=(evidence,))


def _pages(week: _Week, observed: Fraction, monitoring: Monitoring) -> _Noise:
    pages = sum(max(0.0, count) for key, count in week.activations.values.items() if PAGING.fullmatch(key[1]))
    a_week = Fraction(pages) / SHIFTS_A_WEEK
    a_shift = a_week / observed
    evidence = week.activations.evidence(monitoring, PAGES_KEY, a_shift, "pages in 12 hours")
    return _Noise(_unbearable(a_shift), least=_unbearable(a_week), evidence=(evidence,))


def _unbearable(a_shift: Fraction) -> Fraction:
    """Return the share of the pages of a shift beyond what a person can answer."""
    return 1 - PAGES_A_SHIFT / a_shift if a_shift > PAGES_A_SHIFT else ZERO


def _alert(key: Key) -> str:
    name, severity = key
    return f"{name} [{severity}]" if severity else name


def figures(population: Population) -> dict[str, int | float]:
    """Return the four figures of the sentence: rules that flap, that never end, percent of the top, pages a shift."""
    told = {piece.key: piece.value for member in population.members for piece in member.evidence}
    counts = {key: str(told.get(f"{key}_rules", "0")).split(" ", 1)[0] for key in sorted(OF_RULES)}
    top, pages = told.get(TOP_KEY), told.get(PAGES_KEY)
    return {
        **{key: int(count) for key, count in counts.items()},
        "top": round(top * 100) if isinstance(top, float) else 0,
        "pages": round(pages, 1) if isinstance(pages, float) else 0,
    }


def noisy(population: Population) -> tuple[str, ...]:
    """Return the names of the alerts that flap or never end, worst first."""
    names = (
        piece.key.removeprefix(f"{key} ")
        for key in sorted(OF_RULES)
        for member in population.members
        for piece in member.evidence
        if piece.key.startswith(f"{key} ")
    )
    return tuple(dict.fromkeys(names))
