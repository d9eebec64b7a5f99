"""The history of a few hosts, read block by block and studied: samples in, small facts out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from msgspec import structs

from analyzers.measures.anomaly.arrays import Array, checked
from analyzers.measures.anomaly.episodes import Episode
from analyzers.measures.anomaly.faults import runs, stuck
from analyzers.measures.anomaly.hosts import speaking, unusual
from analyzers.measures.anomaly.recurring import DAYS
from analyzers.measures.decode.block import Block, Series
from analyzers.measures.history import alerts, planted
from analyzers.measures.history.ahead import ahead
from analyzers.measures.history.backtest import HostAlerts
from analyzers.measures.history.detectors import BASELINES, OURS
from analyzers.measures.history.grid import Grid, Row, gauge_row, is_counter, rate_row, resets_of
from analyzers.measures.history.moments import moment
from analyzers.measures.history.quality import wholeness
from analyzers.measures.history.rhythm import Hours, Rhythm, hourly, rhythms
from analyzers.model.history import EpisodeFact, Explaining, HostHistory, Minimum, SeriesHistory
from analyzers.model.host_names import bare_host

NO_BEHAVIOUR = ("_info", "_timestamp_seconds", "_time_seconds", "_created")
"""Endings of metrics that hold a moment or a description: how they move is no behaviour of the host."""

BOOT = "node_boot_time_seconds"
SAME_BOOT_SECONDS = 60.0
"""A boot time that is computed from the uptime trembles by less."""

SUMMED: Mapping[str, str] = {"node_cpu_seconds_total": "cpu"}
"""Metrics whose series are summed up over a label: one core more or less is no other host."""

HELD = 0.5
"""Share of the grid on which a series must have values to be heard."""

WARM_SECONDS = (len(DAYS) - 1) * 86400.0
"""Until then nothing can have come back often enough to be usual."""

MOST_PLANTED = 12
"""Metrics in which faults are planted: each takes a sixth of a second."""

PLANTED_SECONDS = 14 * 86400.0
"""Last part of the history in which they are planted."""

MOST_STUCK = 3
"""Stuck series told for one host."""

SERVICE_LABELS = ("service", "container", "job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a window is studied.

    Attributes
    ----------
    start, end
        The window, in milliseconds.
    budget
        Alerts asked for, per host and week.
    plant
        Whether faults are planted in one series of each metric.
    """

    grid: Grid
    start: int
    end: int
    budget: float = 1.0
    plant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStudy:
    """What was learnt of one host; `restarts` are moments in milliseconds."""

    history: HostHistory
    series: tuple[SeriesHistory, ...] = ()
    episodes: tuple[EpisodeFact, ...] = ()
    judged: HostAlerts | None = None
    minimums: tuple[Minimum, ...] = ()
    restarts: tuple[int, ...] = ()
    samples: int = 0


@dataclass(slots=True)
class _Host:
    series: list[SeriesHistory] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    restarts: list[int] = field(default_factory=list)
    samples: int = 0


def study(blocks: Iterable[Block], plan: Plan) -> tuple[HostStudy, ...]:
    """Return what the series of some hosts tell, host by host; samples are dropped block by block."""
    hosts: dict[str, _Host] = {}
    for block in blocks:
        for one in block:
            if len(one.timestamps):
                _add(hosts.setdefault(bare_host(one.labels.get("instance", "")), _Host()), one, block.step, plan)
    return tuple(_studied(name, hosts[name], plan) for name in sorted(hosts))


