"""Who reaches whom, for every node at once: packed rows of bits over the graph of strongly connected components.

Walking from each node in turn takes ten seconds at ten thousand nodes; here each component is the OR of those that
follow it, and a circle, however large, costs nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Node = TypeVar("Node", bound=Hashable)
Bits = NDArray[np.uint64]
Counts = NDArray[np.int64]

BLOCK = 16384
"""Columns worked on at a time: memory is nodes x BLOCK / 8 bytes, 200 MB at 100 000 nodes."""

_WORD = 64
_MOST_EDGES = 65536
"""Edges gathered at a time, so that a wide level does not copy a row for each of its edges at once."""


@dataclass(frozen=True)
class Compact:
    """A graph as arrays.

    Attributes
    ----------
    labels
        Component of each node, shape (nodes,).
    levels
        Components in an order in which what they lead to comes first, cut where one level ends.
    starts, ends
        Edges between components, sorted by `starts`; `first` tells where those of a component begin.
    """

    labels: NDArray[np.int64]
    components: int
    levels: tuple[NDArray[np.int64], ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    first: NDArray[np.int64]


def blast_radius(graph: nx.DiGraph[Node], weights: Mapping[Node, int] | None = None) -> dict[Node, int]:
    """Return for each node how many others depend on it, directly or not.

    Parameters
    ----------
    graph
        Edges go from what depends to what it depends on.
    weights
        What each node counts, 1 by default.

    Returns
    -------
    dict
        In the order of the nodes; a node never counts itself, also when it depends on itself in a circle.
    """
    nodes = list(graph)
    counted = None if weights is None else np.array([weights[each] for each in nodes], dtype=np.int64)
    counts = reach_counts(adjacency(graph, nodes).T.tocsr(), counted)
    return dict(zip(nodes, counts.tolist(), strict=True))


def reach_counts(matrix: csr_array[Any, tuple[int, int]], weights: Counts | None = None) -> Counts:
    """Return for each node how many other nodes its edges lead to, directly or not; shape (nodes,).

    Parameters
    ----------
    matrix
        Adjacency, square; an entry (i, j) is an edge from i to j.
    weights
        What each node counts, shape (nodes,); 1 by default.
    """
    compact = condense(matrix)
    totals = np.zeros(compact.components, dtype=np.int64)
    for begin, rows in closures(compact):
        totals += _weigh(rows, None if weights is None else weights[begin : begin + BLOCK])
    itself = np.ones(len(compact.labels), dtype=np.int64) if weights is None else weights
    counts: Counts = totals[compact.labels] - itself
    return counts


def adjacency(graph: nx.DiGraph[Node], nodes: Sequence[Node]) -> csr_array[Any, tuple[int, int]]:
    """Return the adjacency of a graph, rows and columns in the order of `nodes`."""
    index = {node: number for number, node in enumerate(nodes)}
    starts = np.fromiter((index[start] for start, _ in graph.edges), dtype=np.int64, count=graph.number_of_edges())
    ends = np.fromiter((index[end] for _, end in graph.edges), dtype=np.int64, count=graph.number_of_edges())
    return csr_array((np.ones(len(starts), dtype=np.int8), (starts, ends)), shape=(len(nodes), len(nodes)))


def condense(matrix: csr_array[Any, tuple[int, int]]) -> Compact:
    """Return the strongly connected components of a graph, the edges between them, and an order to walk them in."""
    components, labels = connected_components(matrix, directed=True, connection="strong")
    labels = labels.astype(np.int64)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    starts, ends = labels[rows], labels[matrix.indices]
    between = starts != ends
    pairs = np.unique(starts[between] * components + ends[between])
    starts, ends = np.divmod(pairs, max(1, components))
    first = np.searchsorted(starts, np.arange(components + 1))
    return Compact(labels, components, tuple(_levels(components, starts, ends)), starts, ends, first)


def closures(compact: Compact) -> Iterator[tuple[int, Bits]]:
    """Yield, for each block of columns, its first node and the nodes of it that each component leads to.

    Yields
    ------
    begin, rows
        Bit ``node - begin`` of ``rows[component]`` tells whether the component leads to that node; its own nodes count.
        Shape (components, words). The array is the caller's until the next block.
    """
    nodes = len(compact.labels)
    for begin in range(0, nodes, BLOCK):
        end = min(nodes, begin + BLOCK)
        columns = np.arange(end - begin)
        rows: Bits = np.zeros((compact.components, -(-(end - begin) // _WORD)), dtype=np.uint64)
        own = compact.labels[begin:end]
        np.bitwise_or.at(rows, (own, columns // _WORD), np.uint64(1) << (columns % _WORD).astype(np.uint64))
        for level in compact.levels:
            _gather(rows, level, compact)
        yield begin, rows


def _levels(components: int, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield components level by level: first those that lead nowhere, then those that only lead to earlier ones."""
    waiting = np.bincount(starts, minlength=components)
    order = np.argsort(ends, kind="stable")
    sources = starts[order]
    first = np.searchsorted(ends[order], np.arange(components + 1))
    ready = np.flatnonzero(waiting == 0)
    while len(ready):
        yield ready
        freed = sources[_ranges(first[ready], first[ready + 1])]
        np.subtract.at(waiting, freed, 1)
        ready = np.unique(freed[waiting[freed] == 0])


