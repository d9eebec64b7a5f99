"""Does the time to resolve grow?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from statistics import median

from analyzers.measures.members import stale, statement_evidence
from analyzers.measures.service_desk.desk import FEWEST, Desk, desk, hours, member, population, widened
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Population
from analyzers.model.interval import ONE, Interval
from analyzers.model.reasons import Reason
from analyzers.model.tickets import Ticket

KEY = "tickets.time_to_resolve"
GROWTH = "growth_per_quarter"
WORST = Fraction(50, 100)
"""Growth over a quarter that counts 0 (catalogue)."""

FEWEST_MONTHS = 4
"""Under four points no trend can be told from chance at one in twenty."""

SURE = 1.645
"""Normal quantile: a growth as strong as this happens by chance once in twenty."""


def time_to_resolve(estate: Estate) -> Population:
    """Return 1 when the median time to resolve, month by month, is flat or falls, 0 when it grows by half a quarter.

    A growth counts when Mann and Kendall's test tells it from chance (H. B. Mann, 1945; one-sided, one in twenty); its
    size is the median slope between months (P. K. Sen, 1968), relative to the median month. What contracts report of
    the trend is a statement.
    """
    said = _said(estate)
    declared = said[0] if said is not None else None
    statements = (said[1],) if said is not None else ()
    found = desk(estate, "opened", "closed")
    months = _months(found, estate)
    if found.reason is not None or len(months) < FEWEST_MONTHS:
        return population(KEY, member(None, *statements, reason=found.reason or "too_few", declared=declared))
    growth = growth_per_quarter(months)
    value = ONE if growth is None else ONE - min(ONE, growth / WORST)
    evidence = (
        found.evidence(estate, GROWTH, growth or 0),
        found.evidence(estate, "median_hours", months[-1], "h"),
        found.evidence(estate, "months", len(months)),
        *statements,
    )
    solved = sum(1 for each in found.tickets if each.closed is not None)
    measured: Interval = widened(value, solved, found.unread)
    reason: Reason | None = "partial" if found.unread else None
    return population(KEY, member(measured, *evidence, reason=reason, declared=declared))


def growth_per_quarter(months: Sequence[Fraction]) -> Fraction | None:
    """Return by how much a series of monthly values grows each quarter, None when chance explains it."""
    pairs = [(months[late] - months[early], late - early) for late in range(len(months)) for early in range(late)]
    score = sum((rise > 0) - (rise < 0) for rise, _ in pairs)
    count = len(months)
    spread = Fraction(count * (count - 1) * (2 * count + 5), 18) - _ties(months)
    if score <= 1 or spread <= 0 or (score - 1) / math.sqrt(spread) < SURE:
        return None
    slope = median(rise / apart for rise, apart in pairs)
    middle = median(months)
    return 3 * slope / middle if middle > 0 else WORST


def _ties(months: Sequence[Fraction]) -> Fraction:
    counts = [months.count(each) for each in set(months)]
    return sum((Fraction(each * (each - 1) * (2 * each + 5), 18) for each in counts), Fraction(0))


def _months(found: Desk, estate: Estate) -> list[Fraction]:
    """Return the median hours of the incidents solved in each month that is over and had enough of them."""
    solved: dict[tuple[int, int], list[Ticket]] = {}
    for each in found.incidents():
        if each.closed is not None:
            solved.setdefault((each.closed.year, each.closed.month), []).append(each)
    solved.pop((estate.taken_at.year, estate.taken_at.month), None)
    enough = [month for month in sorted(solved) if len(solved[month]) >= _FEWEST_A_MONTH]
    total = sum(len(solved[month]) for month in enough)
    return [median(hours(solved[month])) for month in enough] if total >= FEWEST else []


_FEWEST_A_MONTH = 3


def _said(estate: Estate) -> tuple[Fraction, Evidence] | None:
    contracts = (estate.context.contracts or ()) if estate.context is not None else ()
    told = [
        (Fraction(each.kpis.resolution_trend).limit_denominator(10000), index, each)
        for index, each in enumerate(contracts)
        if each.kpis is not None and each.kpis.resolution_trend is not None and not stale(estate, each.date)
    ]
    if not told:
        return None
    yearly, index, contract = max(told, key=lambda each: (each[0], -each[1]))
    path = f"contracts[{index}].kpis.resolution_trend"
    evidence = statement_evidence(estate, path, "trend_reported", float(yearly), contract.date, contract.author)
    return ONE - min(ONE, max(Fraction(0), yearly / 4) / WORST), evidence
