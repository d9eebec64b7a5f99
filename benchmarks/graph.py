"""What the measures of a graph of dependencies cost, beside networkx, and rustworkx and igraph where installed.

CPU seconds of each measure, imports and the graph apart, and peak memory of the process that ran it. Directed graphs of
5 edges a node, a few services being needed by very many, some edges going back: circles are there. Run with
``python -m benchmarks graph [SIZE...]``.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence

SIZES = (1_000, 10_000, 100_000)
SLOW = 10_000
"""Over this size the peers that walk from each node in turn are left out: they take minutes, or hours."""

CHILD = """\
import sys, time
size, setup, work = int(sys.argv[1]), sys.argv[2], sys.argv[3]
import numpy as np
draw = np.random.default_rng(7)
starts = draw.integers(1, size, size * 5)
ends = (starts * draw.random(size * 5) ** 3).astype(int)
back = draw.random(size * 5) < 0.002
starts, ends = np.where(back, ends, starts), np.where(back, starts, ends)
pairs = list(zip(starts.tolist(), ends.tolist()))
exec(setup)
before = time.process_time()
exec(work)
spent = time.process_time() - before
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(spent, peak / 1024)
"""

NETWORKX = """
import networkx as nx
graph = nx.DiGraph(); graph.add_nodes_from(range(size)); graph.add_edges_from(pairs)
"""
OURS = (
    NETWORKX
    + """
from analyzers.measures.graph.blast import blast_radius
from analyzers.measures.graph.cycles import circles
from analyzers.measures.graph.single_points import articulation_points, bridges, choke_points
critical = list(range(size - 20, size))
"""
)
RUSTWORKX = """
import rustworkx as rx
graph = rx.PyDiGraph(); graph.add_nodes_from(range(size)); graph.add_edges_from_no_data(pairs)
plain = graph.to_undirected()
"""
IGRAPH = """
import igraph
graph = igraph.Graph(n=size, edges=pairs, directed=True)
plain = graph.as_undirected()
"""

OWN = {
    "blast radius": "blast_radius(graph)",
    "circles": "circles(graph)",
    "articulation points": "articulation_points(graph)",
    "bridges": "bridges(graph)",
    "choke points of 20": "choke_points(graph, critical)",
}
PEERS = {
    "networkx": (
        NETWORKX,
        {
            "blast radius": "[len(nx.ancestors(graph, node)) for node in graph]",
            "circles": "list(nx.strongly_connected_components(graph))",
            "articulation points": "list(nx.articulation_points(nx.Graph(graph)))",
            "bridges": "list(nx.bridges(nx.Graph(graph)))",
            "choke points of 20": "[nx.immediate_dominators(graph, node) for node in range(size - 20, size)]",
        },
    ),
    "rustworkx": (
        RUSTWORKX,
        {
            "blast radius": "[len(rx.ancestors(graph, node)) for node in range(size)]",
            "circles": "rx.strongly_connected_components(graph)",
            "articulation points": "rx.articulation_points(plain)",
            "bridges": "rx.bridges(plain)",
            "choke points of 20": "[rx.immediate_dominators(graph, node) for node in range(size - 20, size)]",
        },
    ),
    "igraph": (
        IGRAPH,
        {
            "blast radius": "graph.neighborhood_size(order=size, mode='in')",
            "circles": "graph.connected_components(mode='strong')",
            "articulation points": "plain.articulation_points()",
            "bridges": "plain.bridges()",
            "choke points of 20": "[graph.dominator(node) for node in range(size - 20, size)]",
        },
    ),
}


def main(arguments: Sequence[str] = ()) -> None:
    peers = {name: peer for name, peer in PEERS.items() if importlib.util.find_spec(name) is not None}
    print(f"{'services':>9}  {'measure':<20} {'ours':>9}", *(f"{name:>10}" for name in peers), " (CPU s)")
    for size in [int(each) for each in arguments] or SIZES:
        for measure, work in OWN.items():
            cells = [_cell(size, OURS, work)]
            cells += [
                f"{'-':>10}" if measure == "blast radius" and size > SLOW else f" {_cell(size, setup, works[measure])}"
                for setup, works in peers.values()
            ]
            print(f"{size:>9}  {measure:<20} {''.join(cells)}", flush=True)
        spent, peak = _measured(size, OURS, "; ".join(OWN.values()))
        print(f"{size:>9}  {'all, one process':<20} {spent:>9.3f}   peak memory {peak:.0f} MB", flush=True)


def _cell(size: int, setup: str, work: str) -> str:
    return f"{_measured(size, setup, work)[0]:>9.3f}"


def _measured(size: int, setup: str, work: str) -> tuple[float, float]:
    command = [sys.executable, "-c", CHILD, str(size), setup, work]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800).stdout.split()
    return float(answer[0]), float(answer[1])
