from __future__ import annotations

from analyzers.measures.graph import annex as module
from analyzers.measures.graph.annex import annex
from tests import builders as b
from tests.analyzers.measures.graph.planted import catalogue, hosts

RUNNING = {"app1": ("boutique",), "mail1": ("mailer",), "db1": ("postgresql",), "erp1": ("erp",)}
CALLS = [("boutique", "postgresql"), ("mailer", "boutique")]
SAID = catalogue(("boutique", ("postgresql", "erp")), ("mailer", ()), ("erp", ()), ("postgresql", ()))


def drawn():
    found = annex(b.estate(*hosts(RUNNING, CALLS), context=SAID))
    names = [each["name"] for each in found["nodes"]]
    edges = {(names[each["source"]], names[each["destination"]]): each["state"] for each in found["edges"]}
    return {each["name"]: each for each in found["nodes"]}, edges, found["left_out"]


def test_services_stand_left_of_what_they_depend_on() -> None:
    nodes, edges, left_out = drawn()
    assert {name: each["column"] for name, each in nodes.items()} == {
        "mailer": 0, "erp": 0, "boutique": 1, "postgresql": 2,
    }  # fmt: skip
    assert edges == {
        ("mailer", "boutique"): "undeclared",
        ("boutique", "postgresql"): "confirmed",
        ("boutique", "erp"): "ghost",
    }
    assert left_out == 0


def test_a_ghost_reaches_nobody() -> None:
    nodes, _, _ = drawn()
    assert {name: each["reaches"] for name, each in nodes.items()} == {
        "mailer": 0, "erp": 0, "boutique": 1, "postgresql": 2,
    }  # fmt: skip


def test_it_is_bounded_and_keeps_what_is_critical(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_NODES", 2)
    nodes, _, left_out = drawn()
    assert (left_out, len(nodes), "boutique" in nodes) == (2, 2, True)


def test_without_a_dependency_there_is_no_chart() -> None:
    assert annex(b.estate(*hosts(RUNNING))) is None
    assert annex(b.estate()) is None
