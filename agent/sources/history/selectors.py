"""Selectors that people write, such as ``node_load1{job="node"}``: text to matchers."""

from __future__ import annotations

from agent.errors import UsageError
from agent.sources.history.port import Matcher, Operator
from analyzers.model.message import N_, message

MOST_CHARACTERS = 4000
"""Longer ones are not parsed: the parser recurses."""

NO_SELECTOR = N_("'{selector}' selects no series: {cause}")
WRITE = message(N_("write a selector such as node_load1, with label matchers in braces if need be"))

_OPERATORS: dict[str, Operator] = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


def parse_selector(text: str, option: str = "--match") -> tuple[Matcher, ...]:
    """Return the matchers of a selector.

    Raises
    ------
    UsageError
        When it is none, or one that holds more than a name and matchers.
    """
    from promql_parser import VectorSelector, parse  # noqa: PLC0415 - only those who give selectors need the parser

    shown = text[:80]
    if len(text) > MOST_CHARACTERS:
        raise UsageError(message(NO_SELECTOR, selector=shown, cause="too long"), option, WRITE)
    try:
        node = parse(text)
    except (ValueError, RecursionError) as error:
        cause = str(error).splitlines()[0][:200] if str(error) else "too deep"
        raise UsageError(message(NO_SELECTOR, selector=shown, cause=cause), option, WRITE) from None
    if not isinstance(node, VectorSelector) or node.matchers.or_matchers or node.offset is not None or node.at:
        raise UsageError(message(NO_SELECTOR, selector=shown, cause="an expression"), option, WRITE)
    named = (Matcher("__name__", "=", node.name),) if node.name else ()
    others = (
        Matcher(each.name, _OPERATORS[str(each.op).partition(".")[2]], each.value) for each in node.matchers.matchers
    )
    found = (*named, *others)
    if not any(each.operator in {"=", "=~"} and each.value not in {"", ".*"} for each in found):
        raise UsageError(message(NO_SELECTOR, selector=shown, cause="everything"), option, WRITE)
    return found
