from __future__ import annotations

import io
import json
from pathlib import Path

import jsonschema
import networkx as nx
import pytest
from msgspec.structs import replace

from agent.schemas import path as schema_path
from agent.snapshot_file import write_snapshot
from tests import builders as b
from tests.agent.commands.door import run
from tests.analyzers.measures.graph.planted import hosts

RUNNING = {"app1": ("boutique",), "db1": ("postgresql",)}
CALLS = [("boutique", "postgresql")]
CONTEXT = b.context(
    services=(
        b.service("boutique", owner="a.martin", criticality=5, depends_on=("redis",)),
        b.service("postgresql", criticality=3),
        b.service("redis"),
    )
)


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    strangers = [b.connection("198.51.100.9", 443, service="boutique", local_address="10.0.0.1")]
    one, two = hosts(RUNNING, CALLS)
    file = tmp_path / "s.json.gz"
    write_snapshot(file, b.snapshot(replace(one, connections=(*one.connections, *strangers)), two, context=CONTEXT))
    return file


def test_the_json_holds_every_node_and_flow_and_follows_its_schema(tmp_path: Path, snapshot: Path) -> None:
    done = run(tmp_path, "graph", snapshot)
    assert (done.code, done.err) == (0, "")
    document = json.loads(done.out)
    jsonschema.validate(document, json.loads(schema_path("graph").read_text()))
    nodes = {each["id"]: each for each in document["nodes"]}
    assert {"host:app1", "instance:boutique@app1", "service:boutique", "endpoint:198.51.100.9:443"} <= nodes.keys()
    assert nodes["service:postgresql"]["reaches"] == 1
    assert nodes["service:boutique"]["criticality"] == 5
    flows = {(each["source"]["id"], each["destination"]["id"]): each for each in document["flows"]}
    assert all({source, end} <= nodes.keys() for source, end in flows)
    seen = flows["instance:boutique@app1", "instance:postgresql@db1"]
    assert (seen["origin"], seen["state"], seen["destination"]["port"]) == (["observed"], "undeclared", 5432)
    said = flows["service:boutique", "service:redis"]
    assert (said["origin"], said["first_seen"], said["destination"]["port"]) == (["declared"], None, None)


def test_people_are_pseudonyms_unless_names_are_asked_for(tmp_path: Path, snapshot: Path) -> None:
    assert "martin" not in run(tmp_path, "graph", snapshot).out
    owner = {
        each["name"]: each["owner"] for each in json.loads(run(tmp_path, "graph", snapshot, "--names").out)["nodes"]
    }
    assert owner["boutique"] == "a.martin"


def test_every_form_draws_the_same_estate(tmp_path: Path, snapshot: Path) -> None:
    read = nx.read_graphml(io.BytesIO(run(tmp_path, "graph", snapshot, "--format", "graphml").out.encode()))
    assert len(read.nodes) == len(json.loads(run(tmp_path, "graph", snapshot).out)["nodes"])
    assert run(tmp_path, "graph", snapshot, "--format", "dot").out.startswith("digraph estate {")
    assert run(tmp_path, "graph", snapshot, "--format", "mermaid").out.startswith("flowchart LR")


def test_without_an_argument_this_machine_is_looked_at(tmp_path: Path) -> None:
    done = run(tmp_path, "graph")
    assert done.code == 0
    assert [each["kind"] for each in json.loads(done.out)["nodes"]].count("host") >= 1


def test_a_file_that_is_no_snapshot_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    done = run(tmp_path, "graph", "x.json")
    assert done.code == 2
    assert "x.json" in done.one_clear_line()


def test_a_database_and_its_replica_are_drawn_although_they_bear_one_name(tmp_path: Path) -> None:
    calls = (b.connection("10.0.0.1", 5432, service="postgresql", local_address="10.0.0.2"),)
    primary = b.host("db1", addresses=("10.0.0.1",), listeners=(b.listener("postgresql", 5432),))
    replica = b.host("db2", addresses=("10.0.0.2",), listeners=(b.listener("postgresql", 5432),), connections=calls)
    write_snapshot(tmp_path / "s.json.gz", b.snapshot(primary, replica))
    document = json.loads(run(tmp_path, "graph", "s.json.gz").out)
    (flow,) = document["flows"]
    assert (flow["source"]["id"], flow["destination"]["id"]) == ("instance:postgresql@db2", "instance:postgresql@db1")
    assert flow["origin"] == ["observed"]
