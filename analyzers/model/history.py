"""What was learnt from metric history: features, gaps, episodes, a backtest. Bounded; the samples stay away."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from analyzers.model.facts import Fact
from analyzers.model.reasons import Reason

Whose = Literal["prometheus", "exporter", "target"]
EpisodeKind = Literal["deviation", "stuck", "missing", "restart"]
IncidentOrigin = Literal["ticket", "alert", "restart", "declared"]
Shape = Literal["spike", "step", "drift", "stuck", "dropout"]

MOST_SERIES = 2000
"""Series whose features are kept one by one; beyond, they are spread evenly over the hosts."""

MOST_EPISODES = 500
MOST_GAPS = 200


class Ahead(Fact, frozen=True, kw_only=True):
    """Where the free part of a resource goes, in the unit of its metric.

    Attributes
    ----------
    free
        On the last day, at the scarcest day of the week.
    slope
        Change a day; what empties has a negative one.
    days_until_empty
        From the last day; None when it never will.
    error
        Median absolute error of the last week, forecast a week before; None under three weeks.
    days
        Days that hold a value.
    """

    free: float
    slope: float
    days_until_empty: float | None = None
    error: float | None = None
    days: int


class SeriesHistory(Fact, frozen=True, kw_only=True):
    """Features of one series over the window that was read.

    Attributes
    ----------
    host
        Host part of its ``instance``; empty when it has none.
    interval_seconds
        Median time between two samples; None under two.
    missing_share
        Samples missing between its first and its last, in [0, 1]; None where samples were resampled.
    gaps, longest_gap_seconds
        Times without a sample for more than two intervals and a half.
    began, ended
        It came, or went, inside the window.
    resets
        Times a counter fell; None for a gauge.
    constant
        It never changed.
    day_strength, week_strength
        Share of the variance of hourly means that the time of the day explains, and that the hour of the week explains
        of the rest, in [0, 1]; None when history is too short.
    mase
        Mean absolute error of a forecast of one day over that of the seasonal naive one (Hyndman & Koehler, 2006),
        median of rolling origins; None when history is too short or flat.
    ahead
        Where it goes, of what tells how much is free; None of others, and under two weeks.
    """

    name: str
    host: str = ""
    labels: dict[str, str] = {}
    samples: int = 0
    first: datetime
    last: datetime
    interval_seconds: float | None = None
    missing_share: float | None = None
    gaps: int = 0
    longest_gap_seconds: float = 0.0
    began: bool = False
    ended: bool = False
    resets: int | None = None
    constant: bool = False
    day_strength: float | None = None
    week_strength: float | None = None
    mase: float | None = None
    ahead: Ahead | None = None


class Gap(Fact, frozen=True, kw_only=True):
    """A time without samples, and whose it is.

    Attributes
    ----------
    whose
        "prometheus": all targets together; "exporter": the scrape failed; "target": it was not scraped at all.
    targets
        Some of those concerned, `count` in all.
    """

    whose: Whose
    start: datetime
    end: datetime
    targets: tuple[str, ...] = ()
    count: int = 1


class Explaining(Fact, frozen=True, kw_only=True):
    """A series that explains an episode: its share of the deviation, what it usually is, what it was at the peak."""

    series: str
    share: float
    usual: float | None = None
    seen: float | None = None


class EpisodeFact(Fact, frozen=True, kw_only=True):
    """A time at which a host behaved as it does not.

    Attributes
    ----------
    score
        At the peak, in [0, 1].
    services
        Jobs and services that the labels of the explaining series name.
    """

    host: str
    kind: EpisodeKind = "deviation"
    start: datetime
    end: datetime
    peak: datetime
    score: float = 0.0
    services: tuple[str, ...] = ()
    series: tuple[Explaining, ...] = ()


class HostHistory(Fact, frozen=True, kw_only=True):
    """One host, judged from the past only.

    Attributes
    ----------
    judged_days
        Days after the first week, on which alerts were counted; 0 when history is too short.
    episodes
        In the judged days, faults of measurement left out; `per_week` is None when nothing was judged.
    """

    host: str
    series: int
    judged_days: float = 0.0
    episodes: int = 0
    per_week: float | None = None


class JudgedDetector(Fact, frozen=True, kw_only=True):
    """What one detector would have done.

    Attributes
    ----------
    found
        Incidents it alerted on.
    by_chance
        Mean share of incidents found when their times are shuffled.
    false_per_host_week
        Alerts outside every incident.
    lead_minutes
        Median time from its first alert to the incident's beginning; positive = before. None when it found none.
    """

    name: str
    found: int = 0
    by_chance: float = 0.0
    false_per_host_week: float = 0.0
    lead_minutes: float | None = None


class Minimum(Fact, frozen=True, kw_only=True):
    """The smallest planted fault that is seen at the budget, half of the time and nine times in ten.

    Attributes
    ----------
    unit
        Of the sizes: that of the metric, or "seconds" for what lasts. None: not even the largest tried was seen.
    """

    metric: str
    shape: Shape
    unit: str = ""
    half: float | None = None
    most: float | None = None
    usual: float | None = None
    series: int = 1


class Backtest(Fact, frozen=True, kw_only=True):
    """A detector tried on the estate's own history, with scores that know the past only.

    Attributes
    ----------
    budget
        Alerts asked for, per host and week.
    incidents
        Those inside the judged days; `unjudged` fell outside of them or touch no host that was read.
    detectors
        Ours first, then one-line baselines.
    shuffles
        How many times incident times were shuffled, with a fixed seed.
    gain, gain_by_chance
        Share of incidents found by ours less that of the best baseline; the same on shuffled times.
    reason
        Why there is no answer.
    """

    budget: float = 1.0
    hosts: int = 0
    host_weeks: float = 0.0
    incidents: int = 0
    origins: dict[str, int] = {}
    unjudged: int = 0
    detectors: tuple[JudgedDetector, ...] = ()
    shuffles: int = 0
    gain: float | None = None
    gain_by_chance: float | None = None
    minimums: tuple[Minimum, ...] = ()
    reason: Reason | None = None


class History(Fact, frozen=True, kw_only=True):
    """Metric history of one source.

    Attributes
    ----------
    matchers
        The selectors that were read.
    series_found, series_read
        Series that they select, and those that the budget allowed.
    start, end
        The window.
    churn
        Share of the series read that came or went inside the window; None when none was read.
    joined_share
        Share of the series whose labels name a host.
    resampled
        The samples came resampled: gaps are not known.
    gaps
        None when the series ``up`` could not be read.
    series, episodes
        At most `MOST_SERIES` and `MOST_EPISODES`.
    """

    source: str
    backend: str = ""
    collected_at: datetime
    start: datetime
    end: datetime
    matchers: tuple[str, ...] = ()
    series_found: int = 0
    series_read: int = 0
    samples: int = 0
    requests: int = 0
    bytes: int = 0
    cpu_seconds: float = 0.0
    churn: float | None = None
    joined_share: float | None = None
    resampled: bool = False
    series: tuple[SeriesHistory, ...] = ()
    gaps: tuple[Gap, ...] | None = None
    hosts: tuple[HostHistory, ...] = ()
    episodes: tuple[EpisodeFact, ...] = ()
    episodes_total: int = 0
    backtest: Backtest | None = None
    reason: Reason | None = None
    warnings: tuple[str, ...] = ()
