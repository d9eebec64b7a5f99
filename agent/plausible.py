"""Numbers and times of a snapshot that a stranger wrote: none that arithmetic on it could stumble over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import msgspec

from agent.errors import UsageError
from analyzers.model.message import N_, Message, message

MOST = 1 << 60
"""Largest number that is believed: more bytes, seconds or observations than any host counts."""

FIRST_YEAR = 1900
_AGAIN = message(N_("collect it again"))


def refuse_impossible(value: object, where: str) -> None:
    """Refuse a snapshot that holds a number or a time that no host counts, or a time without its zone.

    Raises
    ------
    UsageError
        For the first that is found.
    """
    for each in _leaves(value):
        fault = _of_time(each) if isinstance(each, date) else _of_number(each)
        if fault is not None:
            raise UsageError(fault, where, _AGAIN)


def _leaves(value: object) -> Iterator[date | int | float]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, msgspec.Struct):
            waiting.extend(getattr(each, name) for name in each.__struct_fields__)
        elif isinstance(each, tuple | list):
            waiting.extend(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, date | int | float):
            yield each


def _of_number(number: float) -> Message | None:
    if -MOST <= number <= MOST:
        return None
    return message(N_("a number that no host counts: {number}"), number=str(number)[:20])


def _of_time(moment: date) -> Message | None:
    if isinstance(moment, datetime) and moment.tzinfo is None:
        return message(N_("a time without its zone: {moment}"), moment=moment.isoformat())
    try:
        # In the first and the last hours of the calendar, another zone has no date.
        year = moment.astimezone(UTC).year if isinstance(moment, datetime) else moment.year
    except OverflowError:
        year = 0
    if year > FIRST_YEAR:
        return None
    return message(N_("a time that no host can mean: {moment}"), moment=moment.isoformat())
