"""The estate as graphs of dependencies: what is believed, what is only said, what is only seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import networkx as nx

from analyzers.measures.dependencies import Dependency, dependencies
from analyzers.measures.flows import Node
from analyzers.measures.members import run_of
from analyzers.measures.reach import Sight, long_read
from analyzers.model.estate import Estate, EstateHost, EstateService
from analyzers.model.reasons import Reason

Graph: TypeAlias = "nx.DiGraph[Node]"


@dataclass(frozen=True)
class EstateGraph:
    """The dependencies of one estate, ready to be asked.

    Left out of every graph: what machines, administrators and scans do whatever runs there, and what nobody runs here.
    """

    estate: Estate
    found: tuple[Dependency, ...]

    @cached_property
    def believed(self) -> Graph:
        """Everything that is declared or seen, but for what is declared and proved not to be."""
        return self._graph(each for each in self.found if each.state != "ghost")

    @cached_property
    def declared(self) -> Graph:
        """What people say, true or not."""
        return self._graph(each for each in self.found if "declared" in each.origin)

    @cached_property
    def observed(self) -> Graph:
        """What was seen."""
        return self._graph(each for each in self.found if "observed" in each.origin)

    @cached_property
    def unsettled(self) -> frozenset[Node]:
        """Nodes of which it is not settled whether something needs them: said and not seen, or seen and not named."""
        return frozenset(each.destination for each in self.found if each.state == "unverified")

    @cached_property
    def unread(self) -> tuple[EstateHost, ...]:
        """Known hosts whose sockets were not read in full: whatever lives and calls there is not known."""
        return tuple(each for each in self.estate.hosts if not _read(each))

    @cached_property
    def brief(self) -> tuple[EstateHost, ...]:
        """Known hosts that were not watched for long enough to see all that comes each week."""
        return tuple(each for each in self.estate.hosts if _calls(each) and not long_read(each))

    @cached_property
    def critical(self) -> tuple[EstateService, ...]:
        """Services of ours that were declared critical."""
        return tuple(each for each in self.estate.services if each.critical and not each.external)

    @cached_property
    def sight(self) -> Sight:
        """What the flows can prove."""
        return Sight(self.estate)

    def service(self, node: Node) -> EstateService | None:
        """Return the service that a node is, None for anything else."""
        return self.estate.service_named(node.name) if node.kind == "service" else None

    def _graph(self, kept: Iterable[Dependency]) -> Graph:
        graph: Graph = nx.DiGraph()
        graph.add_nodes_from(Node("service", each.name) for each in self.estate.services)
        graph.add_edges_from((each.source, each.destination, {"dependency": each}) for each in kept)
        return graph


def estate_graph(estate: Estate) -> EstateGraph:
    """Return the graphs of an estate; computed once for an estate."""
    return estate.once(_estate_graph)


def _estate_graph(estate: Estate) -> EstateGraph:
    return EstateGraph(estate, tuple(each for each in dependencies(estate) if each.counted))


def _read(host: EstateHost) -> bool:
    if host.facts is None:
        return False
    run = run_of(host, "flows")
    return run.outcome == "not_applicable" or (run.outcome == "ok" and host.facts.listeners is not None)


def _calls(host: EstateHost) -> bool:
    return host.facts is None or run_of(host, "flows").outcome != "not_applicable"


def why_not_whole(host: EstateHost) -> Reason:
    """Return why a host leaves the graph with a gap; too_few: it was read in full, and not watched for long enough."""
    if host.facts is None:
        return "unreachable" if "host" in host.known_from else "no_source"
    return run_of(host, "flows").reason or "too_few"
