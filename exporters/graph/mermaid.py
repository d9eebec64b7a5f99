"""The graph for Mermaid, which many forges and wikis draw from a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporters.graph.drawing import Drawing, Line, critical, label
from exporters.graph.parts import GraphDocument, GraphNode, State
from exporters.visible import visible

_PLAIN = re.compile(r"[\w .,/@()-]")
_ARROWS: dict[State, str] = {"confirmed": "-->", "undeclared": "==>", "unverified": "-.->", "ghost": "-.-x"}
_UNDECLARED = "stroke:#b00020"


def mermaid(document: GraphDocument) -> str:
    """Return the graph as a Mermaid flowchart: subgraphs by host, critical services with a thick border.

    Undeclared flows are thick and red, those that are only said dotted, ghosts end with a cross.
    """
    return "".join(f"{line}\n" for line in _lines(Drawing(document)))


def quoted(text: str) -> str:
    """Return a text as Mermaid reads it back: whatever could be syntax, its comments included, is an entity."""
    return '"' + "".join(each if _PLAIN.match(each) else f"#{ord(each)};" for each in visible(text)) + '"'


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "flowchart LR"
    for number, (host, keys) in enumerate(drawing.clusters.items()):
        boxes = [f"{key}{_box(drawing.boxes[key])}" for key in keys]
        if not host:
            yield from (f"  {each}" for each in boxes)
            continue
        yield f"  subgraph h{number}[{quoted(host)}]"
        yield from (f"    {each}" for each in boxes)
        yield "  end"
    yield from (f"  {_edge(each)}" for each in drawing.lines)
    shadows = [str(number) for number, each in enumerate(drawing.lines) if each.state == "undeclared"]
    if shadows:
        yield f"  linkStyle {','.join(shadows)} {_UNDECLARED}"
    marked = [key for key, each in drawing.boxes.items() if critical(each)]
    if marked:
        yield "  classDef critical stroke-width:4px"
        yield f"  class {','.join(marked)} critical"


def _box(node: GraphNode) -> str:
    text = quoted(label(node))
    if node.kind == "service":
        return f"([{text}])"
    return f"[/{text}/]" if node.kind in {"endpoint", "provider"} else f"[{text}]"


def _edge(line: Line) -> str:
    arrow = "-.-" if line.state is None else _ARROWS[line.state]
    told = f"|{quoted(line.label)}|" if line.label else ""
    return f"{line.source} {arrow}{told} {line.destination}"
