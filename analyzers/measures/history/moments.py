"""Milliseconds since the epoch, and moments."""

from __future__ import annotations

import datetime as dt

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def moment(milliseconds: float) -> dt.datetime:
    """Return the moment, exact to the millisecond."""
    return EPOCH + dt.timedelta(milliseconds=int(milliseconds))


def milliseconds(when: dt.datetime) -> int:
    """Return the milliseconds of a moment that knows its offset."""
    return (when - EPOCH) // dt.timedelta(milliseconds=1)
