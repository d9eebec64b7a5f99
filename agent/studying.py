"""Metric history read and studied, host after host on an executor: only facts come back."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, islice
from statistics import median
from typing import TypeVar

from msgspec import structs

from agent.history_run import Opener, Outcome, close_sources, read_groups, read_shards
from agent.progress import Advance
from agent.sources.failures import NoAnswerError
from agent.sources.history.port import Matcher, Shard, Source
from analyzers.measures.history.backtest import Incident
from analyzers.measures.history.grid import grid_of
from analyzers.measures.history.holes import Presence, attributed, presences
from analyzers.measures.history.incidents import Firing, firings
from analyzers.measures.history.merge import merged
from analyzers.measures.history.moments import milliseconds, moment
from analyzers.measures.history.quality import interval_of
from analyzers.measures.history.study import HostStudy, Plan, study
from analyzers.model.history import History
from analyzers.model.reasons import Reason

KEY_METRICS = (
    "node_load1",
    "node_cpu_seconds_total",
    "node_memory_MemAvailable_bytes",
    "node_filesystem_avail_bytes",
    "node_disk_io_time_seconds_total",
    "node_network_receive_bytes_total",
    "node_network_transmit_bytes_total",
    "node_context_switches_total",
    "node_netstat_Tcp_CurrEstab",
    "node_vmstat_pgmajfault",
    "node_pressure_cpu_waiting_seconds_total",
    "node_pressure_memory_waiting_seconds_total",
    "node_pressure_io_waiting_seconds_total",
    "node_boot_time_seconds",
)
"""What shows how a host behaves, as node exporters name it."""

KEY_SELECTOR = (
    Matcher("__name__", "=~", "|".join(KEY_METRICS)),
    Matcher("mode", "=~", "|idle|iowait|system|user"),
    Matcher("device", "!~", "lo|loop.*|ram.*|sr.*|veth.*|cali.*|docker.*|br-.*|virbr.*|tap.*"),
    Matcher("fstype", "!~", "tmpfs|devtmpfs|overlay|squashfs|ramfs|nsfs|autofs|fuse.lxcfs"),
)
"""What does not last or measures nothing is left out; a series without such a label passes."""

UP = (Matcher("__name__", "=", "up"),)
ALERTS = (Matcher("__name__", "=", "ALERTS"), Matcher("alertstate", "=", "firing"))

SCAN_SAMPLES = 20_000_000
"""Samples that a scan reads: a thousand series of two weeks at a minute, some seconds of a server's work."""

COMMAND_SAMPLES = 2_000_000_000
"""Samples that the command reads when nobody bounds it: ten times the largest estate that was tried."""

BUDGET = 1.0
"""Alerts that a team is taken to live with, per host and week."""

PLANTING = 2
"""Groups of hosts in which faults are planted."""

