"""How long and how fine the history of key series is: what a detector could learn from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analyzers.measures.answers import Answer, answer
from analyzers.measures.intervals import scrape_intervals
from analyzers.measures.members import host_member
from analyzers.measures.targets import (
    SeenTarget,
    Targets,
    by_host,
    exact,
    has_address,
    lacking,
    nameless,
    read_targets,
    target_member,
    unmonitored,
)
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import UNKNOWN, ZERO, Interval
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason

KEY = "series.history"
OF_HOSTS = ("history.load", "history.cpu", "history.memory", "history.filesystem")
UP = "history.up"
UNAME = "hosts.uname"

SHORT_DAYS, LONG_DAYS = 7.0, 28.0
"""Nothing weekly can be learnt under the first; four weeks are enough (catalogue, history-depth)."""

RESOLUTIONS = ((60.0, 1.0), (300.0, 0.5), (3600.0, 0.0))
"""Worth of a resolution in seconds; linear in its logarithm in between (catalogue, history-depth)."""

GRAIN_DAYS = 0.25
"""Ages are read on a grid of six hours."""

_SECONDS_A_DAY = 86400


@dataclass(frozen=True, slots=True)
class _Series:
    """What one key series is worth, with its evidence; `reason` tells why that is not a point."""

    value: Interval
    evidence: tuple[Evidence, ...] = ()
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class _View:
    """The targets of a server, their scrape intervals, and what it said of ages."""

    monitoring: Monitoring
    targets: Targets
    intervals: Mapping[str, float | None]
    ages: Mapping[str, Answer]
    exporters: Answer

    def exports_a_host(self, target: SeenTarget) -> bool:
        """Tell whether a target is known to be a node exporter, by its name or by what it gives."""
        key = (target.job, target.instance)
        return key in self.exporters.values or any(key in self.ages[each].values for each in OF_HOSTS)

    @property
    def unsure(self) -> Reason | None:
        """Why a target that is not known to be a node exporter may be one."""
        if self.exporters.asked:
            return None
        return next((self.ages[each].reason for each in OF_HOSTS if not self.ages[each].asked), None)


def of_key_series(estate: Estate) -> Population:
    """Return known hosts and other targets, valued by depth x resolution of their key series.

    The key series of a host are load, processor, memory and root file system of its node exporter; that of any other
    target is ``up``. A host without any target has no history: 0. Where the load guard granted a window shorter than
    the age that earns full marks, an age that fills it is a lower bound.
    """
    monitoring = estate.monitoring
    if monitoring is None:
        return unmonitored(KEY)
    targets = read_targets(monitoring)
    if targets.reason is not None:
        return unmonitored(KEY, targets.reason)
    if not targets.found:
        return lacking(KEY, targets.evidence(monitoring, "targets", 0))
    ages = {each: answer(monitoring, each, "job", "instance") for each in (*OF_HOSTS, UP)}
    exporters = answer(monitoring, UNAME, "job", "instance")
    view = _View(monitoring, targets, scrape_intervals(targets.found, monitoring), ages, exporters)
    here = by_host((each for each in targets.found if view.exports_a_host(each)), estate)
    told = {each.name for exporters in here.values() for each in exporters}
    members = (
        *(_host(host, here[host.name], view) for host in estate.hosts if host.name in here),
        *(_other(each, view, estate) for each in targets.found if each.name not in told),
        *_silent(view, estate),
    )
    return Population(key=KEY, members=members, complete=True)


def depth(days: float) -> float:
    """Return what an age is worth, in [0, 1]: 0 up to 7 days, 1 from 28 on, linear."""
    return min(1.0, max(0.0, (days - SHORT_DAYS) / (LONG_DAYS - SHORT_DAYS)))


def resolution(seconds: float) -> float:
    """Return what a scrape interval is worth, in [0, 1]: 1 up to a minute, 0.5 at five, 0 from an hour on."""
    if seconds <= RESOLUTIONS[0][0]:
        return RESOLUTIONS[0][1]
    for (fine, best), (coarse, worst) in pairwise(RESOLUTIONS):
        if seconds <= coarse:
            return best + (worst - best) * math.log(seconds / fine) / math.log(coarse / fine)
    return RESOLUTIONS[-1][1]


def _host(host: EstateHost, exporters: Sequence[SeenTarget], view: _View) -> Member:
    """Return a host valued by the mean of its key series; the best exporter of each counts."""
    series = [_best([_series(each, query_id, view) for each in exporters]) for query_id in OF_HOSTS]
    low = sum((each.value.low for each in series), ZERO) / len(series)
    high = sum((each.value.high for each in series), ZERO) / len(series)
    evidence = tuple(dict.fromkeys(piece for each in series for piece in each.evidence))
    reason = next((each.reason for each in series if each.reason is not None), None)
    return host_member(host, Interval(low, high) if evidence else None, *evidence, reason=reason)


def _best(series: Sequence[_Series]) -> _Series:
    """Return what the best of several series is worth: no less than any low, and up to any high."""
    value = Interval(max(each.value.low for each in series), max(each.value.high for each in series))
    evidence = tuple(piece for each in series for piece in each.evidence)
    reason = next((each.reason for each in series if each.value.high > value.low), None)
    return _Series(value, evidence, reason)


def _other(target: SeenTarget, view: _View, estate: Estate) -> Member:
    """Return a target valued by its presence; one that may be a node exporter, at most by that."""
    series = _series(target, UP, view)
    if not series.evidence:
        return target_member(target, estate, None, reason=series.reason)
    low = ZERO if view.unsure is not None else series.value.low
    value = Interval(low, series.value.high)
    reason = (view.unsure or series.reason) if value.width else None
    return target_member(target, estate, value, *series.evidence, reason=reason)


def _silent(view: _View, estate: Estate) -> list[Member]:
    """Return the hosts of which no target speaks: no history, unless a target without a name may be theirs."""
    spoken_for = by_host(view.targets.found, estate)
    unplaced = nameless(view.targets.found, estate)
    members = []
    for host in estate.hosts:
        if host.name in spoken_for:
            continue
        if unplaced and not has_address(host):
            members.append(host_member(host, None, reason="partial"))
        else:
            nothing = view.targets.evidence(view.monitoring, "targets", f"{host.name}: none")
            members.append(host_member(host, Interval.point(0), nothing))
    return members


def _series(target: SeenTarget, query_id: str, view: _View) -> _Series:
    """Return what the history of one series of a target is worth."""
    ages = view.ages[query_id]
    if not ages.asked or not ages.values:
        return _Series(UNKNOWN, reason=ages.reason or "partial")
    days = ages.values.get((target.job, target.instance))
    shown = ages.evidence(view.monitoring, f"{query_id} {target.name}", 0 if days is None else days, "days")
    if days is None:
        return _Series(Interval.point(0), (shown,))
    length = Interval(exact(depth(days)), exact(1.0 if _fills_its_window(days, ages) else depth(days)))
    interval = view.intervals[target.name]
    if interval is None:
        return _Series(Interval(ZERO, length.high), (shown,), "partial")
    fineness = exact(resolution(interval))
    grain = view.targets.evidence(view.monitoring, f"scrape_interval {target.name}", interval, "seconds")
    value = Interval(length.low * fineness, length.high * fineness)
    return _Series(value, (shown, grain), "budget_exhausted" if value.width else None)


def _fills_its_window(days: float, ages: Answer) -> bool:
    """Tell whether the series may be older than the window in which its age was read."""
    window = (ages.window_seconds or 0.0) / _SECONDS_A_DAY
    return window < LONG_DAYS + GRAIN_DAYS and days >= window - 2 * GRAIN_DAYS