def _gather(rows: Bits, level: NDArray[np.int64], compact: Compact) -> None:
    """Add to each component of a level what its successors lead to."""
    begins, stops = compact.first[level], compact.first[level + 1]
    busy = stops > begins
    level, begins, stops = level[busy], begins[busy], stops[busy]
    sizes = np.cumsum(stops - begins)
    done = 0
    while done < len(level):
        spent = sizes[done - 1] if done else 0
        until = max(done + 1, int(np.searchsorted(sizes, spent + _MOST_EDGES, side="right")))
        successors = compact.ends[_ranges(begins[done:until], stops[done:until])]
        offsets = sizes[done:until] - (stops - begins)[done:until] - spent
        rows[level[done:until]] |= np.bitwise_or.reduceat(rows[successors], offsets, axis=0)
        done = until


def _ranges(begins: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of all ranges ``begin..stop``, one range after another."""
    sizes = stops - begins
    total = int(sizes.sum())
    if not total:
        return np.zeros(0, dtype=np.int64)
    shift = np.repeat(begins - np.concatenate(([0], np.cumsum(sizes)[:-1])), sizes)
    return np.arange(total) + shift


def _weigh(rows: Bits, weights: Counts | None) -> Counts:
    """Return the sum of the weights of each row's bits; shape (components,)."""
    if weights is None:
        counts: Counts = np.bitwise_count(rows).sum(axis=1, dtype=np.int64)
        return counts
    totals = np.zeros(len(rows), dtype=np.int64)
    for value in np.unique(weights):
        mask = _packed(weights == value)
        totals += int(value) * np.bitwise_count(rows & mask).sum(axis=1, dtype=np.int64)
    return totals


def _packed(flags: NDArray[np.bool_]) -> Bits:
    padded = np.zeros(-(-len(flags) // _WORD) * _WORD, dtype=np.uint8)
    padded[: len(flags)] = flags
    return np.packbits(padded, bitorder="little").view(np.uint64)


def agreement(one: nx.DiGraph[Node], other: nx.DiGraph[Node], asked: Sequence[Node]) -> dict[Node, tuple[int, int]]:
    """Return for each node asked how many depend on it in both graphs, and how many in either; itself left out.

    A node that a graph does not have is there without edges.
    """
    nodes = list(dict.fromkeys((*one, *other, *asked)))
    index = {node: number for number, node in enumerate(nodes)}
    sides = [condense(adjacency(each, nodes).T.tocsr()) for each in (one, other)]
    rows = np.array([index[each] for each in asked], dtype=np.int64)
    both, either = np.zeros((2, len(asked)), dtype=np.int64)
    for (_, left), (_, right) in zip(*(closures(each) for each in sides), strict=True):
        here, there = left[sides[0].labels[rows]], right[sides[1].labels[rows]]
        both += np.bitwise_count(here & there).sum(axis=1, dtype=np.int64)
        either += np.bitwise_count(here | there).sum(axis=1, dtype=np.int64)
    return {node: (int(common) - 1, int(all_) - 1) for node, common, all_ in zip(asked, both, either, strict=True)}
