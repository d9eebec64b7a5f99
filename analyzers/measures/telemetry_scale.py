"""Will the monitoring itself hold: growth, churn, hot labels, room for queries?"""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.members import endpoint_evidence, query_evidence
from analyzers.measures.targets import unmonitored
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import Interval
from analyzers.model.monitoring import Monitoring

KEY = "telemetry.scale"
TSDB = "/api/v1/status/tsdb"

BARS = {"scale.growth": ("growth", 0.30), "scale.churn": ("churn", 0.10), "scale.query_slots": ("query slots", 0.80)}
"""Name of each figure, and the value under which it holds (catalogue, telemetry-scale; signals P27, P28, P63)."""

MOST_VALUES = 10_000
"""Values of one label beyond which it is a hot spot (signal P26)."""


def of_server(estate: Estate) -> Population:
    """Return four figures of the server, each 1 when it holds, else 0."""
    monitoring = estate.monitoring
    if monitoring is None:
        return unmonitored(KEY)
    members = (*(_of_query(monitoring, query_id) for query_id in BARS), _labels(monitoring))
    return Population(key=KEY, members=members, missing="partial")


def _of_query(monitoring: Monitoring, query_id: str) -> Member:
    name, bar = BARS[query_id]
    answer = monitoring.query(query_id)
    value = next((each.value for each in answer.samples), None) if answer is not None else None
    if answer is None or value is None:
        return Member(name=name, kind="estate", reason=(answer.reason if answer is not None else None) or "no_source")
    return _member(name, query_evidence(monitoring, answer, name, round(value, 4), "ratio"), holds=value < bar)


def _labels(monitoring: Monitoring) -> Member:
    if not monitoring.values_by_label:
        return Member(name="labels", kind="estate", reason=monitoring.answer(TSDB).reason or "no_source")
    label, values = max(monitoring.values_by_label.items(), key=lambda pair: (pair[1], pair[0]))
    evidence = endpoint_evidence(monitoring, TSDB, f"values of the label {label}", values)
    return _member("labels", evidence, holds=values <= MOST_VALUES)


def _member(name: str, evidence: Evidence, *, holds: bool) -> Member:
    return Member(name=name, kind="estate", measured=Interval.point(Fraction(holds)), evidence=(evidence,))