R = TypeVar("R")
Find = Callable[[Sequence[str], Sequence[Firing], dict[str, tuple[int, ...]]], Sequence[Incident]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is read.

    Attributes
    ----------
    selectors
        Matchers of each selector; None for the key metrics of hosts.
    samples
        Bound of the samples read; hosts are left out evenly beyond it.
    """

    taken_at: dt.datetime
    since: dt.timedelta
    selectors: tuple[tuple[Matcher, ...], ...] | None = None
    samples: int = SCAN_SAMPLES

    @property
    def window(self) -> tuple[int, int]:
        """Return the window, in milliseconds."""
        end = milliseconds(self.taken_at)
        return end - self.since // dt.timedelta(milliseconds=1), end

    @property
    def matchers(self) -> tuple[tuple[Matcher, ...], ...]:
        """Return what is selected."""
        return (KEY_SELECTOR,) if self.selectors is None else self.selectors


def study_history(
    opener: Opener, asked: Asked, find: Find, executor: Executor, advance: Advance = lambda _done, _total: None
) -> History:
    """Return what the history of a source tells; a source that says nothing leaves its reason.

    Parameters
    ----------
    find
        Gives the incidents: from the hosts that were read, the alerts that fired, and restarts by host.
    """
    began = time.process_time()
    try:
        source = opener.open()
    except NoAnswerError as error:
        return _silent(asked, "", error.reason, error.detail)
    try:
        studied = _Reading(opener, source, asked, executor).run(find, advance)
    except NoAnswerError as error:
        studied = _silent(asked, source.where, error.reason, error.detail)
    finally:
        asked_here, spent = source.spent, close_sources()
        source.close()
    cpu = round(time.process_time() - began, 3)
    return structs.replace(
        studied,
        requests=asked_here.requests + spent.requests,
        bytes=asked_here.bytes + spent.bytes,
        cpu_seconds=cpu,
        backend=source.name,
    )


class _Reading:
    """One reading: the presence of targets, the series of hosts, the alerts that fired."""

    def __init__(self, opener: Opener, source: Source, asked: Asked, executor: Executor) -> None:
        self._opener, self._source, self._asked, self._executor = opener, source, asked, executor
        self._said: dict[tuple[Reason, str], None] = {}
        self._samples = 0

    def run(self, find: Find, advance: Advance) -> History:
        start, end = self._asked.window
        groups = [tuple(each) for each in self._groups()]
        found = sum(shard.series for group in groups for shard in group)
        chosen = _within(groups, self._asked.samples)
        plan = Plan(grid=grid_of(start, end, self._interval(chosen)), start=start, end=end, budget=BUDGET)
        present = self._present(plan)
        studies = self._studies(chosen, plan, advance)
        fired = self._fired()
        learnt = merged(
            studies,
            None if present is None else attributed(present, plan.grid),
            lambda names, restarts: find(names, fired, restarts),
            plan.budget,
        )
        reason: Reason | None = None if studies else next((each for each, _ in self._said), "too_few")
        return History(
            source=self._source.where,
            collected_at=self._asked.taken_at,
            start=moment(start),
            end=moment(end),
            matchers=tuple(_text(each) for each in self._asked.matchers),
            series_found=found,
            series_read=learnt.series_read,
            samples=learnt.samples + self._samples,
            churn=learnt.churn,
            joined_share=learnt.joined_share,
            resampled=any(each.missing_share is None for each in learnt.series),
            series=learnt.series,
            gaps=learnt.gaps,
            hosts=learnt.hosts,
            episodes=learnt.episodes,
            episodes_total=learnt.episodes_total,
            backtest=learnt.backtest,
            reason=reason,
            warnings=tuple(detail for _, detail in islice(self._said, 20)),
        )

    def _interval(self, groups: Sequence[tuple[Shard, ...]]) -> float | None:
        """Return the usual seconds between two samples, of the first series; what a server estimates may be far off."""
        first = [group[0] for group in groups[:1]]
        outcomes = read_shards(self._opener, first, interval_of, self._executor)
        found = [each for outcome in outcomes for each in outcome.results if each is not None]
        return median(found) if found else None

    def _groups(self) -> Iterator[Iterator[Shard]]:
        """Yield the shards of the same hosts together."""
        for matchers in self._asked.matchers:
            shards = self._source.shards(matchers, *self._asked.window)
            for _, group in groupby(shards, key=_hosts_of):
                yield group

    def _studies(self, groups: Sequence[tuple[Shard, ...]], plan: Plan, advance: Advance) -> list[HostStudy]:
        plain = [
            (group, partial(study, plan=replace(plan, plant=index < PLANTING))) for index, group in enumerate(groups)
        ]
        outcomes = read_groups(self._opener, plain, self._executor, progress=advance)
        return [each for outcome in outcomes for part in self._heard(outcome).results for each in part]

    def _present(self, plan: Plan) -> list[Presence] | None:
        """Return where each target was scraped; None where no series up says it, or only resampled."""
        found = self._made(UP, partial(presences, grid=plan.grid))
        if not found or any(each is None for each in found):
            return None
        return [one for part in found for one in part or ()]

    def _fired(self) -> list[Firing]:
        return [one for part in self._made(ALERTS, firings) or () for one in part]

    def _made(self, matchers: tuple[Matcher, ...], make: Callable[..., R]) -> list[R] | None:
        """Return what a function makes of the blocks of a selector, None when they cannot be listed."""
        try:
            shards = list(self._source.shards(matchers, *self._asked.window))
        except NoAnswerError as error:
            self._said[error.reason, error.detail] = None
            return None
        made: list[R] = []
        for outcome in read_shards(self._opener, shards, make, self._executor):
            made += self._heard(outcome).results
            self._samples += outcome.samples
        return made

    def _heard(self, outcome: Outcome[R]) -> Outcome[R]:
        self._said |= dict.fromkeys((each.reason, each.detail) for each in outcome.incomplete)
        return outcome


def _hosts_of(shard: Shard) -> tuple[str, ...]:
    return next((values for name, values in shard.subsets if name == "instance"), ())


def _within(groups: Sequence[tuple[Shard, ...]], samples: int) -> list[tuple[Shard, ...]]:
    """Return as many groups as the bound allows, evenly among all, one at least."""
    total = sum(shard.samples for group in groups for shard in group)
    if total <= samples:
        return list(groups)
    kept = max(1, len(groups) * samples // total)
    return [groups[index * len(groups) // kept] for index in range(kept)]


def _text(matchers: Iterable[Matcher]) -> str:
    return f"{{{','.join(map(str, matchers))}}}"


def _silent(asked: Asked, where: str, reason: Reason, detail: str) -> History:
    start, end = asked.window
    return History(
        source=where,
        collected_at=asked.taken_at,
        start=moment(start),
        end=moment(end),
        matchers=tuple(_text(each) for each in asked.matchers),
        reason=reason,
        warnings=(detail,) if detail else (),
    )
