"""What a Prometheus-compatible server and an Alertmanager said, as read."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from analyzers.model.facts import Fact
from analyzers.model.reasons import Reason


class EndpointAnswer(Fact, frozen=True, kw_only=True):
    """How one endpoint of a server answered; `reason` is None when it answered in full."""

    endpoint: str
    reason: Reason | None = None
    detail: str = ""


class Target(Fact, frozen=True, kw_only=True):
    """An active scrape target."""

    job: str
    instance: str
    labels: dict[str, str] = {}
    scrape_url: str = ""
    health: str = "unknown"
    last_error: str = ""
    last_scrape: datetime | None = None
    scrape_interval_seconds: float | None = None
    scrape_timeout_seconds: float | None = None


class Rule(Fact, frozen=True, kw_only=True):
    """A recording or alerting rule."""

    kind: Literal["alerting", "recording"]
    name: str
    group: str = ""
    file: str = ""
    query: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    health: str = "unknown"
    last_error: str = ""
    duration_seconds: float = 0.0
    keep_firing_for_seconds: float = 0.0
    interval_seconds: float | None = None
    evaluation_seconds: float | None = None
    state: str = ""


class ActiveAlert(Fact, frozen=True, kw_only=True):
    """An alert that is pending or firing."""

    name: str
    state: str
    labels: dict[str, str] = {}
    active_at: datetime | None = None


class Sample(Fact, frozen=True, kw_only=True):
    """One series of an instant query. `value` is None for NaN and infinities."""

    labels: dict[str, str]
    value: float | None


class Points(Fact, frozen=True, kw_only=True):
    """A series at regular moments: ``values[i]`` at ``start + i * step_seconds``, None where there is none."""

    labels: dict[str, str]
    start: datetime
    step_seconds: float
    values: tuple[float | None, ...]


class QueryResult(Fact, frozen=True, kw_only=True):
    """A named query, its text as sent, and its answer; `reason` tells why there is none.

    A query that asks for values over time is answered in `points`, another one in `samples`.
    """

    id: str
    query: str
    window: str
    collected_at: datetime
    reason: Reason | None = None
    detail: str = ""
    samples: tuple[Sample, ...] = ()
    points: tuple[Points, ...] = ()


class MetricMetadata(Fact, frozen=True, kw_only=True):
    """What the exporter says of a metric: its type, and whether it has a help text."""

    type: str = "unknown"
    documented: bool = False


class Monitoring(Fact, frozen=True, kw_only=True):
    """A Prometheus-compatible server.

    `local_host` names the host that loopback addresses in its labels mean, when it is known.
    `targets`, `rules`, `alerts`, `metadata` and the names are None when the server did not say (`endpoints`).
    """

    url: str
    local_host: str = ""
    kind: Literal["prometheus", "victoria-metrics", "mimir", "thanos", "unknown"] = "unknown"
    version: str = ""
    collected_at: datetime
    endpoints: tuple[EndpointAnswer, ...] = ()
    targets: tuple[Target, ...] | None = None
    dropped_targets: int | None = None
    rules: tuple[Rule, ...] | None = None
    alerts: tuple[ActiveAlert, ...] | None = None
    alertmanagers: tuple[str, ...] | None = None
    metric_names: tuple[str, ...] | None = None
    label_names: tuple[str, ...] | None = None
    metadata: dict[str, MetricMetadata] | None = None
    external_labels: dict[str, str] = {}
    retention: str = ""
    flags: dict[str, str] = {}
    head_series: int | None = None
    series_by_metric: dict[str, int] = {}
    values_by_label: dict[str, int] = {}
    queries: tuple[QueryResult, ...] = ()
    warnings: tuple[str, ...] = ()

    def answer(self, endpoint: str) -> EndpointAnswer:
        """Return how an endpoint answered; one that was not asked has no source."""
        for each in self.endpoints:
            if each.endpoint == endpoint:
                return each
        return EndpointAnswer(endpoint=endpoint, reason="no_source")

    def query(self, query_id: str) -> QueryResult | None:
        """Return the answer of a named query, None when it was not asked."""
        return next((each for each in self.queries if each.id == query_id), None)


class Silence(Fact, frozen=True, kw_only=True):
    """A silence; who made it and its comment are kept only as facts: present or not, generic or not."""

    id: str
    state: str
    matchers: tuple[str, ...] = ()
    starts_at: datetime
    ends_at: datetime
    created_by: str = ""
    commented: bool = False


class Alerting(Fact, frozen=True, kw_only=True):
    """An Alertmanager."""

    url: str
    version: str = ""
    collected_at: datetime
    endpoints: tuple[EndpointAnswer, ...] = ()
    active: int | None = None
    silenced: int | None = None
    silences: tuple[Silence, ...] | None = None
    receivers: tuple[str, ...] | None = None
