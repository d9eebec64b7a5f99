"""Metrics that rules read otherwise than their type allows (signal P31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analyzers.measures.promql import MOST_CHARACTERS

OF_COUNTERS = frozenset({"rate", "irate", "increase"})
"""Functions that mean something on counters alone."""

WHATEVER = frozenset(
    {
        "absent",
        "absent_over_time",
        "present_over_time",
        "count_over_time",
        "changes",
        "resets",
        "timestamp",
        "min_over_time",
        "max_over_time",
        "last_over_time",
    }
)
"""Functions that mean something on any type."""

COUNTING = frozenset({"count", "group", "count_values"})
"""Aggregations that do not look at values."""

DERIVED = ("_bucket", "_count", "_sum")
"""Series of a histogram or a summary: counters, whatever the metadata of the metric says."""


@dataclass(frozen=True, slots=True)
class Use:
    """A metric as an expression reads it: `wrong` says what is, empty when its type allows it."""

    metric: str
    wrong: str = ""


def uses(expression: str, types: Mapping[str, str]) -> tuple[Use, ...] | None:
    """Return each use of a metric whose type is known; None when the expression is not understood.

    Parameters
    ----------
    types
        Type by metric: "counter", "gauge", "histogram", "summary"; another word is not known.
    """
    from promql_parser import parse  # noqa: PLC0415 - assessing without rules does not need the parser

    if len(expression) > MOST_CHARACTERS:
        return None
    try:
        return tuple(_walk(parse(expression), (), types))
    except (ValueError, RecursionError):
        return None


def _walk(node: Any, around: tuple[str, ...], types: Mapping[str, str]) -> Iterable[Use]:  # noqa: ANN401 - the parser ships no types
    kind = type(node).__name__
    if kind == "VectorSelector":
        yield from _use(node, around, types)
    elif kind == "MatrixSelector":
        yield from _use(node.vector_selector, around, types)
    elif kind == "BinaryExpr":
        yield from _walk(node.lhs, around, types)
        yield from _walk(node.rhs, around, types)
    elif kind == "Call":
        for each in node.args:
            yield from _walk(each, (*around, str(node.func.name)), types)
    elif kind == "AggregateExpr":
        yield from _walk(node.expr, (*around, str(node.op)), types)
    elif getattr(node, "expr", None) is not None:
        yield from _walk(node.expr, around, types)


def _use(selector: Any, around: tuple[str, ...], types: Mapping[str, str]) -> Iterable[Use]:  # noqa: ANN401 - the parser ships no types
    metric = selector.name or ""
    known = type_of(metric, types)
    if not known:
        return
    functions = set(around)
    if functions & (WHATEVER | COUNTING):
        yield Use(metric)
    elif known == "counter" and not functions & OF_COUNTERS:
        yield Use(metric, "a counter read without rate()")
    elif known == "gauge" and functions & OF_COUNTERS:
        yield Use(metric, "a gauge read with rate()")
    else:
        yield Use(metric)


def type_of(metric: str, types: Mapping[str, str]) -> str:
    """Return "counter" or "gauge" for a metric that the metadata knows; empty otherwise."""
    for suffix in DERIVED:
        if metric.endswith(suffix) and types.get(metric.removesuffix(suffix)) in {"histogram", "summary"}:
            return "counter"
    # OpenMetrics names the family without its suffix.
    known = types.get(metric) or types.get(metric.removesuffix("_total"), "")
    return known if known in {"counter", "gauge"} else ""
