"""What was learnt of all hosts, put together and bounded: the facts that enter the snapshot."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from msgspec.structs import replace

from analyzers.measures.history.backtest import Incident, backtest
from analyzers.measures.history.study import HostStudy
from analyzers.model.history import (
    MOST_EPISODES,
    MOST_GAPS,
    MOST_SERIES,
    Backtest,
    EpisodeFact,
    Gap,
    HostHistory,
    Minimum,
    SeriesHistory,
)
from analyzers.model.host_names import bare_host

MOST_HOSTS = 2000

LONG_GONE = dt.timedelta(hours=1)
"""How long after the first of all series one must begin, or before the last end, to have come or gone."""

GONE_SECONDS = 600.0
"""An absence under ten minutes is told as a gap, not as an episode of the host."""

LOUDEST_FIRST: dict[str, int] = {"missing": 1, "stuck": 2, "restart": 3, "deviation": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What all hosts told, bounded; counts are those of everything."""

    series: tuple[SeriesHistory, ...]
    hosts: tuple[HostHistory, ...]
    episodes: tuple[EpisodeFact, ...]
    episodes_total: int
    gaps: tuple[Gap, ...] | None
    backtest: Backtest
    series_read: int
    samples: int
    churn: float | None
    joined_share: float | None


def merged(
    studies: Sequence[HostStudy],
    gaps: Sequence[Gap] | None,
    found: Callable[[Sequence[str], dict[str, tuple[int, ...]]], Sequence[Incident]],
    budget: float,
) -> Learnt:
    """Return what all hosts told.

    Parameters
    ----------
    gaps
        None when the series ``up`` could not be read.
    found
        Gives the incidents, from the names of the hosts and their restarts.
    budget
        Alerts asked for, per host and week.
    """
    one_each = _one_each(studies)
    series = _coming_and_going([each for study in studies for each in study.series])
    episodes = [*(each for study in one_each for each in study.episodes), *_absences(gaps or ())]
    restarts = {study.history.host: study.restarts for study in one_each if study.restarts}
    names = [study.history.host for study in one_each]
    judged = [study.judged for study in one_each if study.judged is not None]
    minimums = _smallest(each for study in one_each for each in study.minimums)
    return Learnt(
        series=_spread(series, MOST_SERIES),
        hosts=tuple(study.history for study in one_each[:MOST_HOSTS]),
        episodes=_bounded(episodes),
        episodes_total=len(episodes),
        gaps=None if gaps is None else tuple(gaps[:MOST_GAPS]),
        backtest=backtest(judged, found(names, restarts), budget, minimums),
        series_read=len(series),
        samples=sum(study.samples for study in studies),
        churn=_share(series, lambda each: each.began or each.ended),
        joined_share=_share(series, lambda each: bool(each.host)),
    )


def _coming_and_going(series: Sequence[SeriesHistory]) -> list[SeriesHistory]:
    """Return the series, told whether they came or went while others were there."""
    if not series:
        return []
    first, last = min(each.first for each in series), max(each.last for each in series)
    return [replace(each, began=each.first - first > LONG_GONE, ended=last - each.last > LONG_GONE) for each in series]


def _one_each(studies: Sequence[HostStudy]) -> list[HostStudy]:
    """Return one study a host: where several selectors spoke of it, that of most series."""
    best: dict[str, HostStudy] = {}
    for each in studies:
        known = best.get(each.history.host)
        if known is None or each.history.series > known.history.series:
            best[each.history.host] = each
    return [best[each] for each in sorted(best)]


def _share(series: Sequence[SeriesHistory], what: Callable[[SeriesHistory], bool]) -> float | None:
    return round(sum(map(what, series)) / len(series), 6) if series else None


def _spread(series: Sequence[SeriesHistory], most: int) -> tuple[SeriesHistory, ...]:
    """Return at most so many series, evenly over them all."""
    ordered = sorted(series, key=lambda each: (each.host, each.name, sorted(each.labels.items())))
    if len(ordered) <= most:
        return tuple(ordered)
    return tuple(ordered[index * len(ordered) // most] for index in range(most))


def _bounded(episodes: Sequence[EpisodeFact]) -> tuple[EpisodeFact, ...]:
    """Return the episodes that say most, in order of time."""
    kept = sorted(episodes, key=lambda each: (LOUDEST_FIRST[each.kind], -each.score, each.start, each.host))
    return tuple(sorted(kept[:MOST_EPISODES], key=lambda each: (each.start, each.host, each.kind)))


def _absences(gaps: Iterable[Gap]) -> Iterable[EpisodeFact]:
    for each in gaps:
        if each.whose != "prometheus" and (each.end - each.start).total_seconds() >= GONE_SECONDS:
            for target in each.targets:
                host = bare_host(target.partition("/")[2])
                yield EpisodeFact(host=host, kind="missing", start=each.start, end=each.end, peak=each.start)


def _smallest(minimums: Iterable[Minimum]) -> tuple[Minimum, ...]:
    """Return one line a metric and shape: the median over the series in which it was planted."""
    groups: defaultdict[tuple[str, str], list[Minimum]] = defaultdict(list)
    for each in minimums:
        groups[each.metric, each.shape].append(each)
    return tuple(_middle(each) for _, each in sorted(groups.items()))


def _middle(same: Sequence[Minimum]) -> Minimum:
    def of(values: Iterable[float | None]) -> float | None:
        known = [each for each in values if each is not None]
        return median(known) if 2 * len(known) > len(same) else None

    first = same[0]
    return Minimum(
        metric=first.metric,
        shape=first.shape,
        unit=first.unit,
        half=of(each.half for each in same),
        most=of(each.most for each in same),
        usual=of(each.usual for each in same),
        series=len(same),
    )
