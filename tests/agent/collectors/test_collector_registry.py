from __future__ import annotations

import importlib
import pkgutil

import agent.collectors
from agent.collectors.machine import Collector
from agent.collectors.registry import COLLECTORS
from analyzers.model.facts import Host


def defined() -> set[Collector]:
    """Return the collectors that modules of the folder define, wherever they stand in it."""
    names = (each.name for each in pkgutil.walk_packages(agent.collectors.__path__, "agent.collectors."))
    modules = (importlib.import_module(name) for name in names)
    return {value for module in modules for value in vars(module).values() if isinstance(value, Collector)}


def test_folder_and_registry_agree() -> None:
    assert {each.name for each in defined()} == {each.name for each in COLLECTORS}


def test_no_name_and_no_field_comes_twice() -> None:
    fields = [field for each in COLLECTORS for field in (each.block, *each.also)]
    assert len(set(fields)) == len(fields)
    assert len({each.name for each in COLLECTORS}) == len(COLLECTORS)


def test_every_block_of_a_host_has_its_collector() -> None:
    identity = {"id", "name", "fqdn", "addresses", "collected_at", "privileged", "tool", "runs"}
    identity |= {"flow_watch"}  # what the agent knows of its own watch
    assert {field for each in COLLECTORS for field in (each.block, *each.also)} == set(
        Host.__struct_fields__
    ) - identity


def test_every_collector_says_what_it_reads_and_for_how_long() -> None:
    for each in COLLECTORS:
        assert each.source
        assert 0 < each.limit_seconds <= 60
