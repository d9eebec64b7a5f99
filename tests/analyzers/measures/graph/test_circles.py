from __future__ import annotations

import itertools

import networkx as nx
from hypothesis import given

from analyzers.measures.graph.cycles import circles, example
from tests.analyzers.measures.graph.graphs import graphs


@given(graphs())
def test_a_node_is_in_a_circle_when_it_depends_on_itself_through_another(graph):
    turning = {
        node for node in graph if any(node in nx.descendants(graph, other) for other in nx.descendants(graph, node))
    }
    found = circles(graph)
    assert set().union(*found) == turning
    assert sum(map(len, found)) == len(turning)


@given(graphs())
def test_the_example_of_a_circle_is_a_walk_along_edges(graph):
    for group in circles(graph):
        for start in group:
            way = example(graph, start, group)
            assert way[0] == way[-1] == start
            assert all(graph.has_edge(*step) for step in itertools.pairwise(way))
            shortest = (
                nx.shortest_path_length(graph, after, start) for after in graph[start] if after in group - {start}
            )
            assert len(way) == min(shortest) + 2


def test_the_example_does_not_stop_at_a_thing_that_calls_itself():
    graph = nx.DiGraph([("a", "a"), ("a", "b"), ("b", "a")])
    assert example(graph, "a", frozenset("ab")) == ["a", "b", "a"]


def test_what_calls_itself_alone_is_no_circle():
    assert circles(nx.DiGraph([("a", "a")])) == []
