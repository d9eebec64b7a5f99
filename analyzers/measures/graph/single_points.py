"""Nodes and links on which a graph hangs: articulation points, bridges, dominators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeVar

import networkx as nx

Node = TypeVar("Node", bound=Hashable)


def articulation_points(graph: nx.DiGraph[Node]) -> frozenset[Node]:
    """Return the nodes without which the graph, its directions left out, falls apart."""
    return frozenset(nx.articulation_points(nx.Graph(graph)))


def bridges(graph: nx.DiGraph[Node]) -> frozenset[tuple[Node, Node]]:
    """Return the edges, as in `graph`, without which the graph, its directions left out, falls apart.

    Two nodes that depend on each other have two edges, and neither is a bridge.
    """
    found = ((start, end, graph.has_edge(start, end), graph.has_edge(end, start)) for start, end in _bridges(graph))
    return frozenset((start, end) if there else (end, start) for start, end, there, back in found if there != back)


def _bridges(graph: nx.DiGraph[Node]) -> Iterable[tuple[Node, Node]]:
    plain: nx.Graph[Any] = nx.Graph((start, end) for start, end in graph.edges if start != end)
    return nx.bridges(plain)


def choke_points(graph: nx.DiGraph[Node], starts: Iterable[Node]) -> dict[Node, dict[Node, int]]:
    """Return, for each start, the nodes that every path to some other node goes through.

    Returns
    -------
    dict
        By start: each such node, with how many nodes the start cannot reach without it. The start is not among them.
    """
    return {start: _dominated(graph, start) for start in starts}


def _dominated(graph: nx.DiGraph[Node], start: Node) -> dict[Node, int]:
    # Whether the start is its own parent, has none or is left out depends on the version of networkx.
    parents = {node: parent for node, parent in nx.immediate_dominators(graph, start).items() if node != start}
    behind = _sizes(parents)
    return {node: count for node, count in behind.items() if count}


def _sizes(parents: Mapping[Node, Node]) -> dict[Node, int]:
    """Return how many nodes hang under each one in the tree that `parents` describes, its root left out."""
    children = Counter(parents.values())
    counts = dict.fromkeys(parents, 0)
    leaves = [node for node in parents if not children[node]]
    while leaves:
        node = leaves.pop()
        parent = parents[node]
        if parent not in parents:
            continue
        counts[parent] += counts[node] + 1
        children[parent] -= 1
        if not children[parent]:
            leaves.append(parent)
    return counts
