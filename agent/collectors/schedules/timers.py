"""systemd timers: when they fire, what they start, as whom."""

from __future__ import annotations

import datetime as dt
import re

from agent.collectors.machine import Machine
from agent.collectors.redact import redact
from agent.collectors.systemd import Properties, first, packaged_file, show
from agent.collectors.times import find_time
from analyzers.model.facts import Job

_TIMER_PROPERTIES = (
    "Id",
    "Unit",
    "TimersCalendar",
    "TimersMonotonic",
    "NextElapseUSecRealtime",
    "LastTriggerUSec",
    "FragmentPath",
)
_SERVICE_PROPERTIES = ("Id", "User", "ExecStart")
_SPECIFICATION = re.compile(r"\{ (?P<kind>On\w+?)(?P<micro>USec)?=(?P<value>.*?) ;")
_ARGUMENTS = re.compile(r"argv\[\]=(?P<argv>.*?) ; ignore_errors=")


def systemd_timers(machine: Machine) -> tuple[Job, ...]:
    """Return the loaded timers of systemd as jobs, with the command of the service that each starts."""
    timers = [each for each in show(machine, ["*.timer"], _TIMER_PROPERTIES) or () if first(each, "Id")]
    started = sorted({first(each, "Unit") for each in timers} - {""})
    services = {first(each, "Id"): each for each in show(machine, started, _SERVICE_PROPERTIES) or ()}
    return tuple(_job(each, services.get(first(each, "Unit"), {}), machine.clock()) for each in timers)


def _job(timer: Properties, service: Properties, now: dt.datetime) -> Job:
    fragment = first(timer, "FragmentPath")
    return Job(
        name=first(timer, "Id").removesuffix(".timer"),
        kind="timer",
        schedule=_schedule(timer),
        command=_command(service),
        user=first(service, "User") or "root",
        file=fragment,
        packaged=packaged_file(fragment),
        reboot=not timer.get("TimersCalendar") and "OnUnit" not in _schedule(timer),
        last_run=find_time(first(timer, "LastTriggerUSec"), dt.UTC, now),
        next_run=find_time(first(timer, "NextElapseUSecRealtime"), dt.UTC, now),
    )


def _schedule(timer: Properties) -> str:
    """Return what the unit file says: a calendar as it stands, a delay with the name of its setting."""
    rows = (*timer.get("TimersCalendar", ()), *timer.get("TimersMonotonic", ()))
    found = (match for row in rows for match in _SPECIFICATION.finditer(row))
    return ", ".join(f"{each['kind']}Sec={each['value']}" if each["micro"] else each["value"] for each in found)


def _command(service: Properties) -> str:
    commands = (match["argv"] for row in service.get("ExecStart", ()) for match in _ARGUMENTS.finditer(row))
    return redact("; ".join(commands))
