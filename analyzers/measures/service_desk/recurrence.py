"""Do incidents come back for a cause that was known?"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from analyzers.measures.service_desk.desk import FEWEST, desk, member, population
from analyzers.model.estate import Estate
from analyzers.model.evidence import Population
from analyzers.model.interval import Interval
from analyzers.model.tickets import Ticket

KEY = "tickets.recurring"
AGAIN = "comes_back"
WITHIN = timedelta(days=90)
"""A cause that shows again within this time came back (catalogue)."""

MOST_NAMED = 5
_NO_CAUSE = """
    aucun aucune autre autres be determine determined divers inconnu inconnue indetermine indeterminee misc na nc non
    none other others renseigne tbd to undetermined unknown
"""
NO_CAUSE = frozenset(_NO_CAUSE.split())
"""Words that name no cause."""


def recurring(estate: Estate) -> Population:
    """Return 1 minus the share of incidents that repeat a cause on the same service within 90 days.

    Without a kind every ticket counts. Incidents without a cause, and rows that could not be read, may come back or
    not.
    """
    found = desk(estate, "opened", "cause")
    incidents = found.incidents()
    if found.reason is not None or len(incidents) < FEWEST:
        return population(KEY, member(None, reason=found.reason or "too_few"))
    causes = [cause_of(each) for each in incidents]
    back = repeats(incidents)
    unsaid = causes.count("") + found.unread
    total = len(incidents) + found.unread
    named = Counter(cause_of(each) for each in back).most_common(MOST_NAMED)
    evidence = (
        found.evidence(estate, "incidents", len(incidents)),
        found.evidence(estate, "repeated", len(back)),
        *(found.evidence(estate, f"{AGAIN}: {cause}", count) for cause, count in sorted(named)),
    )
    again = Fraction(len(back), total)
    measured = Interval.between(1 - again - Fraction(unsaid, total), 1 - again)
    return population(KEY, member(measured, *evidence, reason="partial" if unsaid else None))


def repeats(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Return the tickets whose cause had already shown on the same service within 90 days before."""
    last: dict[tuple[str, str], datetime] = {}
    found = []
    for each in tickets:
        cause = cause_of(each)
        if not cause:
            continue
        key = (each.service.casefold(), cause)
        if key in last and each.opened - last[key] <= WITHIN:
            found.append(each)
        last[key] = each.opened
    return found


def cause_of(ticket: Ticket) -> str:
    """Return the cause in plain words, empty when it names none."""
    spelt = unicodedata.normalize("NFKD", ticket.cause.casefold())
    words = "".join(each if each.isalnum() else " " for each in spelt if not unicodedata.combining(each)).split()
    return "" if set(words) <= NO_CAUSE else " ".join(words)
