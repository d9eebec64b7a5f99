"""From what the API answers to the facts that a snapshot keeps: less, trimmed, and without secrets of URLs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal

import yaml

from agent.sources.prometheus import answers as said
from agent.sources.prometheus.durations import duration
from agent.sources.redact import redact, redact_values
from analyzers.model.monitoring import ActiveAlert, MetricMetadata, Rule, Target

MOST_ERROR_WORDS = 300
MOST_EXPRESSION = 20_000

FLAG_FAMILIES = ("enable-feature", "query.", "storage.tsdb.retention", "web.enable-", "web.route-prefix")
"""Flags that tell limits and retention; the others are paths and addresses."""


def target(found: said.ActiveTarget) -> Target:
    """Return an active target; it has a job and an instance even where relabelling took the labels away."""
    labels = redact_values(found.labels)
    return Target(
        job=labels.get("job", found.scrape_pool),
        instance=labels.get("instance", ""),
        labels=labels,
        scrape_url=redact(found.scrape_url),
        health=found.health,
        last_error=redact(found.last_error, MOST_ERROR_WORDS),
        last_scrape=moment(found.last_scrape),
        scrape_interval_seconds=duration(found.scrape_interval),
        scrape_timeout_seconds=duration(found.scrape_timeout),
    )


def rules(groups: Iterable[said.RuleGroup]) -> Iterable[Rule]:
    """Yield the rules of all groups, in order."""
    for group in groups:
        for found in group.rules or ():
            kind: Literal["alerting", "recording"] = "alerting" if found.type == "alerting" else "recording"
            yield Rule(
                kind=kind,
                name=found.name,
                group=group.name,
                file=group.file,
                query=redact(found.query, MOST_EXPRESSION),
                labels=redact_values(found.labels or {}),
                annotations=redact_values(found.annotations or {}),
                health=found.health,
                last_error=redact(found.last_error, MOST_ERROR_WORDS),
                duration_seconds=found.duration,
                keep_firing_for_seconds=found.keep_firing_for,
                interval_seconds=group.interval,
                evaluation_seconds=found.evaluation_time,
                state=found.state,
            )


def alert(found: said.AlertEntry) -> ActiveAlert:
    """Return an alert that is pending or firing."""
    labels = redact_values(found.labels)
    return ActiveAlert(
        name=labels.get("alertname", ""), state=found.state, labels=labels, active_at=moment(found.active_at)
    )


def metadata(found: Mapping[str, tuple[said.Metadata, ...]]) -> dict[str, MetricMetadata]:
    """Return the first type and help of each metric; some servers give one for each target."""
    return {
        name: MetricMetadata(type=entries[0].type, documented=bool(entries[0].help.strip()))
        for name, entries in sorted(found.items())
        if entries
    }


def external_labels(text: str) -> dict[str, str]:
    """Return ``global.external_labels`` of a configuration, and look at nothing else: the rest may hold secrets.

    The server writes the file itself, one block after the other, each key of the top level at the beginning of a line.
    """
    block: list[str] = []
    for line in text.splitlines():
        if block and line[:1] not in {" ", "#", ""}:
            break
        if block or line.startswith("global:"):
            block.append(line)
    try:
        # Labels are texts, whatever YAML would make of them; this loader builds nothing but texts, lists and mappings.
        parsed = yaml.load("\n".join(block), Loader=yaml.BaseLoader)  # noqa: S506 - it is safer than SafeLoader
    except (yaml.YAMLError, RecursionError):
        return {}
    inside = parsed.get("global") if isinstance(parsed, dict) else None
    labels = inside.get("external_labels") if isinstance(inside, dict) else None
    return redact_values({str(name): str(value) for name, value in labels.items()}) if isinstance(labels, dict) else {}


def useful_flags(found: Mapping[str, str]) -> dict[str, str]:
    """Return the flags that tell limits and retention."""
    return {name: redact(value) for name, value in sorted(found.items()) if name.startswith(FLAG_FAMILIES)}


def counts(found: Iterable[said.Named] | None) -> dict[str, int]:
    """Return names and how many, most first, as given."""
    return {each.name: each.value for each in found or ()}


def head_series(found: said.TsdbStatus | None) -> int | None:
    """Return how many series the server holds in memory, or in all where it says only that."""
    if found is None:
        return None
    return found.head_stats.num_series if found.head_stats else found.total_series


def moment(text: str) -> dt.datetime | None:
    """Return a time of the API, UTC; None for Go's zero time and for what is no time."""
    try:
        when = dt.datetime.fromisoformat(text)
        known = when.year > 1 and when.tzinfo is not None
        return when.astimezone(dt.UTC) if known else None
    except (ValueError, OverflowError):
        return None
