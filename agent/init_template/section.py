"""One block of the template: what it is for, and what an answer looks like."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One block.

    Attributes
    ----------
    why
        What it tells, and to what end.
    keys
        What its less obvious keys mean.
    example
        Its YAML; ``<today>``, ``<soon>``, ``<later>`` and ``<month>`` stand for days (see `days`), ``<1>`` for the
        first of `texts`.
    texts
        Sentences of the example, to translate.
    questions
        Ids of the questions that it answers.
    """

    block: str
    why: str
    example: str
    texts: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    questions: tuple[str, ...] = ()


def days(today: dt.date) -> dict[str, str]:
    """Return the days that examples name: today, in six months, in a year, and this month."""
    return {
        "today": today.isoformat(),
        "month": today.isoformat()[:7],
        "soon": (today + dt.timedelta(days=183)).isoformat(),
        "later": (today + dt.timedelta(days=365)).isoformat(),
    }