def _add(host: _Host, one: Series, resampled: int, plan: Plan) -> None:
    name = one.labels.get("__name__", "")
    counter = is_counter(name)
    whole = wholeness(one.timestamps, one.values)
    first, last = int(one.timestamps[0]), int(one.timestamps[-1])
    host.samples += len(one.timestamps)
    host.rows.append((rate_row if counter else gauge_row)(one.timestamps, one.values, plan.grid))
    if name == BOOT:
        moved = np.abs(np.diff(one.values)) > SAME_BOOT_SECONDS
        host.restarts += [int(each) for each in one.timestamps[1:][moved]]
    host.series.append(
        SeriesHistory(
            name=name,
            host=bare_host(one.labels.get("instance", "")),
            labels={key: value for key, value in one.labels.items() if key != "__name__"},
            samples=len(one.timestamps),
            first=moment(first),
            last=moment(last),
            interval_seconds=whole.interval,
            missing_share=None if resampled else round(whole.missing, 6),
            gaps=0 if resampled else whole.gaps,
            longest_gap_seconds=0.0 if resampled else whole.longest,
            resets=resets_of(one.values) if counter else None,
            constant=whole.constant,
        )
    )


def _studied(name: str, host: _Host, plan: Plan) -> HostStudy:
    rows = np.array(host.rows)
    hours = hourly(rows, plan.grid)
    known = [_told(each, rhythm, row) for each, rhythm, row in zip(host.series, rhythms(hours), hours, strict=True)]
    names, heard = _heard(known, rows)
    judged, episodes = _judged(name, names, heard, plan)
    days = 0.0 if judged is None else (judged.end - judged.start) / 86_400_000
    return HostStudy(
        history=HostHistory(
            host=name,
            series=len(known),
            judged_days=round(days, 3),
            episodes=len(episodes),
            per_week=round(len(episodes) / days * 7, 3) if days else None,
        ),
        series=tuple(known),
        episodes=(*episodes, *_stuck(name, known, rows, plan)),
        judged=judged,
        minimums=_minimums(known, rows, plan) if plan.plant else (),
        restarts=tuple(sorted(set(host.restarts))),
        samples=host.samples,
    )


def _told(series: SeriesHistory, rhythm: Rhythm, hours: Hours) -> SeriesHistory:
    """Return the features of a series with those of its days and weeks, and where it goes."""
    return structs.replace(
        series,
        day_strength=rhythm.day,
        week_strength=rhythm.week,
        mase=rhythm.mase,
        ahead=ahead(series.name, hours),
    )


def behaves(name: str) -> bool:
    """Tell whether a metric shows behaviour: no moment, no description, no presence."""
    return not name.endswith(NO_BEHAVIOUR) and name not in {"up", "ALERTS", "ALERTS_FOR_STATE"}


def _heard(series: list[SeriesHistory], rows: Row) -> tuple[list[SeriesHistory], Row]:
    """Return the series that speak for a host, those of one sum together."""
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[int]] = {}
    for index, each in enumerate(series):
        if behaves(each.name) and not each.constant and np.isfinite(rows[index]).mean() >= HELD:
            left = {key: value for key, value in each.labels.items() if key != SUMMED.get(each.name)}
            groups.setdefault((each.name, tuple(sorted(left.items()))), []).append(index)
    names = [structs.replace(series[indices[0]], labels=dict(labels)) for (_, labels), indices in groups.items()]
    heard = np.array([rows[indices].sum(axis=0) for indices in groups.values()], dtype=np.float32)
    return names, heard.reshape(len(groups), rows.shape[1])


def _judged(
    name: str, names: list[SeriesHistory], heard: Row, plan: Plan
) -> tuple[HostAlerts | None, tuple[EpisodeFact, ...]]:
    """Return the alerts of every detector after the first week, ours as episodes too; none under eight days."""
    step = plan.grid.seconds
    first = alerts.first_judged(step)
    if not names or plan.grid.points < first + alerts.first_judged(step) // 7:
        return None, ()
    said, live = speaking(heard, step, first)
    values, _ = checked(heard, step, first)
    found = {OURS: alerts.alerts(unusual(said, live, step), step, plan.budget, said, warm=WARM_SECONDS)}
    for baseline, scorer in BASELINES.items():
        found[baseline] = alerts.alerts(scorer(values, step, first), step, plan.budget)
    judged = HostAlerts(
        host=name,
        start=plan.grid.start + first * plan.grid.step,
        end=plan.grid.start + plan.grid.points * plan.grid.step,
        alerts={
            detector: tuple(
                (plan.grid.start + each.start * plan.grid.step, plan.grid.start + each.end * plan.grid.step)
                for each in episodes
            )
            for detector, episodes in found.items()
        },
    )
    return judged, tuple(_episode(name, each, names, values, plan) for each in found[OURS])


