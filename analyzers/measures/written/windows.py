"""Hours that people agree on: ``Mon-Fri 08:00-19:00``, ``lun-ven 8h-19h``, ``24x7``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FRENCH = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
_ALWAYS = frozenset({"24x7", "24/7", "7x24", "7j/7 24h/24", "24h/24 7j/7", "any", "always", "toujours"})
_OFFICE = re.compile(r"(\d{1,2})x5")
_WINDOW = re.compile(
    r"(?P<first>[a-z]+)\.?(?:\s*(?:-|to|au|à)\s*(?P<last>[a-z]+)\.?)?"
    r"[\s,]+(?P<start>\d{1,2})(?:[:h](?P<start_minute>\d{2})?)?\s*(?:-|to|à)\s*(?P<end>\d{1,2})(?:[:h](?P<end_minute>\d{2})?)?"
)
_MIDNIGHT = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days of the week, Monday is 0, and hours: from `start`, before `end`; over midnight when `end` is not after."""

    days: frozenset[int]
    start: int
    end: int

    def holds(self, day: date, hour: int) -> bool:
        """Tell whether an hour of a day is inside."""
        if self.start < self.end:
            return day.weekday() in self.days and self.start <= hour < self.end
        # What begins in the evening ends the next morning.
        return (day.weekday() in self.days and hour >= self.start) or (
            (day.weekday() - 1) % 7 in self.days and hour < self.end
        )


def read_window(text: str) -> Window | None:
    """Return the window that a text means, None when it is not understood."""
    plain = " ".join(text.casefold().split())
    every = frozenset(range(7))
    if plain in _ALWAYS:
        return Window(days=every, start=0, end=_MIDNIGHT)
    if (office := _OFFICE.fullmatch(plain)) is not None:
        return Window(days=frozenset(range(5)), start=8, end=8 + min(int(office[1]), 16))
    found = _WINDOW.fullmatch(plain)
    if found is None:
        return None
    first = _day(found["first"])
    last = _day(found["last"]) if found["last"] else first
    start = int(found["start"])
    # An hour that has begun is inside: sessions are known by the hour.
    end = int(found["end"]) + (1 if int(found["end_minute"] or 0) else 0)
    if first is None or last is None or start > _MIDNIGHT or end > _MIDNIGHT:
        return None
    days = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return Window(days=frozenset(days), start=start, end=end)


def inside(windows: Iterable[Window], day: date, hours: Iterable[int]) -> bool:
    """Tell whether every hour of a day is inside some window."""
    agreed = tuple(windows)
    return all(any(each.holds(day, hour) for each in agreed) for hour in hours)


def _day(word: str) -> int | None:
    start = word[:3]
    for names in (_DAYS, _FRENCH):
        if start in names:
            return names.index(start)
    return None
