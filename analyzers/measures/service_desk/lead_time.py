"""How long does it take to add capacity?"""

from __future__ import annotations

from fractions import Fraction
from statistics import median

from analyzers.measures.members import stale, statement_evidence
from analyzers.measures.service_desk.desk import desk, hours, member, population, scaled
from analyzers.measures.service_desk.recurrence import cause_of
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Population
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason
from analyzers.model.tickets import Ticket

KEY = "capacity.lead_time"
DAYS = "days"
SLOW, FAST = Fraction(30), Fraction(1)
"""Days that count 0 and 1 (catalogue)."""

FEWEST = 3
"""Deliveries under which a median is an accident; they are rare."""

_WORDS = "capacite capacity provisioning provisionnement approvisionnement dimensionnement sizing"
WORDS = frozenset(_WORDS.split())
"""Words by which a ticket says that it asks for capacity."""


def lead_time(estate: Estate) -> Population:
    """Return the days that adding capacity takes, on the scale from 30 to 1.

    Measured: the median of solved requests and changes whose cause or service speaks of capacity. Declared: the context
    file's days.
    """
    statement = _said(estate)
    declared = scaled(statement[0], SLOW, FAST) if statement is not None else None
    said = (statement[1],) if statement is not None else ()
    found = desk(estate, "opened", "closed")
    asked = [each for each in found.tickets if each.kind != "incident" and _about_capacity(each)]
    delivered = hours(asked)
    if found.reason is not None or len(delivered) < FEWEST:
        reason = None if declared is not None else _reason(estate, found.reason)
        return population(KEY, member(None, *said, reason=reason, declared=declared))
    days = median(delivered) / 24
    evidence = (found.evidence(estate, DAYS, days, "d"), found.evidence(estate, "deliveries", len(delivered)), *said)
    return population(KEY, member(Interval.point(scaled(days, SLOW, FAST)), *evidence, declared=declared))


def _about_capacity(ticket: Ticket) -> bool:
    return bool(WORDS & {*cause_of(ticket).split(), *ticket.service.casefold().split()})


def _said(estate: Estate) -> tuple[Fraction, Evidence] | None:
    capacity = estate.context.capacity if estate.context is not None else None
    if capacity is None or capacity.provisioning_days is None or stale(estate, capacity.date):
        return None
    days = Fraction(capacity.provisioning_days).limit_denominator(1000)
    path = "capacity.provisioning_days"
    return days, statement_evidence(estate, path, DAYS, float(days), capacity.date, capacity.author)


def _reason(estate: Estate, tickets: Reason | None) -> Reason:
    capacity = estate.context.capacity if estate.context is not None else None
    if capacity is not None and capacity.provisioning_days is not None:
        return "stale"
    return "not_declared" if tickets is None or tickets == "no_source" else tickets
