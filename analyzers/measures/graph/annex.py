"""What the chart of a report shows of the graph: the services that weigh most, in columns, and what joins them."""

from __future__ import annotations

from typing import Any

import networkx as nx

from analyzers.measures.flows import Node
from analyzers.measures.graph.blast import blast_radius
from analyzers.measures.graph.estate import EstateGraph, Graph, estate_graph
from analyzers.model.estate import Estate

MOST_NODES = 24
"""Services in the chart: more cannot be read on a page."""

MOST_COLUMNS = 6

KINDS = frozenset({"service", "program", "provider"})


def annex(estate: Estate) -> dict[str, Any] | None:
    """Return the chart, None when nothing is known to depend on anything.

    Returns
    -------
    dict
        ``nodes``: name, criticality (None when nobody valued it), how many services a change reaches, column from the
        left (what depends stands left of what it depends on) and row. ``edges``: places of both ends in ``nodes``, and
        the state of the dependency. ``left_out``: how many more nodes there are.
    """
    graph = estate_graph(estate)
    whole = graph.believed.copy()
    whole.add_edges_from(graph.declared.edges(data=True))
    whole.remove_nodes_from([each for each in list(whole) if each.kind not in KINDS or not whole.degree(each)])
    if not whole.edges:
        return None
    true: Graph = nx.DiGraph(whole)
    ghosts = (each for each in graph.found if each.state == "ghost")
    true.remove_edges_from([(each.source, each.destination) for each in ghosts])
    reached = blast_radius(true)
    ranked = sorted(whole, key=lambda each: (-_level(each, graph), -reached[each], -whole.degree(each), each))
    kept = ranked[:MOST_NODES]
    part: Graph = nx.DiGraph(whole.subgraph(kept))
    places = _places(nx.DiGraph(true.subgraph(kept)), kept)
    order = sorted(kept, key=places.__getitem__)
    index = {node: number for number, node in enumerate(order)}
    return {
        "nodes": [
            {
                "name": each.name,
                "criticality": _level(each, graph) or None,
                "reaches": reached[each],
                "column": places[each][0],
                "row": places[each][1],
            }
            for each in order
        ],
        "edges": [
            {"source": index[start], "destination": index[end], "state": data["dependency"].state}
            for start, end, data in sorted(part.edges(data=True), key=lambda each: (index[each[0]], index[each[1]]))
        ],
        "left_out": len(ranked) - len(kept),
    }


def _level(node: Node, graph: EstateGraph) -> int:
    service = graph.service(node)
    entry = service.declared if service is not None else None
    return (entry.criticality or 0) if entry is not None else 0


def _places(part: Graph, kept: list[Node]) -> dict[Node, tuple[int, int]]:
    """Return column and row of each node: columns by the longest way that leads to it, a circle standing in one."""
    condensed = nx.condensation(part)
    depth: dict[int, int] = {}
    for group in nx.topological_sort(condensed):
        depth[group] = min(
            MOST_COLUMNS - 1, max((depth[each] + 1 for each in condensed.predecessors(group)), default=0)
        )
    column = {node: depth[group] for node, group in condensed.graph["mapping"].items()}
    filled = [0] * MOST_COLUMNS
    places = {}
    for node in kept:
        places[node] = column[node], filled[column[node]]
        filled[column[node]] += 1
    return places
