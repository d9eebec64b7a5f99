"""What a server says of itself: targets, rules, alerts, names, labels, limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from agent.sources.failures import NoAnswerError
from agent.sources.http import Pairs
from agent.sources.prometheus import answers as said
from agent.sources.prometheus import translate
from agent.sources.prometheus.backend import Kind, recognise, release
from agent.sources.prometheus.client import PrometheusClient
from agent.sources.redact import redact
from analyzers.model.monitoring import ActiveAlert, EndpointAnswer, MetricMetadata, Monitoring, Rule, Target
from analyzers.model.reasons import Reason

T = TypeVar("T")

BUILD = "/api/v1/status/buildinfo"
RUNTIME = "/api/v1/status/runtimeinfo"
FLAGS = "/api/v1/status/flags"
CONFIG = "/api/v1/status/config"
TSDB = "/api/v1/status/tsdb"
TARGETS = "/api/v1/targets"
RULES = "/api/v1/rules"
ALERTS = "/api/v1/alerts"
ALERTMANAGERS = "/api/v1/alertmanagers"
METADATA = "/api/v1/metadata"
LABELS = "/api/v1/labels"
NAMES = "/api/v1/label/__name__/values"
ENDPOINTS = (BUILD, RUNTIME, FLAGS, CONFIG, TSDB, TARGETS, RULES, ALERTS, ALERTMANAGERS, METADATA, LABELS, NAMES)

HOLLOW = "it answers, with nothing, as programs do that have no such thing"
RECENT = dt.timedelta(days=1)
"""Names and labels are those of the last day: older ones would hide that a metric is gone."""

MOST_HOT_SPOTS = 50
MOST_DROPPED_BYTES = 8 << 20


@dataclass(slots=True)
class Inquiry:
    """Asks endpoint after endpoint and remembers how each answered; nothing is raised for a refusal.

    Attributes
    ----------
    end
        A moment of ``time.monotonic`` after which nothing is asked.
    kind
        The program behind the API, once it is known.
    """

    client: PrometheusClient
    end: float
    kind: Kind = "unknown"
    found: dict[str, EndpointAnswer] = field(default_factory=dict)

    def ask(self, path: str, shape: type[T], parameters: Pairs = ()) -> T | None:
        """Return what an endpoint says, None when it does not, with the reason in `found`."""
        try:
            answer = self.client.ask(path, shape, parameters, end=self.end)
        except NoAnswerError as error:
            self.note(path, error.reason, error.detail)
            return None
        if answer.data is None:
            self.note(path, "backend_404", HOLLOW)
        else:
            self.note(path, "partial" if answer.warnings else None, "; ".join(answer.warnings))
        return answer.data

    def note(self, path: str, reason: Reason | None, detail: str = "") -> None:
        """Record how an endpoint answered."""
        self.found[path] = EndpointAnswer(endpoint=path, reason=reason, detail=detail)

    def listed(self, path: str, items: Iterable[T] | None) -> tuple[T, ...] | None:
        """Return what an endpoint lists; an empty list is one only from a Prometheus, which scrapes and runs rules."""
        if items is None:
            return None
        kept = tuple(items)
        if not kept and self.kind != "prometheus":
            if self.found[path].reason is None:
                self.note(path, "backend_404", HOLLOW)
            return None
        return kept


def read_endpoints(client: PrometheusClient, at: dt.datetime, end: float) -> Monitoring:
    """Return what a server says of itself; an endpoint that does not answer leaves its fields empty, with a reason.

    Parameters
    ----------
    at
        The moment of the scan, for what asks about a window.
    end
        A moment of ``time.monotonic`` after which nothing is asked.
    """
    inquiry = Inquiry(client, end)
    build = inquiry.ask(BUILD, said.BuildInfo)
    runtime = inquiry.ask(RUNTIME, said.RuntimeInfo)
    inquiry.kind = recognise(build, runtime, inquiry.found[RUNTIME])
    if build is not None and not build.version:
        inquiry.note(BUILD, "backend_404", HOLLOW)
    tsdb = inquiry.ask(TSDB, said.TsdbStatus, [("limit", str(MOST_HOT_SPOTS)), ("topN", str(MOST_HOT_SPOTS))])
    recent = [("start", f"{(at - RECENT).timestamp():.3f}"), ("end", f"{at.timestamp():.3f}")]
    targets, dropped = _targets(inquiry)
    return Monitoring(
        url=client.http.address.url,
        collected_at=at,
        kind=inquiry.kind,
        version=release(inquiry.kind, build),
        retention=runtime.storage_retention if runtime else "",
        flags=translate.useful_flags(inquiry.ask(FLAGS, dict[str, str]) or {}),
        external_labels=_external_labels(inquiry),
        head_series=translate.head_series(tsdb),
        series_by_metric=translate.counts(tsdb.series_count_by_metric_name if tsdb else None),
        values_by_label=translate.counts(tsdb.label_value_count_by_label_name if tsdb else None),
        targets=targets,
        dropped_targets=dropped,
        rules=_rules(inquiry),
        alerts=_alerts(inquiry),
        alertmanagers=_alertmanagers(inquiry),
        metadata=_metadata(inquiry),
        label_names=inquiry.ask(LABELS, tuple[str, ...], recent),
        metric_names=inquiry.ask(NAMES, tuple[str, ...], recent),
        endpoints=tuple(inquiry.found.values()),
    )


def _targets(inquiry: Inquiry) -> tuple[tuple[Target, ...] | None, int | None]:
    answer = inquiry.ask(TARGETS, said.Targets, [("state", "active")])
    if answer is None:
        return None, None
    targets = inquiry.listed(TARGETS, (translate.target(each) for each in answer.active_targets or ()))
    if answer.dropped_target_counts is not None:
        return targets, sum(answer.dropped_target_counts.values())
    return targets, None if targets is None else _dropped(inquiry)


def _dropped(inquiry: Inquiry) -> int | None:
    """Count the dropped targets of a server that does not count them itself, unless they are too many to be sent."""
    asked = [("state", "dropped")]
    try:
        answer = inquiry.client.ask(TARGETS, said.Targets, asked, end=inquiry.end, limit=MOST_DROPPED_BYTES)
    except NoAnswerError:
        return None
    dropped = answer.data.dropped_targets if answer.data else None
    return None if dropped is None else len(dropped)


def _rules(inquiry: Inquiry) -> tuple[Rule, ...] | None:
    answer = inquiry.ask(RULES, said.Rules)
    return inquiry.listed(RULES, None if answer is None else translate.rules(answer.groups or ()))


def _alerts(inquiry: Inquiry) -> tuple[ActiveAlert, ...] | None:
    answer = inquiry.ask(ALERTS, said.Alerts)
    return inquiry.listed(ALERTS, None if answer is None else map(translate.alert, answer.alerts or ()))


def _alertmanagers(inquiry: Inquiry) -> tuple[str, ...] | None:
    answer = inquiry.ask(ALERTMANAGERS, said.Alertmanagers)
    urls = None if answer is None else (redact(each.url) for each in answer.active_alertmanagers or ())
    return inquiry.listed(ALERTMANAGERS, urls)


def _metadata(inquiry: Inquiry) -> dict[str, MetricMetadata] | None:
    answer = inquiry.ask(METADATA, dict[str, tuple[said.Metadata, ...]], [("limit_per_metric", "1")])
    named = inquiry.listed(METADATA, answer)
    return None if answer is None or named is None else translate.metadata(answer)


def _external_labels(inquiry: Inquiry) -> dict[str, str]:
    answer = inquiry.ask(CONFIG, said.Config)
    if answer is None or inquiry.listed(CONFIG, answer.yaml.splitlines()) is None:
        return {}
    return translate.external_labels(answer.yaml)
