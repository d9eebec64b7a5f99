from __future__ import annotations

import networkx as nx
from hypothesis import given

from analyzers.measures.graph.single_points import articulation_points, bridges, choke_points
from tests.analyzers.measures.graph.graphs import graphs


def _pieces(graph: nx.DiGraph) -> int:
    return nx.number_weakly_connected_components(graph)


@given(graphs())
def test_an_articulation_point_is_what_a_graph_falls_apart_without(graph):
    def splits(node):
        alone = not graph.to_undirected().degree(node) or set(graph.to_undirected()[node]) == {node}
        return _pieces(nx.restricted_view(graph, [node], [])) > _pieces(graph) - (1 if alone else 0)

    assert articulation_points(graph) == {node for node in graph if splits(node)}


@given(graphs())
def test_a_bridge_is_a_link_that_a_graph_falls_apart_without(graph):
    splitting = {edge for edge in graph.edges if _pieces(nx.restricted_view(graph, [], [edge])) > _pieces(graph)}
    assert bridges(graph) == splitting


@given(graphs())
def test_a_choke_point_cuts_off_just_what_it_says(graph):
    for start in graph:
        reached = nx.descendants(graph, start)
        naive = {}
        for node in reached:
            left = nx.descendants(nx.restricted_view(graph, [node], []), start)
            naive[node] = len(reached - left - {node})
        assert choke_points(graph, [start])[start] == {node: count for node, count in naive.items() if count}


def test_two_ways_to_a_thing_are_no_choke_point():
    graph = nx.DiGraph([("shop", "a"), ("shop", "b"), ("a", "db"), ("b", "db"), ("db", "disk")])
    assert choke_points(graph, ["shop", "a"]) == {"shop": {"db": 1}, "a": {"db": 1}}
