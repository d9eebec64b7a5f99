"""What ``pasencore graph --format json`` writes: nodes, and the flows between them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

SCHEMA: Literal["pasencore.graph/1"] = "pasencore.graph/1"

NodeKind = Literal["host", "instance", "service", "endpoint", "person", "team", "provider"]
State = Literal["confirmed", "undeclared", "ghost", "unverified"]
Moment = Annotated[datetime, Meta(tz=True)]


class GraphPart(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every part; keys of a newer minor version are left aside."""


class GraphNode(GraphPart, frozen=True, kw_only=True):
    """Something of the estate; an instance is a service on a host.

    Attributes
    ----------
    owner
        The person who answers for it: a pseudonym, unless names were asked for.
    reaches
        How many services a change to it reaches, directly or not.
    """

    id: str
    kind: NodeKind
    name: str
    host: str = ""
    addresses: tuple[str, ...] = ()
    criticality: int | None = None
    owner: str | None = None
    reaches: int = 0


class FlowSource(GraphPart, frozen=True, kw_only=True):
    """Who needs; `id` is a node."""

    id: str
    host: str = ""
    service: str = ""
    address: str = ""


class FlowDestination(FlowSource, frozen=True, kw_only=True):
    """What is needed; the port is None for a flow that is only declared."""

    port: int | None = None
    protocol: str | None = None


class GraphFlow(GraphPart, frozen=True, kw_only=True):
    """A flow; the times are None when it was never seen."""

    source: FlowSource
    destination: FlowDestination
    origin: tuple[Literal["observed", "declared"], ...]
    state: State
    first_seen: Moment | None = None
    last_seen: Moment | None = None
    observations: int = 0


class GraphDocument(GraphPart, frozen=True, kw_only=True):
    """The graph of an estate."""

    schema: Literal["pasencore.graph/1"] = SCHEMA
    taken_at: Moment
    nodes: tuple[GraphNode, ...]
    flows: tuple[GraphFlow, ...]


def json(document: GraphDocument) -> str:
    """Return the document as JSON: keys in the order of the schema, two spaces, a final newline."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
