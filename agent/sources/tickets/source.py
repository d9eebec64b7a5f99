"""From exports of tickets to facts: what cannot be read is said, line by line, and the rest goes on."""

from __future__ import annotations

import datetime as dt
import heapq
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from agent.errors import UsageError
from agent.input_file import ForbiddenFileError, opened
from agent.sources.tickets import values
from agent.sources.tickets.headings import Places, places
from agent.sources.tickets.text import Row, encoding_of, not_an_export, rows
from agent.untrusted import clean_text
from analyzers.model.context import TicketFile as TicketSource
from analyzers.model.message import N_, Message, message
from analyzers.model.reasons import Reason
from analyzers.model.tickets import Column, Ticket, TicketFile

MOST_TICKETS = 50_000
"""Tickets kept of one file, the newest: a year of a busy team, and a snapshot that still travels."""

MOST_BYTES = 2 << 30
MOST_SHOWN = 20
"""Rows whose fault is told one by one; the others are counted."""

LONGEST_WORD = 200
"""Characters kept of a name, a service, a cause."""

SAMPLE = 2000
"""Rows that tell whether dates put the day or the month first."""

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file gave, and what is to be said of it: a line each, with its place."""

    file: TicketFile
    said: tuple[UsageError, ...] = ()


class _RefusedError(Exception):
    """A row that cannot be believed, and why."""

    def __init__(self, what: Message) -> None:
        self.what = what


@dataclass(slots=True)
class _Kept:
    """The newest tickets so far, each number once, never more than `most`."""

    most: int
    by_id: dict[str, Ticket] = field(default_factory=dict)
    heap: list[tuple[dt.datetime, int, str]] = field(default_factory=list)
    left_out: int = 0

    def add(self, ticket: Ticket) -> None:
        if (first := self.by_id.get(ticket.id)) is not None:
            raise _RefusedError(message(_TWICE, id=ticket.id, first=first.line))
        self.by_id[ticket.id] = ticket
        heapq.heappush(self.heap, (ticket.opened, ticket.line, ticket.id))
        if len(self.heap) > self.most:
            _, _, oldest = heapq.heappop(self.heap)
            del self.by_id[oldest]
            self.left_out += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """How the rows of one file are understood."""

    places: Places
    zone: dt.tzinfo | None
    american: bool
    last: dt.datetime

    def ticket(self, row: Row) -> Ticket:
        """Return the ticket of a row; raises when the row cannot be believed."""
        cells = self.cells(row)
        given, start = self.date("opened", cells)
        if start is None:
            raise _RefusedError(message(_UNDATED) if given is None else message(_WRONG_DATE, found=_shown(given)))
        closing, end = self.date("closed", cells)
        if closing is not None and end is None:
            raise _RefusedError(message(_WRONG_DATE, found=_shown(closing)))
        opened_at, closed = self.known(start), self.known(end) if end is not None else None
        if end is not None and closed is not None and closed < opened_at:
            # At the end of summer an hour comes twice.
            closed = self.known(end, fold=1)
        if end is not None and closed is not None and closed < opened_at:
            if end.timed or opened_at - closed >= _DAY:
                raise _RefusedError(message(_BACKWARDS, closed=_shown(closing or ""), opened=_shown(given or "")))
            # A day without an hour is that day, not its first minute.
            closed = opened_at
        late = given if opened_at > self.last else closing if closed is not None and closed > self.last else None
        if late is not None:
            raise _RefusedError(message(_FUTURE, found=_shown(late)))
        identity = self.word("id", cells) or f"line {row.line}"
        told = self.word("kind", cells)
        return Ticket(
            id=identity,
            opened=opened_at,
            closed=closed,
            resolver=self.word("resolver", cells),
            level=values.level(self.word("level", cells)),
            service=self.word("service", cells),
            cause=self.word("cause", cells),
            kind=values.kind(told) if told else values.kind_of_id(identity) or "other",
            spent_hours=values.hours(self.word("spent", cells)),
            line=row.line,
        )

    def cells(self, row: Row) -> Sequence[str]:
        if row.cells is None:
            raise _RefusedError(message(N_("a quote that is never closed, or a value that is too long")))
        width = len(row.cells)
        if width < self.places.width or any(each.strip() for each in row.cells[self.places.width :]):
            raise _RefusedError(message(_WIDTH, found=width, expected=self.places.width))
        return row.cells

    def word(self, column: Column, cells: Sequence[str]) -> str:
        found = (cells[place].strip() for place in self.places.columns.get(column, ()))
        return clean_text(next((each for each in found if not values.absent(each)), ""), LONGEST_WORD)

    def date(self, column: Column, cells: Sequence[str]) -> tuple[str | None, values.Moment | None]:
        given = self.word(column, cells)
        return (given, values.moment(given, american=self.american)) if given else (None, None)

    def known(self, moment: values.Moment, fold: int = 0) -> dt.datetime:
        # A time without zone is one of this machine's, as datetime understands it.
        when = moment.when if moment.when.tzinfo is not None else moment.when.replace(tzinfo=self.zone, fold=fold)
        return when.astimezone(dt.UTC)


def read_tickets(
    source: TicketSource, *, taken_at: dt.datetime, local_zone: dt.tzinfo | None = None, most: int = MOST_TICKETS
) -> Reading:
    """Return the tickets of an export; nothing of it raises.

    Parameters
    ----------
    source
        The file, the headings that are mapped, and the zone of its dates; without one, they are `local_zone`'s.
    taken_at
        No ticket is younger, but for a day of slips between zones.
    local_zone
        None: the zone of this machine.
    most
        Tickets kept, the newest.
    """
    zone, said = _zone(source, local_zone)
    try:
        return _read(source, _Clock(zone=zone, last=taken_at + _DAY), most, said)
    except UsageError as error:
        reason: Reason = "no_permission" if isinstance(error, ForbiddenFileError) else "unreadable"
        return Reading(file=TicketFile(file=source.file, reason=reason), said=(*said, error))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    zone: dt.tzinfo | None
    last: dt.datetime


def _read(source: TicketSource, clock: _Clock, most: int, said: list[UsageError]) -> Reading:
    path = Path(source.file)
    with ExitStack() as stack:
        stream = stack.enter_context(opened(path))
        if stream.seek(0, 2) > MOST_BYTES:
            raise not_an_export(source.file)
        stream.seek(0)
        encoding = encoding_of(stream)
        stream.seek(0)
        following = stack.enter_context(closing(rows(stream, encoding, source.file)))
        heading = next(following, None)
        if heading is None or heading.cells is None:
            raise not_an_export(source.file)
        found = places(heading.cells, source.columns)
        place = f"{source.file}:{heading.line}"
        said += [UsageError(each, place) for each in found.faults]
        if "opened" not in found.columns:
            said.append(UsageError(message(_NO_OPENING, headings=_shown(", ".join(heading.cells))), place))
            return Reading(file=TicketFile(file=source.file, reason="unreadable"), said=tuple(said))
        sample = list(islice(following, SAMPLE))
        american = values.month_first(_dates(sample, found))
        understood = _Rows(places=found, zone=clock.zone, american=american, last=clock.last)
        file, faults = _gathered(chain(sample, following), understood, source.file, most)
    return Reading(file=file, said=(*said, *faults))


def _gathered(
    following: Iterator[Row], understood: _Rows, name: str, most: int
) -> tuple[TicketFile, tuple[UsageError, ...]]:
    kept, read, refused = _Kept(most), 0, 0
    faults: list[UsageError] = []
    for row in following:
        read += 1
        try:
            kept.add(understood.ticket(row))
        except _RefusedError as error:
            refused += 1
            if len(faults) < MOST_SHOWN:
                faults.append(UsageError(error.what, f"{name}:{row.line}"))
    shown = tuple(str(each) for each in faults)
    if refused > len(faults):
        faults.append(
            UsageError(message(N_("other rows that cannot be read: {rows}"), rows=refused - len(faults)), name)
        )
    if kept.left_out:
        faults.append(UsageError(message(_LEFT_OUT, kept=most, rows=kept.left_out), name))
    tickets = sorted(kept.by_id.values(), key=lambda each: (each.opened, each.line))
    columns = set(understood.places.columns)
    if any(each.kind != "other" for each in tickets):
        columns.add("kind")
    file = TicketFile(
        file=name,
        tickets=tuple(tickets),
        columns=tuple(sorted(columns)),
        rows=read,
        left_out=kept.left_out,
        refused=shown,
        refused_rows=refused,
    )
    return file, tuple(faults)


def _dates(sample: Sequence[Row], found: Places) -> Iterator[str]:
    columns = (*found.columns.get("opened", ()), *found.columns.get("closed", ()))
    for row in sample:
        yield from (row.cells[each] for each in columns if row.cells is not None and each < len(row.cells))


def _zone(source: TicketSource, local_zone: dt.tzinfo | None) -> tuple[dt.tzinfo | None, list[UsageError]]:
    said = []
    if source.timezone:
        try:
            return zoneinfo.ZoneInfo(source.timezone), []
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            said.append(UsageError(message(_NO_ZONE, zone=_shown(source.timezone)), source.file))
    return local_zone, said


def _shown(text: str) -> str:
    return clean_text(text, 120)


_TWICE = N_("number {id} again, first on line {first}")
_UNDATED = N_("no date of opening")
_WRONG_DATE = N_("not a date: '{found}'")
_BACKWARDS = N_("closed on {closed}, before it was opened on {opened}")
_FUTURE = N_("in the future: {found}")
_WIDTH = N_("values: {found}, headings: {expected}")
_NO_OPENING = N_(
    "no heading is known for the date of opening: give it in the context file, sources.tickets, columns, opened; "
    "there are: {headings}"
)
_NO_ZONE = N_("no zone is called '{zone}': dates are read in the zone of this machine")
_LEFT_OUT = N_("only the {kept} newest tickets are kept; older ones left out: {rows}")
