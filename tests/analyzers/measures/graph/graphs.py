"""Random graphs of dependencies, small enough for the obvious way to compute anything."""

from __future__ import annotations

import networkx as nx
from hypothesis import strategies as st

NODES = st.integers(0, 9)


@st.composite
def graphs(draw: st.DrawFn, loops: bool = True) -> nx.DiGraph:
    nodes = draw(st.lists(NODES, unique=True, max_size=10))
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    if nodes:
        ends = st.sampled_from(nodes)
        edges = draw(st.lists(st.tuples(ends, ends), max_size=25))
        graph.add_edges_from(edge for edge in edges if loops or edge[0] != edge[1])
    return graph
