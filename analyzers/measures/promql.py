"""What a PromQL expression reads: the series that must exist for it to ever give a result."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

MOST_CHARACTERS = 4000
"""Longer expressions are not parsed: the parser recurses, and deep nesting overflows the stack of the process."""

MOST_ALTERNATIVES = 64
"""Combinations of ``or`` branches that are worth following."""

FIRES_WITHOUT = frozenset({"absent", "absent_over_time"})
"""Functions that give a result when their series does not exist."""

OF_ALERTS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""Series that exist only while an alert is active: their absence is good news."""

OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}

PRESENT, PAST = "alerts.series:", "alerts.series_14d:"
"""Ids of the queries that tell whether a selector finds series: now, and in the last 14 days (signal P38)."""

Alternatives = tuple[frozenset[str], ...]
NOTHING: Alternatives = (frozenset(),)


class _TooManyError(Exception):
    """More alternatives than anybody would write."""


def needs(expression: str) -> Alternatives | None:
    """Return what an expression needs: alternatives, each a set of selectors that must all exist.

    An ``or`` makes alternatives; what stands right of ``unless`` or inside ``absent()`` is not needed. One empty
    alternative means that nothing is needed (``vector(1)``). Selectors are canonical PromQL, without offset.

    Returns
    -------
    tuple of frozenset of str, or None
        None when the expression is no PromQL that we know: MetricsQL, a template, or too long.
    """
    from promql_parser import parse  # noqa: PLC0415 - assessing without rules does not need the parser

    if len(expression) > MOST_CHARACTERS:
        return None
    try:
        return _needs(parse(expression))
    except (ValueError, RecursionError, _TooManyError):
        return None


def selectors(expression: str) -> tuple[str, ...] | None:
    """Return every selector that some alternative of an expression needs, sorted; None when it is not understood."""
    found = needs(expression)
    return None if found is None else tuple(sorted(frozenset().union(*found)))


def _needs(node: Any) -> Alternatives:  # noqa: ANN401 - the parser ships no types
    kind = type(node).__name__
    if kind == "VectorSelector":
        return _selector(node)
    if kind == "MatrixSelector":
        return _selector(node.vector_selector)
    if kind == "BinaryExpr":
        return _binary(str(node.op), node)
    if kind == "Call":
        return NOTHING if node.func.name in FIRES_WITHOUT else _all_of(_needs(each) for each in node.args)
    if kind == "AggregateExpr":
        return _all_of(_needs(each) for each in (node.expr, node.param) if each is not None)
    inner = getattr(node, "expr", None)
    return NOTHING if inner is None else _needs(inner)


def _binary(operator: str, node: Any) -> Alternatives:  # noqa: ANN401 - the parser ships no types
    if operator == "unless":
        return _needs(node.lhs)
    if operator == "or":
        return _bounded((*_needs(node.lhs), *_needs(node.rhs)))
    return _all_of((_needs(node.lhs), _needs(node.rhs)))


def _selector(node: Any) -> Alternatives:  # noqa: ANN401 - the parser ships no types
    if node.matchers.or_matchers:
        message = "`or` between matchers is MetricsQL"
        raise ValueError(message)
    if node.name in OF_ALERTS:
        return NOTHING
    matchers = sorted(
        f'{each.name}{OPERATORS[str(each.op)]}"{_escaped(each.value)}"' for each in node.matchers.matchers
    )
    inside = f"{{{','.join(matchers)}}}" if matchers else ""
    return (frozenset({f"{node.name or ''}{inside}"}),)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _all_of(parts: Iterable[Alternatives]) -> Alternatives:
    known: Alternatives = NOTHING
    for part in parts:
        known = _bounded(one | other for one, other in product(known, part))
    return known


def _bounded(alternatives: Iterable[frozenset[str]]) -> Alternatives:
    found = tuple(dict.fromkeys(alternatives))
    if len(found) > MOST_ALTERNATIVES:
        raise _TooManyError
    return found
