"""Are incidents solved at first level?"""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.members import stale, statement_evidence
from analyzers.measures.service_desk.desk import FEWEST, desk, member, on_scale, population, scaled
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Population
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

KEY = "tickets.first_level"
SHARE = "first_level_share"
ZERO_AT, FULL_AT = Fraction(50, 100), Fraction(85, 100)
"""Shares that count 0 and 1 (catalogue)."""


def first_level(estate: Estate) -> Population:
    """Return the share of solved incidents that the first level solved, on the scale from 50 to 85 %.

    What contracts report of it is a statement that tickets can contradict: the lowest counts.
    """
    said = _said(estate)
    declared = scaled(said[0], ZERO_AT, FULL_AT) if said is not None else None
    statements = (said[1],) if said is not None else ()
    shares, counted, reason = measured(estate)
    value = on_scale(shares, ZERO_AT, FULL_AT) if shares is not None else None
    return population(KEY, member(value, *counted, *statements, reason=reason, declared=declared))


def measured(estate: Estate) -> tuple[Interval | None, tuple[Evidence, ...], Reason | None]:
    """Return the share that tickets tell, in [0, 1], what it was counted from, and why it is open when it is."""
    found = desk(estate, "opened", "closed", "level")
    solved = [each for each in found.incidents() if each.closed is not None]
    if found.reason is not None or len(solved) < FEWEST:
        return None, (), found.reason or "too_few"
    first = sum(1 for each in solved if each.level == 1)
    unsaid = sum(1 for each in solved if each.level is None) + found.unread
    total = len(solved) + found.unread
    shares = Interval(Fraction(first, total), Fraction(first + unsaid, total))
    evidence = (
        found.evidence(estate, SHARE, Fraction(first, len(solved))),
        found.evidence(estate, "solved_incidents", len(solved)),
    )
    return shares, evidence, "partial" if unsaid else None


def _said(estate: Estate) -> tuple[Fraction, Evidence] | None:
    contracts = (estate.context.contracts or ()) if estate.context is not None else ()
    told = [
        (Fraction(each.kpis.first_level).limit_denominator(10000), index, each)
        for index, each in enumerate(contracts)
        if each.kpis is not None and each.kpis.first_level is not None and not stale(estate, each.date)
    ]
    if not told:
        return None
    value, index, contract = min(told, key=lambda each: each[:2])
    path = f"contracts[{index}].kpis.first_level"
    return value, statement_evidence(estate, path, "first_level_reported", float(value), contract.date, contract.author)
