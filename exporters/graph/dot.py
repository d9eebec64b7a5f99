"""The graph for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from exporters.graph.drawing import Drawing, Line, critical, label
from exporters.graph.parts import GraphDocument, GraphNode, NodeKind, State
from exporters.visible import visible

SHAPES: dict[NodeKind, str] = {
    "host": "box3d",
    "instance": "box",
    "service": "ellipse",
    "endpoint": "plaintext",
    "provider": "house",
    "person": "plaintext",
    "team": "plaintext",
}
STYLES: dict[State, str] = {
    "confirmed": "color=black",
    "undeclared": 'color="#b00020" penwidth=2',
    "unverified": 'color="#666666" style=dashed',
    "ghost": 'color="#666666" style=dotted arrowhead=empty',
}


def dot(document: GraphDocument) -> str:
    """Return the graph in the language of Graphviz: clusters by host, critical services with a thick border.

    Undeclared flows are red, those that are only said dashed, ghosts dotted.
    """
    return "".join(f"{line}\n" for line in _lines(Drawing(document)))


def quoted(text: str) -> str:
    """Return a text as Graphviz reads it back, whatever it holds."""
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "digraph estate {"
    yield "  rankdir=LR"
    yield '  node [fontname="sans-serif" fontsize=11]'
    yield '  edge [fontname="sans-serif" fontsize=9]'
    for number, (host, keys) in enumerate(drawing.clusters.items()):
        boxes = [f"{key} {_box(drawing.boxes[key])}" for key in keys]
        if not host:
            yield from (f"  {each}" for each in boxes)
            continue
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={quoted(host)}"
        yield from (f"    {each}" for each in boxes)
        yield "  }"
    yield from (f"  {each.source} -> {each.destination} {_edge(each)}" for each in drawing.lines)
    yield "}"


def _box(node: GraphNode) -> str:
    width = 3 if critical(node) else 1
    return f"[label={quoted(label(node))} shape={SHAPES[node.kind]} penwidth={width}]"


def _edge(line: Line) -> str:
    style = "color=gray arrowhead=none style=dotted" if line.state is None else STYLES[line.state]
    return f"[{style} label={quoted(line.label)}]" if line.label else f"[{style}]"
