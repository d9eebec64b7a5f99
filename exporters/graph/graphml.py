"""The graph as GraphML, which graph editors and libraries read: every node and every flow of the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from exporters.graph.parts import GraphDocument, GraphFlow, GraphNode
from exporters.visible import visible

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
NODE_KEYS = {
    "kind": "string",
    "name": "string",
    "host": "string",
    "addresses": "string",
    "criticality": "int",
    "owner": "string",
    "reaches": "int",
}
_FORBIDDEN = {"\ufffe", "\uffff"}
"""What XML does not allow beyond what is already spelt out as not visible."""

EDGE_KEYS = {
    "origin": "string",
    "state": "string",
    "port": "int",
    "protocol": "string",
    "first_seen": "string",
    "last_seen": "string",
    "observations": "int",
}


def graphml(document: GraphDocument) -> str:
    """Return the graph as GraphML; what is not known is left out."""
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(document: GraphDocument) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<graphml xmlns="{NAMESPACE}">'
    for domain, keys in (("node", NODE_KEYS), ("edge", EDGE_KEYS)):
        for name, kind in keys.items():
            yield f'  <key id="{domain}_{name}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>'
    yield '  <graph id="estate" edgedefault="directed">'
    for node in document.nodes:
        yield f"    <node id={_attribute(node.id)}>"
        yield from _data("node", _node(node))
        yield "    </node>"
    for flow in document.flows:
        yield f"    <edge source={_attribute(flow.source.id)} target={_attribute(flow.destination.id)}>"
        yield from _data("edge", _flow(flow))
        yield "    </edge>"
    yield "  </graph>"
    yield "</graphml>"


def _node(node: GraphNode) -> Mapping[str, object]:
    given = {name: getattr(node, name) for name in NODE_KEYS}
    return given | {"addresses": " ".join(node.addresses)}


def _flow(flow: GraphFlow) -> Mapping[str, object]:
    return {
        "origin": " ".join(flow.origin),
        "state": flow.state,
        "port": flow.destination.port,
        "protocol": flow.destination.protocol,
        "first_seen": flow.first_seen.isoformat() if flow.first_seen is not None else None,
        "last_seen": flow.last_seen.isoformat() if flow.last_seen is not None else None,
        "observations": flow.observations,
    }


def _data(domain: str, values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        if value is not None and value != "":
            yield f'      <data key="{domain}_{name}">{escape(_valid(str(value)))}</data>'


def _attribute(text: str) -> str:
    return quoteattr(_valid(text))


def _valid(text: str) -> str:
    """Return a text that XML can hold: some characters have no place in it, escaped or not."""
    return "".join("\ufffd" if each in _FORBIDDEN else each for each in visible(text))