def _episode(host: str, episode: Episode, names: list[SeriesHistory], values: Array, plan: Plan) -> EpisodeFact:
    day = round(86400 / plan.grid.seconds)
    explaining = []
    for index, share in episode.series:
        usual = float(np.median(values[index, max(0, episode.start - 7 * day) : episode.start]))
        inside = values[index, episode.start : episode.end + 1]
        seen = float(inside[np.argmax(np.abs(inside - usual))])
        explaining.append(
            Explaining(series=shown(names[index]), share=round(share, 4), usual=_short(usual), seen=_short(seen))
        )
    services = {
        value
        for index, _ in episode.series
        for label, value in names[index].labels.items()
        if label in SERVICE_LABELS and not (label == "job" and names[index].name.startswith("node_"))
    }
    return EpisodeFact(
        host=host,
        start=_at(episode.start, plan),
        end=_at(episode.end, plan),
        peak=_at(episode.peak, plan),
        score=round(episode.score, 4),
        services=tuple(sorted(services)),
        series=tuple(explaining),
    )


def shown(series: SeriesHistory) -> str:
    """Return a series as PromQL writes it, without what names the target."""
    left = {key: value for key, value in sorted(series.labels.items()) if key not in {"instance", "job"}}
    inside = ",".join(f'{key}="{value}"' for key, value in left.items())
    return f"{series.name}{{{inside}}}" if inside else series.name


def _stuck(host: str, series: list[SeriesHistory], rows: Row, plan: Plan) -> tuple[EpisodeFact, ...]:
    """Return the longest times at which gauges stood still for longer than they ever rest."""
    step = plan.grid.seconds
    train = alerts.first_judged(step)
    if train >= plan.grid.points:
        return ()
    found: list[tuple[int, int, str]] = []
    for each, row in zip(series, rows, strict=True):
        if each.constant or each.resets is not None or not behaves(each.name):
            continue
        found += [(first, last, shown(each)) for first, last in runs(stuck(row, step, train))]
    longest = sorted(found, key=lambda one: (one[0] - one[1], one))[:MOST_STUCK]
    return tuple(
        EpisodeFact(
            host=host,
            kind="stuck",
            start=_at(first, plan),
            end=_at(last, plan),
            peak=_at(first, plan),
            series=(Explaining(series=name, share=1.0),),
        )
        for first, last, name in sorted(longest)
    )


def _minimums(series: list[SeriesHistory], rows: Row, plan: Plan) -> tuple[Minimum, ...]:
    """Return the smallest planted faults seen, in the first series of each metric that moves."""
    found: list[Minimum] = []
    done: set[str] = set()
    for each, row in zip(series, rows, strict=True):
        if each.name in done or each.constant or not behaves(each.name) or np.isfinite(row).mean() < HELD:
            continue
        filled, _ = checked(row[None, -round(PLANTED_SECONDS / plan.grid.seconds) :], plan.grid.seconds, 0)
        interval = each.interval_seconds or plan.grid.seconds
        of_one = planted.minimums(
            filled[0], plan.grid.seconds, plan.budget, each.name, rate=each.resets is not None, interval=interval
        )
        if of_one:
            done.add(each.name)
            found += of_one
        if len(done) == MOST_PLANTED:
            break
    return tuple(found)


def _at(point: int, plan: Plan) -> dt.datetime:
    return moment(plan.grid.start + point * plan.grid.step)


def _short(value: float) -> float:
    """Return four significant digits: float32 rows hold no more that means something."""
    return float(f"{value:.4g}")
