"""Answers of named queries, host by host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from analyzers.measures.members import query_evidence
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence
from analyzers.model.reasons import Reason

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One series of an answer: its value, exact, its labels, and the evidence to show."""

    value: Fraction
    evidence: Evidence
    labels: Mapping[str, str] = field(default_factory=dict)
    window_days: Fraction | None = None


def readings(estate: Estate, query_id: str, unit: str = "") -> dict[str, tuple[Reading, ...]]:
    """Return what a named query said of each known host, by host name; series of unknown hosts and NaN are left out."""
    monitoring = estate.monitoring
    answer = monitoring.query(query_id) if monitoring is not None else None
    found: dict[str, list[Reading]] = {}
    if monitoring is None or answer is None:
        return {}
    for sample in answer.samples:
        host = estate.host_named(sample.labels.get("instance", ""))
        if host is None or sample.value is None:
            continue
        key = f"{query_id.split('.', 1)[-1]}{_selector(sample.labels)}"
        reading = Reading(
            value=exact(sample.value),
            evidence=query_evidence(monitoring, answer, key, round(sample.value, _DIGITS), unit),
            labels=sample.labels,
            window_days=days(answer.window),
        )
        found.setdefault(host.name, []).append(reading)
    return {name: tuple(each) for name, each in found.items()}


def _selector(labels: Mapping[str, str]) -> str:
    """Return labels as Prometheus writes them: the key then says which host and which part of it."""
    return "{" + ",".join(f'{name}="{value}"' for name, value in sorted(labels.items())) + "}"


def exact(value: float) -> Fraction:
    """Return the decimal number that a float stands for: 0.7 is 7/10, as its source wrote it."""
    return Fraction(repr(value))


def why_no_series(estate: Estate, query_ids: Iterable[str]) -> Reason:
    """Return why a host has no series in the answers of these queries."""
    if estate.monitoring is None:
        return "no_monitoring_source"
    answers = [estate.monitoring.query(each) for each in query_ids]
    return next((each.reason for each in answers if each is not None and each.reason is not None), "no_source")


def days(window: str) -> Fraction | None:
    """Return the length in days of a window such as ``7d`` or ``1h30m``, None when it is not one."""
    parts = re.findall(r"(\d+)([smhdwy])", window)
    if not parts or "".join(number + unit for number, unit in parts) != window:
        return None
    return Fraction(sum(int(number) * _SECONDS[unit] for number, unit in parts), _SECONDS["d"])
