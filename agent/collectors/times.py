"""Times as hosts write them: logs without a zone, months by name, years left out."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo

from agent.collectors.machine import Machine

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
"""English month names: every tool is asked in the C locale."""

_ISO = re.compile(
    r"(?P<date>\d{4}[-/]\d{2}[-/]\d{2})[T ]+(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?"
    r"\s?(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?(?![\d:])"
)
_SYSLOG = re.compile(
    r"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<time>\d{2}:\d{2}:\d{2})(?![\d:])(?: (?P<year>\d{4}))?"
)
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})-(?P<month>[A-Z][a-z]{2})-(?P<year>\d{4}) (?P<time>\d{2}:\d{2}(?::\d{2})?)")


def local_zone(machine: Machine) -> dt.tzinfo:
    """Return the zone in which the host writes its logs; UTC when it does not say."""
    try:
        with machine.path("/etc/localtime").open("rb") as stream:
            return zoneinfo.ZoneInfo.from_file(stream)
    except (OSError, ValueError):
        return dt.UTC


def find_time(line: str, zone: dt.tzinfo, now: dt.datetime) -> dt.datetime | None:
    """Return the first date and time of a line of log, in UTC; None when there is none, or none that exists.

    A time without a zone is local. One without a year, as syslog writes it, is the latest that is not after `now`.
    """
    if (found := _ISO.search(line)) is not None:
        return _whole(found["date"].replace("/", "-"), found["time"], found["zone"], zone)
    if (found := _DAY_FIRST.search(line)) is not None and found["month"] in MONTHS:
        return _whole(f"{found['year']}-{MONTHS[found['month']]:02}-{int(found['day']):02}", found["time"], None, zone)
    if (found := _SYSLOG.search(line)) is None or found["month"] not in MONTHS:
        return None
    day = f"{MONTHS[found['month']]:02}-{int(found['day']):02}"
    years = [int(found["year"])] if found["year"] else [now.year + 1, now.year, now.year - 1]
    times = (_whole(f"{year:04}-{day}", found["time"], None, zone) for year in years)
    slack = dt.timedelta(days=1)
    return next((time for time in times if time is not None and (found["year"] or time <= now + slack)), None)


def _whole(day: str, time: str, zone_text: str | None, zone: dt.tzinfo) -> dt.datetime | None:
    hours = time if time.count(":") > 1 else f"{time}:00"
    offset = {None: "", "Z": "+00:00", "UTC": "+00:00"}.get(zone_text, zone_text)
    try:
        moment = dt.datetime.fromisoformat(f"{day}T{hours.zfill(8)}{offset}")
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def from_epoch(seconds: float) -> dt.datetime | None:
    """Return a time from seconds since 1970, None when it is zero, negative or beyond what a calendar holds."""
    if seconds <= 0:
        return None
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def newest(*times: dt.datetime | None) -> dt.datetime | None:
    """Return the latest of the times that are known."""
    return max((time for time in times if time is not None), default=None)
