"""The tickets of the last year, each once, and what may be concluded from so many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population, Provenance
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason
from analyzers.model.tickets import Column, Ticket, TicketFile

YEAR = timedelta(days=365)
"""Tickets opened before that say nothing of how work is done now."""

FRESH = timedelta(days=90)
"""An export whose last ticket is older ended long ago: a quarter is the longest pause between two exports."""

FEWEST = 10
"""Tickets under which a share is an accident."""

NAME = "tickets"

_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Tickets that answer one question.

    Attributes
    ----------
    tickets
        Opened within the last year, the oldest first, each number once.
    unread
        Rows of the same exports that could not be read: they could be anything.
    kinds
        Whether the exports tell incidents from the rest.
    reason
        Why there is nothing to conclude from, None when there is.
    """

    files: tuple[TicketFile, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    unread: int = 0
    kinds: bool = False
    reason: Reason | None = None

    def incidents(self) -> tuple[Ticket, ...]:
        """Return the incidents; every ticket when the exports do not tell them apart."""
        return tuple(each for each in self.tickets if each.kind == "incident") if self.kinds else self.tickets

    def evidence(self, estate: Estate, key: str, value: float | Fraction | str, unit: str = "") -> Evidence:
        """Return a fact of these tickets, with the files that it was counted in."""
        files = ", ".join(each.file for each in self.files)
        window = f"{self.tickets[0].opened.date()} to {self.tickets[-1].opened.date()}" if self.tickets else "365d"
        shown = value if isinstance(value, str | int) else round(float(value), _DIGITS)
        provenance = Provenance(source=f"tickets:{files}", query=key, collected_at=estate.taken_at, window=window)
        return Evidence(key=key, value=shown, unit=unit, kind="measured", provenance=provenance)


def desk(estate: Estate, *columns: Column) -> Desk:
    """Return the tickets of the exports that give every one of these columns."""
    given = estate.snapshot.tickets
    if not given:
        return Desk(reason="no_source")
    readable = [each for each in given if each.reason is None]
    if not readable:
        return Desk(reason=given[0].reason)
    files = tuple(each for each in readable if set(columns) <= set(each.columns))
    if not files:
        return Desk(reason="partial")
    by_id: dict[str, Ticket] = {}
    for ticket in (ticket for each in files for ticket in each.tickets):
        known = by_id.get(ticket.id)
        # Of two exports of one ticket, the one that saw it solved is the later.
        if known is None or (known.closed is None and ticket.closed is not None):
            by_id[ticket.id] = ticket
    since, until = estate.taken_at - YEAR, estate.taken_at - FRESH
    tickets = sorted((each for each in by_id.values() if each.opened >= since), key=lambda each: (each.opened, each.id))
    if not tickets:
        return Desk(files=files, reason="stale" if by_id else "too_few")
    return Desk(
        files=files,
        tickets=tuple(tickets),
        unread=sum(each.refused_rows for each in files),
        kinds=all("kind" in each.columns for each in files),
        reason="stale" if max(each.closed or each.opened for each in tickets) < until else None,
    )


def population(key: str, member: Member) -> Population:
    """Return the population of a question that one number answers."""
    return Population(key=key, members=(member,))


def member(
    measured: Interval | None,
    *evidence: Evidence,
    reason: Reason | None = None,
    declared: Fraction | None = None,
    name: str = NAME,
) -> Member:
    """Return what tickets, and perhaps a contract, say of the whole estate."""
    return Member(name=name, kind="estate", measured=measured, declared=declared, reason=reason, evidence=evidence)


def widened(value: Fraction, seen: int, unseen: int) -> Interval:
    """Return the mean over `seen` cases of value `value` and `unseen` ones that could be anything in [0, 1]."""
    total = seen + unseen
    return Interval.between(value * seen / total, (value * seen + unseen) / total)


def scaled(value: Fraction, zero_at: Fraction, full_at: Fraction) -> Fraction:
    """Return where a value stands on the line from 0 at `zero_at` to 1 at `full_at`, within [0, 1]."""
    return (
        Interval.point(value).low if zero_at == full_at else Interval.point((value - zero_at) / (full_at - zero_at)).low
    )


def on_scale(interval: Interval, zero_at: Fraction, full_at: Fraction) -> Interval:
    """Return an interval on the same line; it may fall."""
    ends = (scaled(interval.low, zero_at, full_at), scaled(interval.high, zero_at, full_at))
    return Interval(min(ends), max(ends))


def hours(tickets: Iterable[Ticket]) -> list[Fraction]:
    """Return how long each solved ticket stayed open."""
    return [
        Fraction(int((each.closed - each.opened).total_seconds()), 3600) for each in tickets if each.closed is not None
    ]
