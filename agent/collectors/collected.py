"""From the answer of a child to the fields of a host, checked against their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from agent.collectors.child import Reply
from agent.collectors.machine import Collector
from analyzers.model.facts import CollectorRun, Host
from analyzers.model.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """How one collector fared, and the fields of ``Host`` that it read: none when nothing was."""

    run: CollectorRun
    blocks: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a collector gave no answer."""

    reason: Reason
    detail: str


def block_types(collector: Collector) -> Mapping[str, Any]:
    """Return the type of each field that a collector fills.

    Raises
    ------
    ValueError
        When a host does not have such a field.
    """
    known = {each.name: each.type for each in msgspec.structs.fields(Host)}
    try:
        return {name: known[name] for name in (collector.block, *collector.also)}
    except KeyError as error:
        message = f"collector {collector.name!r} fills {error}, which a host does not have"
        raise ValueError(message) from None


def collected(collector: Collector, outcome: bytes | Failure, types: Mapping[str, Any], seconds: float) -> Collected:
    """Return what a child answered, or failed to; a value of another shape than the host's field is unreadable."""
    if isinstance(outcome, Failure):
        return failed(collector, outcome, seconds)
    try:
        reply = msgspec.msgpack.decode(outcome, type=Reply)
        blocks = _decode(collector, reply.value, types) if reply.value else {}
    except msgspec.DecodeError as error:
        return failed(collector, Failure("unreadable", f"{type(error).__name__}: {error}"), seconds)
    run = CollectorRun(
        name=collector.name,
        outcome=reply.outcome,
        reason=reply.reason,
        detail=reply.detail,
        could_not_see=reply.could_not_see,
        grant=reply.grant,
        source=reply.source or collector.source,
        duration_seconds=round(seconds, 3),
    )
    return Collected(run=run, blocks=blocks)


def failed(collector: Collector, failure: Failure, seconds: float) -> Collected:
    """Return the run of a collector of which nothing came back."""
    run = CollectorRun(
        name=collector.name,
        outcome="unknown",
        reason=failure.reason,
        detail=failure.detail,
        source=collector.source,
        duration_seconds=round(seconds, 3),
    )
    return Collected(run=run, blocks={})


def _decode(collector: Collector, payload: bytes, types: Mapping[str, Any]) -> Mapping[str, object]:
    if not collector.also:
        return {collector.block: msgspec.msgpack.decode(payload, type=types[collector.block])}
    raw = msgspec.msgpack.decode(payload, type=dict[str, msgspec.Raw])
    return {name: msgspec.msgpack.decode(raw[name], type=kind) for name, kind in types.items() if name in raw}
