"""What endpoints of the Prometheus HTTP API answer, as far as it is read; unknown fields are left out.

Reference: https://prometheus.io/docs/prometheus/latest/querying/api/ and the answers of real servers in
``tests/agent/sources/recorded``.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Part(msgspec.Struct, frozen=True, rename="camel"):
    """Base of every part of an answer."""


class Envelope(Part, Generic[T], frozen=True):
    """Around every answer. `data` is None when the server has nothing to say there."""

    status: str
    data: T | None = None
    error: str = ""
    error_type: str = ""
    warnings: tuple[str, ...] | None = None
    is_partial: bool = False


class BuildInfo(Part, frozen=True):
    """``/api/v1/status/buildinfo``; Mimir and its like name themselves in `application`."""

    version: str = ""
    revision: str = ""
    go_version: str = ""
    application: str = ""


class RuntimeInfo(Part, frozen=True):
    """``/api/v1/status/runtimeinfo``; Thanos has no `storage_retention`."""

    storage_retention: str = ""


class ActiveTarget(Part, frozen=True):
    """A target of ``/api/v1/targets``; discovered labels are not read."""

    labels: dict[str, str] = {}
    scrape_pool: str = ""
    scrape_url: str = ""
    last_error: str = ""
    last_scrape: str = ""
    health: str = "unknown"
    scrape_interval: str = ""
    scrape_timeout: str = ""


class DroppedTarget(Part, frozen=True):
    """A target that relabelling dropped: it is only counted."""


class Targets(Part, frozen=True):
    """``/api/v1/targets``; recent servers count dropped targets by scrape pool."""

    active_targets: tuple[ActiveTarget, ...] | None = None
    dropped_targets: tuple[DroppedTarget, ...] | None = None
    dropped_target_counts: dict[str, int] | None = None


class RuleEntry(Part, frozen=True):
    """A rule; `type` is "alerting" or "recording"."""

    type: str
    name: str
    query: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    health: str = "unknown"
    last_error: str = ""
    duration: float = 0.0
    keep_firing_for: float = 0.0
    evaluation_time: float | None = None
    state: str = ""


class RuleGroup(Part, frozen=True):
    """A group of rules; `interval` is in seconds."""

    name: str = ""
    file: str = ""
    interval: float | None = None
    rules: tuple[RuleEntry, ...] | None = None


class Rules(Part, frozen=True):
    """``/api/v1/rules``."""

    groups: tuple[RuleGroup, ...] | None = None


class AlertEntry(Part, frozen=True):
    """An alert that is pending or firing."""

    labels: dict[str, str] = {}
    state: str = ""
    active_at: str = ""


class Alerts(Part, frozen=True):
    """``/api/v1/alerts``."""

    alerts: tuple[AlertEntry, ...] | None = None


class AlertmanagerEntry(Part, frozen=True):
    """Where alerts are sent."""

    url: str


class Alertmanagers(Part, frozen=True):
    """``/api/v1/alertmanagers``."""

    active_alertmanagers: tuple[AlertmanagerEntry, ...] | None = None


class HeadStats(Part, frozen=True):
    """Of the block being written."""

    num_series: int | None = None


class Named(Part, frozen=True):
    """A name and how many."""

    name: str
    value: int


class TsdbStatus(Part, frozen=True):
    """``/api/v1/status/tsdb``; VictoriaMetrics gives `total_series`, over all its data, instead of `head_stats`."""

    head_stats: HeadStats | None = None
    total_series: int | None = None
    series_count_by_metric_name: tuple[Named, ...] | None = None
    label_value_count_by_label_name: tuple[Named, ...] | None = None


class Config(Part, frozen=True):
    """``/api/v1/status/config``; holds secrets of old servers: only external labels leave `endpoints`."""

    yaml: str = ""


class Metadata(Part, frozen=True):
    """A type and a help text of a metric."""

    type: str = "unknown"
    help: str = ""


class SampleCount(Part, frozen=True):
    """How many samples a query read."""

    total_queryable_samples: int = 0


class Stats(Part, frozen=True):
    """What a query cost, with ``stats=all``."""

    samples: SampleCount | None = None


class Result(Part, frozen=True):
    """``/api/v1/query``; `result` has the shape that `result_type` names."""

    result_type: str
    result: msgspec.Raw
    stats: Stats | None = None


class Series(Part, frozen=True):
    """A series of an instant vector; `value` is absent for a native histogram."""

    metric: dict[str, str] = {}
    value: tuple[float, str] | None = None


class LongSeries(Part, frozen=True):
    """A series of a matrix: seconds and values; `values` is absent when it holds native histograms alone."""

    metric: dict[str, str] = {}
    values: tuple[tuple[float, str], ...] = ()
