"""Answers of named queries, series by series, for measures whose members are not hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.members import query_evidence
from analyzers.measures.series import days
from analyzers.model.evidence import Evidence
from analyzers.model.monitoring import Monitoring, QueryResult
from analyzers.model.reasons import Reason

_DIGITS = 6
_SECONDS_A_DAY = 86400

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a named query said, by the labels asked for; `reason` tells why there is nothing to look at.

    A series without value (NaN) is left out: dividing by zero says nothing.
    """

    values: Mapping[Key, float]
    result: QueryResult | None = None
    reason: Reason | None = None

    @property
    def asked(self) -> bool:
        """Tell whether the server answered, be it with nothing."""
        return self.reason is None

    @property
    def window_seconds(self) -> float | None:
        """Length of the window that the load guard granted, None when the query has none."""
        length = days(self.result.window) if self.result is not None else None
        return float(length * _SECONDS_A_DAY) if length else None

    def evidence(self, monitoring: Monitoring, key: str, value: str | float | Fraction, unit: str = "") -> Evidence:
        """Return a fact with this query as its provenance."""
        assert self.result is not None
        shown = value if isinstance(value, str) else round(float(value), _DIGITS)
        return query_evidence(monitoring, self.result, key, shown, unit)


def answer(monitoring: Monitoring, query_id: str, *labels: str) -> Answer:
    """Return the values of a named query by the values of `labels`; the highest where several series share them."""
    result = monitoring.query(query_id)
    if result is None:
        return Answer(values={}, reason="partial")
    values: dict[Key, float] = {}
    for each in result.samples if result.reason is None else ():
        key = tuple(each.labels.get(label, "") for label in labels)
        if each.value is not None:
            values[key] = max(each.value, values.get(key, each.value))
    return Answer(values=values, result=result, reason=result.reason)
