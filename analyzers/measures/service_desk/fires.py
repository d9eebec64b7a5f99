"""How much of the handled time goes to incidents?"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from analyzers.measures.service_desk.desk import FEWEST, desk, hours, member, on_scale, population, widened
from analyzers.model.estate import Estate
from analyzers.model.evidence import Population
from analyzers.model.reasons import Reason
from analyzers.model.tickets import Ticket

KEY = "tickets.firefighting"
SHARE = "incident_share"
CALM, BURNING = Fraction(30, 100), Fraction(60, 100)
"""Shares of handled time that count 1 and 0 (catalogue)."""


def share(estate: Estate) -> Population:
    """Return the share of handled time that incidents take, on the scale from 30 to 60 %.

    Handled time is the time spent when every solved ticket says it, else the time from opening to solving. Rows that
    could not be read leave their weight open.
    """
    found = desk(estate, "opened", "closed", "kind")
    solved = tuple(each for each in found.tickets if each.closed is not None)
    if found.reason is not None or len(solved) < FEWEST:
        return population(KEY, member(None, reason=found.reason or "too_few"))
    basis, times = _times(solved)
    total = sum(times, Fraction(0))
    if not total:
        return population(KEY, member(None, reason="too_few"))
    fires = (
        sum((time for time, each in zip(times, solved, strict=True) if each.kind == "incident"), Fraction(0)) / total
    )
    shares = widened(fires, len(solved), found.unread)
    evidence = (
        found.evidence(estate, SHARE, fires),
        found.evidence(estate, f"handled_hours, {basis}", round(total)),
    )
    reason: Reason | None = "partial" if found.unread else None
    return population(KEY, member(on_scale(shares, BURNING, CALM), *evidence, reason=reason))


def _times(solved: Iterable[Ticket]) -> tuple[str, list[Fraction]]:
    tickets = list(solved)
    spent = [each.spent_hours for each in tickets]
    if all(each is not None for each in spent):
        return "time spent", [Fraction(each or 0).limit_denominator(3600) for each in spent]
    return "from opening to solving", hours(tickets)
