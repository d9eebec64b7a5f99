from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.graph import blast
from analyzers.measures.graph.blast import adjacency, blast_radius, closures, condense
from tests.analyzers.measures.graph.graphs import graphs


@given(graphs())
def test_the_blast_radius_of_a_node_counts_all_that_depend_on_it(graph):
    assert blast_radius(graph) == {node: len(nx.ancestors(graph, node)) for node in graph}


@given(graphs(), st.randoms(use_true_random=False))
def test_nodes_may_count_more_than_one(graph, random):
    weights = {node: random.choice((1, 2, 5)) for node in graph}
    naive = {node: sum(weights[each] for each in nx.ancestors(graph, node)) for node in graph}
    assert blast_radius(graph, weights) == naive


@given(graphs())
def test_blocks_of_columns_and_gathers_of_edges_change_nothing(graph):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blast, "BLOCK", 64)
        patch.setattr(blast, "_MOST_EDGES", 2)
        wide = nx.disjoint_union_all([graph] * 9)
        assert blast_radius(wide) == {node: len(nx.ancestors(wide, node)) for node in wide}


@given(graphs())
def test_one_more_dependency_never_shrinks_a_blast_radius(graph):
    before = blast_radius(graph)
    for start in graph:
        for end in graph:
            more = graph.copy()
            more.add_edge(start, end)
            after = blast_radius(more)
            assert all(after[node] >= before[node] for node in graph)


def test_a_chain_is_walked_to_its_end():
    chain = nx.path_graph(300, create_using=nx.DiGraph)
    assert blast_radius(chain) == {node: node for node in chain}


def test_a_circle_hits_all_of_itself():
    circle = nx.cycle_graph(200, create_using=nx.DiGraph)
    assert set(blast_radius(circle).values()) == {199}


def test_weights_span_blocks():
    star = nx.DiGraph((f"client{number}", "db") for number in range(200))
    weights = dict.fromkeys(star, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blast, "BLOCK", 64)
        assert blast_radius(star, weights)["db"] == 600


def test_a_graph_without_nodes_has_no_blast_radius():
    assert blast_radius(nx.DiGraph()) == {}


@given(graphs())
def test_bits_tell_exactly_who_is_reached(graph):
    nodes = list(graph)
    compact = condense(adjacency(graph, nodes))
    reached = {node: set() for node in nodes}
    for begin, rows in closures(compact):
        bits = np.unpackbits(rows.view(np.uint8), axis=1, bitorder="little")
        for number, node in enumerate(nodes):
            found = np.flatnonzero(bits[compact.labels[number]]) + begin
            reached[node] |= {nodes[each] for each in found}
    assert reached == {node: nx.descendants(graph, node) | {node} for node in nodes}
