"""PromQL that depends on the rules of the server: does each alert have series to look at?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from agent.sources.prometheus.query import Query
from analyzers.measures.promql import PAST, PRESENT, selectors
from analyzers.model.monitoring import QueryResult, Rule

MOST_SELECTORS = 150
"""Distinct selectors asked for, a request each; those that most alerts need come first."""

FEW = 10
"""Series that a selector may have had which finds none now."""


def alert_queries(rules: Iterable[Rule]) -> tuple[Query, ...]:
    """Return the queries that alerting rules call for: the number of series of each distinct selector, now.

    Parameters
    ----------
    rules
        Every rule of the server; expressions that do not parse call for nothing.
    """
    counts: Counter[str] = Counter()
    for rule in rules:
        if rule.kind == "alerting":
            counts.update(selectors(rule.query) or ())
    ordered = sorted(counts, key=lambda each: (-counts[each], each))[:MOST_SELECTORS]
    return tuple(
        Query(id=f"{PRESENT}{each}", promql=f"count({each})", gives="series that the selector finds now")
        for each in ordered
    )


def past_queries(answers: Iterable[QueryResult]) -> tuple[Query, ...]:
    """Return, for each selector that finds nothing now, the query that tells whether it did within 14 days.

    A point each five minutes misses nothing that lived: it is how far PromQL looks back.
    """
    silent = (each.id.removeprefix(PRESENT) for each in answers if each.id.startswith(PRESENT) and _empty(each))
    return tuple(
        Query(
            id=f"{PAST}{each}",
            promql=f"count(last_over_time({each}[{{window}}:5m]))",
            windows=("14d",),
            cost="steps:4032",
            series=FEW,
            gives="series that the selector found in the window",
        )
        for each in silent
    )


def _empty(answer: QueryResult) -> bool:
    return answer.reason is None and not answer.samples
