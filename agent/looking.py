"""Looking at one host: its collectors' facts as a snapshot, with what they could not see."""

from __future__ import annotations

import datetime as dt
import resource
import time
from collections.abc import Iterable
from importlib.metadata import version

from agent.collectors.host import collect_host
from analyzers.model.facts import Host
from analyzers.model.snapshot import BlindSpot, Cost, Origin, Snapshot


def look_at_host() -> Snapshot:
    """Return a snapshot of this host alone."""
    start = Meter()
    return snapshot_of(collect_host(), start)


def snapshot_of(host: Host, start: Meter) -> Snapshot:
    """Return the snapshot of one host alone."""
    return Snapshot(
        taken_at=host.collected_at,
        tool=tool_version(),
        hosts=(host,),
        blind_spots=tuple(blind_spots([host])),
        origins=(host_origin(host),),
        cost=start.cost(),
    )


def host_origin(host: Host) -> Origin:
    """Return how a host answered: in full only when every collector that applies to it could see everything."""
    return Origin(kind="host", where=host.name, reason="partial" if any(blind_spots([host])) else None)


def blind_spots(hosts: Iterable[Host]) -> Iterable[BlindSpot]:
    """Yield what each collector could not see, with the command that would let it."""
    for host in hosts:
        for run in host.runs:
            if run.outcome in {"ok", "not_applicable"}:
                continue
            what = ", ".join((run.name, *run.could_not_see)) if run.could_not_see else run.name
            yield BlindSpot(what=what, where=host.name, reason=run.reason or "partial", grant=run.grant)


def tool_version() -> str:
    """Return the version of pasencore that runs."""
    return version("pasencore")


def now() -> dt.datetime:
    """Return the time of the scan: UTC, whole milliseconds, so that files and clocks write it the same."""
    moment = dt.datetime.now(dt.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def last_day() -> dt.date:
    """Return the last day that has begun, here or in UTC: what people date today is not in the future."""
    moment = now()
    return max(moment.date(), moment.astimezone().date())


class Meter:
    """Wall and CPU seconds since it was made, children included."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), _cpu_seconds()

    def cost(self, spent: Cost | None = None) -> Cost:
        """Return the cost so far, added to what servers were asked."""
        asked = spent or Cost()
        return Cost(
            queries=asked.queries,
            samples=asked.samples,
            bytes=asked.bytes,
            seconds=round(time.monotonic() - self._wall, 3),
            cpu_seconds=round(_cpu_seconds() - self._cpu, 3),
        )


def _cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in usages)
