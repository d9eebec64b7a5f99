"""What every drawing of the graph shows: boxes by host, the rest outside, one line between two boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from exporters.graph.parts import GraphDocument, GraphFlow, GraphNode, State
from exporters.visible import visible

CRITICAL_FROM = 4
"""As in the estate: drawn with a thick border."""

MOST_PORTS = 3
"""Ports written along one line."""

ORDER: tuple[State, ...] = ("undeclared", "confirmed", "unverified", "ghost")
"""When two boxes are joined in several ways, the line is drawn as the first of these."""


@dataclass(frozen=True)
class Line:
    """All flows from one box to another; `runs` joins a service to one of its instances and is no flow."""

    source: str
    destination: str
    state: State | None
    label: str = ""

    @property
    def runs(self) -> bool:
        """Tell whether it only says where a service runs."""
        return self.state is None


@dataclass(frozen=True)
class Drawing:
    """A document, ready to be drawn.

    Drawn are instances, what flows lead from and to, and services that run nowhere; people and teams are not.
    """

    document: GraphDocument

    @cached_property
    def _by_id(self) -> Mapping[str, GraphNode]:
        return {each.id: each for each in self.document.nodes}

    @cached_property
    def boxes(self) -> Mapping[str, GraphNode]:
        """Nodes that are drawn, by a short name that needs no escape."""
        ends = {end.id for flow in self.document.flows for end in (flow.source, flow.destination)}
        running = {each.name for each in self.document.nodes if each.kind == "instance"}
        drawn = (
            each
            for each in self.document.nodes
            if each.id in ends or each.kind == "instance" or (each.kind == "service" and each.name not in running)
        )
        return {f"n{number}": each for number, each in enumerate(drawn)}

    @cached_property
    def clusters(self) -> Mapping[str, list[str]]:
        """Boxes by host; those that are on no host stand under an empty name."""
        found: dict[str, list[str]] = {}
        for key, each in self.boxes.items():
            found.setdefault(each.host, []).append(key)
        return found

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Lines between boxes: flows, then where services that flows speak of run."""
        keys = {each.id: key for key, each in self.boxes.items()}
        joined: dict[tuple[str, str], list[GraphFlow]] = {}
        for flow in self.document.flows:
            joined.setdefault((keys[flow.source.id], keys[flow.destination.id]), []).append(flow)
        flows = [Line(*ends, _state(found), _ports(found)) for ends, found in joined.items()]
        return (*flows, *self._runs(keys))

    def _runs(self, keys: Mapping[str, str]) -> list[Line]:
        services = {each.name: key for key, each in self.boxes.items() if each.kind == "service"}
        return [
            Line(services[each.name], keys[each.id], None)
            for each in self.boxes.values()
            if each.kind == "instance" and each.name in services
        ]


def label(node: GraphNode) -> str:
    """Return what is written in a box."""
    name = visible(node.name)
    return f"{name} ({node.criticality})" if node.criticality is not None else name


def critical(node: GraphNode) -> bool:
    """Tell whether a box has the border of what is critical."""
    return (node.criticality or 0) >= CRITICAL_FROM


def _state(flows: list[GraphFlow]) -> State:
    return min((each.state for each in flows), key=ORDER.index)


def _ports(flows: list[GraphFlow]) -> str:
    ends = (each.destination for each in flows)
    served = sorted({(each.port, each.protocol or "") for each in ends if each.port})
    shown = [f"{port}/{protocol}" for port, protocol in served[:MOST_PORTS]]
    return ", ".join([*shown, "…"] if len(served) > MOST_PORTS else shown)
