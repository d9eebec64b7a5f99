"""Circles of dependencies."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

import networkx as nx

Node = TypeVar("Node", bound=Hashable)


def circles(graph: nx.DiGraph[Node]) -> list[frozenset[Node]]:
    """Return the groups of two nodes or more that all depend on each other, directly or not."""
    return [frozenset(each) for each in nx.strongly_connected_components(graph) if len(each) > 1]


def example(graph: nx.DiGraph[Node], start: Node, group: frozenset[Node]) -> list[Node]:
    """Return a shortest way from a node of a circle back to itself, written once at each end."""
    inside = graph.subgraph(group)
    others = (each for each in sorted(inside.successors(start), key=str) if each != start)
    ways = (nx.shortest_path(inside, after, start) for after in others)
    return [start, *min(ways, key=len)]
