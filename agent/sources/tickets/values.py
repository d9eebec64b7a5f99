"""What a cell of an export means: dates as French, English and American tools write them, levels, kinds, durations."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.sources.tickets.headings import plain
from analyzers.model.tickets import Kind

NOTHING = frozenset({"", "-", "--", "null", "none", "nan", "n/a", "na", "0000-00-00", "0000-00-00 00:00:00"})
"""How exports write that there is no value."""

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years of tickets: what lies outside is a slip, not a date."""

_MONTHS = {
    "jan": 1, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6, "jun": 6, "juil": 7,
    "jul": 7, "aou": 8, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_CLOCK = r"(?:[T ,]+(?:à |at )?(?P<hour>\d{1,2})[:hH](?P<minute>\d{2})?(?::(?P<second>\d{2})(?:[.,]\d+)?)?)?"
_HALF = r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"(?:\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
_END = _CLOCK + _HALF + _ZONE + r"\s*\Z"
_YEAR_FIRST = re.compile(r"\s*(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _END)
_NUMBERS = re.compile(r"\s*(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4}|\d{2})" + _END)
_WORDS = re.compile(
    r"\s*(?:[^\W\d]+\.?,?\s+)?(?P<day>\d{1,2})(?:er)?[-/. ]+(?P<month>[^\W\d]{3,9})\.?[-/. ,]+(?P<year>\d{4}|\d{2})"
    + _END
)
_MONTH_OF = 12
_LEVEL = re.compile(r"[1-4]")
_PREFIX = re.compile(r"([A-Z]+)-?0*\d")
_PREFIXES: dict[str, Kind] = {
    "INC": "incident", "REQ": "request", "RITM": "request", "SCTASK": "request", "CHG": "change", "CTASK": "change",
    "PRB": "problem", "I": "incident", "R": "request", "C": "change", "P": "problem", "UR": "request",
}  # fmt: skip
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("probleme", "problem"), ("problem", "problem"), ("incident", "incident"), ("panne", "incident"),
    ("anomalie", "incident"), ("bug", "incident"), ("outage", "incident"), ("defaut", "incident"),
    ("changement", "change"), ("change", "change"), ("evolution", "change"), ("rfc", "change"),
    ("demande", "request"), ("request", "request"), ("requete", "request"), ("service", "request"),
    ("question", "request"),
)  # fmt: skip
_DURATION = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-zA-Zé]+)")
_HOURS = {"w": 168, "sem": 168, "d": 24, "j": 24, "h": 1, "m": 1 / 60, "s": 1 / 3600}
_COLONS = re.compile(r"(\d+):(\d{2})(?::(\d{2}))?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as written: without zone unless the cell says it; `timed` tells whether it has an hour."""

    when: dt.datetime
    timed: bool


def absent(cell: str) -> bool:
    """Tell whether a cell says that there is no value."""
    return cell.strip().casefold() in NOTHING


def month_first(cells: Iterable[str]) -> bool:
    """Tell whether dates such as 12/31/2026 put the month first, as American tools do.

    Some date must prove it, and none the contrary; without any proof, an hour with AM or PM speaks for it.
    """
    american = halves = False
    for cell in cells:
        found = _NUMBERS.match(cell)
        if found is None:
            continue
        if int(found["day"]) > _MONTH_OF:
            return False
        american = american or int(found["month"]) > _MONTH_OF
        halves = halves or found["half"] is not None
    return american or halves


def moment(cell: str, *, american: bool = False) -> Moment | None:
    """Return the moment that a cell says, None when it says none that exists."""
    found = _YEAR_FIRST.match(cell) or _NUMBERS.match(cell) or _WORDS.match(cell)
    if found is None:
        return None
    day, month, year = found["day"], found["month"], int(found["year"])
    if american and found.re is _NUMBERS:
        day, month = month, day
    number = int(month) if month.isdigit() else _month(month)
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] in "pP" else 0)
    try:
        when = dt.datetime(
            year + 2000 if len(found["year"]) == len("26") else year,
            number,
            int(day),
            hour,
            int(found["minute"] or 0),
            int(found["second"] or 0),
            tzinfo=_zone(found["zone"]),
        )
    except ValueError:
        return None
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        return None
    return Moment(when=when, timed=found["hour"] is not None)


def level(cell: str) -> int | None:
    """Return the level of support that a cell names, such as N1, L2 or "niveau 3"."""
    found = _LEVEL.search(cell)
    return int(found[0]) if found else None


def kind(cell: str) -> Kind:
    """Return the kind that a cell names; what no kind of ours covers is "other"."""
    words = plain(cell)
    return next((each for word, each in _KINDS if word in words), "other")


def kind_of_id(identity: str) -> Kind | None:
    """Return the kind that the number of a ticket tells, as ServiceNow (INC, RITM, CHG) and iTop (I-, R-) write it."""
    found = _PREFIX.match(identity)
    return _PREFIXES.get(found[1]) if found else None


def hours(cell: str) -> float | None:
    """Return a duration: plain numbers are seconds, as exports write them; "2h 30m" and "1:30:00" are understood."""
    text = cell.strip()
    if (clock := _COLONS.match(text)) is not None:
        return int(clock[1]) + int(clock[2]) / 60 + int(clock[3] or 0) / 3600
    try:
        seconds = float(text.replace(",", ".").replace(" ", ""))
    except ValueError:
        parts = [(float(number.replace(",", ".")), _unit(unit)) for number, unit in _DURATION.findall(text)]
        return sum(number * each for number, each in parts) if parts and all(each for _, each in parts) else None
    return seconds / 3600 if 0 <= seconds < float("inf") else None


def _unit(text: str) -> float:
    return next((size for word, size in _HOURS.items() if text.casefold().startswith(word)), 0.0)


def _month(text: str) -> int:
    word = plain(text)
    return next((number for start, number in _MONTHS.items() if word.startswith(start)), 0)


def _zone(text: str | None) -> dt.tzinfo | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return dt.UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return dt.timezone(dt.timedelta(minutes=minutes if text[0] == "+" else -minutes))
