"""Tickets: what was asked of the team, by whom it was solved, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from analyzers.model.facts import Fact
from analyzers.model.reasons import Reason

Kind = Literal["incident", "request", "change", "problem", "other"]
Column = Literal["id", "opened", "closed", "resolver", "level", "service", "cause", "kind", "spent"]


class Ticket(Fact, frozen=True, kw_only=True):
    """One ticket; `line` is its place in the file it was read from.

    Attributes
    ----------
    level
        Support level that solved it, 1 for the first; None when the export does not say.
    closed
        When it was solved; None while it is open.
    spent_hours
        Time that people worked on it, where the export says it.
    """

    id: str
    opened: datetime
    closed: datetime | None = None
    resolver: str = ""
    level: int | None = None
    service: str = ""
    cause: str = ""
    kind: Kind = "other"
    spent_hours: float | None = None
    line: int = 0


class TicketFile(Fact, frozen=True, kw_only=True):
    """One export of tickets, in the order in which they were opened.

    Attributes
    ----------
    rows
        How many the file holds; `left_out` of them are older than those kept, which are bounded.
    columns
        What the file gives, in our words ("opened", "resolver", ...): what it lacks is unknown, never zero.
    refused
        Rows that could not be read, a phrase each, with the line: some are shown, `refused_rows` counts all.
    """

    file: str
    tickets: tuple[Ticket, ...] = ()
    columns: tuple[str, ...] = ()
    rows: int = 0
    left_out: int = 0
    refused: tuple[str, ...] = ()
    refused_rows: int = 0
    reason: Reason | None = None
