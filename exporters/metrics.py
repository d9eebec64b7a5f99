"""A verdict as Prometheus metrics: gauges of the last scan, no person, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from analyzers.model.verdict import Answer
from exporters.parts import Document
from exporters.ranges import HundredRange
from exporters.visible import visible

ANSWERS: dict[Answer, str] = {"oui": "oui", "non": "non", "pas encore": "pas_encore"}
"""Label values of the answers."""


def metrics(document: Document) -> str:
    """Return the exposition, Prometheus text format.

    Scopes of `pasencore_verdict` are ``estate``, ``perimeter:NAME`` and ``use_case:NAME``. Scores are on 0-100,
    values of checks in [0, 1]; a check that does not apply has none.
    """
    registry = CollectorRegistry()
    _gauge(registry, "pasencore_build_info", "Version that made the verdict.", "version").labels(
        visible(document.tool)
    ).set(1)
    _verdicts(document, registry)
    _scores(document, registry)
    _checks(document, registry)
    if document.truck_factors:
        factor = _gauge(registry, "pasencore_truck_factor", "Departures after which knowledge is lost.", "scope")
        for each in document.truck_factors:
            factor.labels(visible(each.scope)).set(each.value)
    duration = _gauge(registry, "pasencore_scan_duration_seconds", "Time that the collection took.")
    duration.set(document.cost.seconds)
    success = _gauge(
        registry, "pasencore_scan_last_success_timestamp_seconds", "When the estate was last seen, Unix time."
    )
    success.set(document.taken_at.timestamp())
    return generate_latest(registry).decode()


def _gauge(registry: CollectorRegistry, name: str, help_text: str, *labels: str) -> Gauge:
    return Gauge(name, help_text, labels, registry=registry)


def _verdicts(document: Document, registry: CollectorRegistry) -> None:
    given = [("estate", document.verdict.answer)]
    given += [(f"perimeter:{visible(each.name)}", each.verdict.answer) for each in document.perimeters]
    given += [(f"use_case:{visible(each.name)}", each.answer) for each in document.use_cases]
    gauge = _gauge(registry, "pasencore_verdict", "1 for the answer given, 0 for the two others.", "scope", "answer")
    for scope, answer in given:
        for possible, label in ANSWERS.items():
            gauge.labels(scope, label).set(possible == answer)


def _scores(document: Document, registry: CollectorRegistry) -> None:
    axes = _gauge(registry, "pasencore_axis_score", "Score of an axis, 0 to 100.", "axis", "bound")
    covered = _gauge(
        registry, "pasencore_evidence_coverage_ratio", "Share of the weight of an axis that was measured.", "axis"
    )
    for name, score in document.axes.items():
        _bounds(axes, name, score)
        covered.labels(name).set(score.coverage)
    gates = _gauge(
        registry, "pasencore_prerequisite_score", "Score of a prerequisite, 0 to 100.", "prerequisite", "bound"
    )
    for name, score in document.prerequisites.items():
        _bounds(gates, name, score)


def _bounds(gauge: Gauge, name: str, score: HundredRange) -> None:
    gauge.labels(name, "low").set(score.low)
    gauge.labels(name, "high").set(score.high)


def _checks(document: Document, registry: CollectorRegistry) -> None:
    gauge = _gauge(
        registry, "pasencore_check_value", "Value of a check, 0 to 1; unknown spans all of it.", "check", "bound"
    )
    for each in document.findings:
        if each.outcome != "not_applicable":
            gauge.labels(visible(each.check), "low").set(each.low)
            gauge.labels(visible(each.check), "high").set(each.high)
