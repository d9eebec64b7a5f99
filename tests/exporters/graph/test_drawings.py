from __future__ import annotations

import io
import itertools
import re
import subprocess

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.graph.dot import dot
from exporters.graph.graphml import graphml
from exporters.graph.mermaid import mermaid
from exporters.graph.parts import FlowDestination, FlowSource, GraphDocument, GraphFlow, GraphNode
from exporters.visible import visible
from tests import builders as b

HOSTILE = (
    'a"b', "back\\slash", "\\N\\G", "<b>x</b>", "end", "]]></data>", "&amp;", "%%{init: {}}%%", "style x:#1;", "a\nb",
    "`code`", "é😀", "\x1b[31m", "\ufffe", "\ud800", "a]-->b", "#quot;", "subgraph", "'", "",
)  # fmt: skip
names = st.sampled_from(HOSTILE) | st.text(max_size=8)
ENTITY = re.compile(r"#(\d+);")


def graph(*names_: str, state="undeclared") -> GraphDocument:
    """Return a graph in which each name is an instance on a host of that name, and each calls the next one."""
    nodes = [
        GraphNode(id=f"instance:{name}@{name}", kind="instance", name=name, host=name, criticality=5) for name in names_
    ]
    flows = [
        GraphFlow(
            source=FlowSource(id=one.id, host=one.host, service=one.name),
            destination=FlowDestination(id=other.id, host=other.host, service=other.name, port=5432, protocol="tcp"),
            origin=("observed",),
            state=state,
            first_seen=b.NOW,
            last_seen=b.NOW,
            observations=3,
        )
        for one, other in itertools.pairwise(nodes)
    ]
    return GraphDocument(taken_at=b.NOW, nodes=tuple(nodes), flows=tuple(flows))


@settings(max_examples=60)
@given(st.lists(names, unique=True, max_size=4))
def test_graphml_is_read_back_whole(drawn) -> None:
    read = nx.read_graphml(io.BytesIO(graphml(graph(*drawn)).encode()))
    assert len(read.nodes) == len(
        {visible(name).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") for name in drawn}
    )
    assert all(data["criticality"] == 5 for _, data in read.nodes(data=True))
    assert all(data["state"] == "undeclared" for _, _, data in read.edges(data=True))


@settings(max_examples=60)
@given(st.lists(names, unique=True, max_size=4))
def test_mermaid_holds_nothing_but_its_own_syntax(drawn) -> None:
    for line in mermaid(graph(*drawn)).splitlines():
        bare = re.sub(r'"[\w .,/@()-]*(?:#\d+;[\w .,/@()-]*)*"', '""', line)
        assert re.fullmatch(
            r'flowchart LR| *n\d+\[""\]| *subgraph h\d+\[""\]| *end| *n\d+ ==>\|""\| n\d+'
            r"| *linkStyle [\d,]+ stroke:#b00020| *classDef critical stroke-width:4px| *class [n\d,]+ critical",
            bare,
        ), line


def test_mermaid_says_the_names() -> None:
    (line,) = (each for each in mermaid(graph('a"b#c')).splitlines() if "n0[" in each)
    assert ENTITY.sub(lambda found: chr(int(found[1])), line).strip() == 'n0["a"b#c (5)"]'


def test_graphviz_draws_hostile_names_as_they_are() -> None:
    drawn = subprocess.run(
        ["dot", "-Tplain"],
        input=dot(graph(*HOSTILE)).encode("utf-8", "replace"),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert drawn.stderr == b""
    lines = drawn.stdout.decode().splitlines()
    assert sum(line.startswith("node ") for line in lines) == len(HOSTILE)
    assert sum(line.startswith("edge ") for line in lines) == len(HOSTILE) - 1
    assert any("<b>x</b>" in line for line in lines)


@pytest.mark.parametrize(
    ("state", "marks"),
    [
        ("confirmed", ("color=black", "-->")),
        ("undeclared", ("#b00020", "==>")),
        ("unverified", ("style=dashed", "-.->")),
        ("ghost", ("style=dotted", "-.-x")),
    ],
)
def test_flows_that_differ_are_drawn_differently(state, marks) -> None:
    document = graph("boutique", "postgresql", state=state)
    assert all(mark in text for mark, text in zip(marks, (dot(document), mermaid(document)), strict=True))


def test_one_line_joins_two_boxes_whatever_the_number_of_flows() -> None:
    document = graph("boutique", "postgresql")
    (flow,) = document.flows
    ports = [FlowDestination(id=flow.destination.id, port=port, protocol="tcp") for port in (1, 2, 3, 4)]
    flows = tuple(
        GraphFlow(source=flow.source, destination=each, origin=flow.origin, state=flow.state) for each in ports
    )
    text = dot(GraphDocument(taken_at=b.NOW, nodes=document.nodes, flows=flows))
    assert text.count("->") == 1
    assert "1/tcp, 2/tcp, 3/tcp, …" in text


def test_a_service_that_is_only_spoken_of_is_joined_to_where_it_runs() -> None:
    nodes = (
        GraphNode(id="service:db", kind="service", name="db"),
        GraphNode(id="instance:db@db1", kind="instance", name="db", host="db1"),
        GraphNode(id="service:shop", kind="service", name="shop"),
        GraphNode(id="person:p-12345678", kind="person", name="p-12345678"),
    )
    said = GraphFlow(
        source=FlowSource(id="service:shop"),
        destination=FlowDestination(id="service:db"),
        origin=("declared",),
        state="ghost",
    )
    text = mermaid(GraphDocument(taken_at=b.NOW, nodes=nodes, flows=(said,)))
    assert "-.-x" in text
    assert re.search(r"n\d -\.- n\d", text)
    assert "p-12345678" not in text
