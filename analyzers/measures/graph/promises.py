"""Promised availability: whether what a service rests on lets it keep its promise, and whether it promises enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import networkx as nx

from analyzers.measures.flows import Node
from analyzers.measures.graph.availability import Need, parallel, reachable, serial
from analyzers.measures.graph.estate import EstateGraph, estate_graph
from analyzers.measures.graph.populations import member
from analyzers.measures.members import stale, statement_evidence
from analyzers.measures.truth import Truth, every
from analyzers.model.context import Contract
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO

NEEDS = ((20, Fraction(990, 1000)), (50, Fraction(995, 1000)))
"""Availability that a company of at most so many people needs (catalogue, sla-realistic)."""

LARGER = Fraction(999, 1000)
"""What a larger one needs."""

_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An availability that somebody promised, in [0, 1]."""

    value: Fraction
    evidence: Evidence


def realistic(estate: Estate) -> Population:
    """Return services with a promised availability: declared 1 when it can be kept and is enough, else 0.

    The most that a service can reach is the product over everything that it needs, directly or not, each counted once,
    hosts under contract that stand in for each other in parallel. What promises nothing counts as always there: a
    promise above that product is proved out of reach, one below it is kept only if all that it rests on is known, and
    every host was read.
    """
    book = _Book(estate_graph(estate))
    members = tuple(each for service in estate.services for each in book.members(service))
    context = estate.context
    empty = context is not None and context.contracts == () and context.services == ()
    return Population(
        key="sla.realistic",
        members=members,
        missing="not_declared",
        declared_empty="contracts: [], services: []" if empty else None,
    )


def needed(people: int | None) -> Fraction | None:
    """Return the availability that a company of this size needs, None when its size is not known."""
    if people is None:
        return None
    return next((share for most, share in NEEDS if people <= most), LARGER)


class _Book:
    """What is promised in one estate."""

    def __init__(self, graph: EstateGraph) -> None:
        self.graph = graph
        self.estate = graph.estate
        context = self.estate.context
        self.contracts = tuple(enumerate((context.contracts or ()) if context is not None else ()))
        organisation = context.organisation if context is not None else None
        self.need = needed(organisation.people if organisation is not None else None)

    def members(self, service: EstateService) -> Iterator[Member]:
        """Yield the service as a member when an availability is promised for it."""
        promise = self._objective(service) or self._contracted(service)
        if promise is None:
            return
        limit, known, evidence = self._limit(service)
        if self._old(service):
            yield member(service, None, (promise.evidence,), reason="stale")
            return
        kept: Truth = False if promise.value > limit else (True if known else None)
        enough: Truth = None if self.need is None else promise.value >= self.need
        holds = every((kept, enough))
        shown = (promise.evidence, self._shown("reachable", limit), *self._needed(), *evidence)
        found = member(service, None, shown, reason="not_declared" if holds is None else None)
        yield found if holds is None else _stated(found, holds=holds)

    def _limit(self, service: EstateService) -> tuple[Fraction, bool, tuple[Evidence, ...]]:
        """Return the most that a service can reach, whether all that it rests on is known, and what says so."""
        start = Node("service", service.name)
        nodes = {node for node in nx.descendants(self.graph.believed, start) if node != start}
        need: Need = frozenset()
        up: dict[str, Fraction] = {}
        evidence = []
        known = self._says_needs(service) and not self.graph.unread
        own = self._contracted(service) if self._objective(service) is not None else None
        parts = [(start, own), *((node, self._promise(node)) for node in sorted(nodes))]
        for node, promise in parts:
            if promise is not None:
                need |= serial(f"{node.kind} {node.name}")
                up[f"{node.kind} {node.name}"] = promise.value
                evidence.append(promise.evidence)
            elif node != start or self._objective(service) is not None:
                hosts, promises = self._hosts(node)
                need |= hosts
                up |= {name: each.value for name, each in promises.items()}
                evidence += [each.evidence for each in promises.values()]
                known = known and (bool(promises) or node == start)
            found = self.graph.service(node)
            if node != start:
                known = known and found is not None and (found.external or self._says_needs(found))
        return reachable(need, up)[1], known, tuple(evidence)

    def _promise(self, node: Node) -> Promise | None:
        service = self.graph.service(node)
        if service is not None:
            return self._contracted(service) or self._objective(service)
        return self._of_provider(node.name) if node.kind == "provider" else None

    def _says_needs(self, service: EstateService) -> bool:
        entry = service.declared
        return entry is not None and (entry.external or entry.depends_on is not None) and not self._old(service)

    def _old(self, service: EstateService) -> bool:
        return service.declared is not None and stale(self.estate, service.declared.date)

    def _objective(self, service: EstateService) -> Promise | None:
        entry = service.declared
        if entry is None or entry.objectives is None or entry.objectives.availability is None:
            return None
        context = self.estate.context
        assert context is not None
        path = f"services[{(context.services or ()).index(entry)}].objectives.availability"
        return self._promised(path, entry.objectives.availability, service.name)

    def _contracted(self, service: EstateService) -> Promise | None:
        """Return the lowest availability of the contracts that cover a service."""
        entry = service.declared
        found = []
        for index, contract in self._alive():
            named = contract.assets is not None and service.name in contract.assets.services
            whole = contract.assets is None and entry is not None and entry.provider == contract.provider
            if named or whole:
                found.append(self._sla(index, contract, service.name))
        return min((each for each in found if each is not None), key=lambda each: each.value, default=None)

    def _of_provider(self, name: str) -> Promise | None:
        found = (self._sla(index, each, name) for index, each in self._alive() if each.provider == name)
        return min((each for each in found if each is not None), key=lambda each: each.value, default=None)

    def _hosts(self, node: Node) -> tuple[Need, dict[str, Promise]]:
        """Return the need for one of the hosts of a service, and what contracts promise for these hosts."""
        service = self.graph.service(node)
        names = service.hosts if service is not None else (node.name,) if node.kind == "host" else ()
        found = {f"host {each}": promise for each in names if (promise := self._of_host(each)) is not None}
        if not found or len(found) < len(names):
            return frozenset(), {}
        return parallel(*({name} for name in found)), found

    def _of_host(self, name: str) -> Promise | None:
        found = []
        for index, contract in self._alive():
            listed = contract.assets.hosts if contract.assets is not None else ()
            hosts = (self.estate.host_named(each) for each in listed)
            if any(each is not None and each.name == name for each in hosts):
                found.append(self._sla(index, contract, name))
        return min((each for each in found if each is not None), key=lambda each: each.value, default=None)

    def _alive(self) -> Iterable[tuple[int, Contract]]:
        return ((index, each) for index, each in self.contracts if not stale(self.estate, each.date))

    def _sla(self, index: int, contract: Contract, name: str) -> Promise | None:
        if contract.sla is None or contract.sla.availability is None:
            return None
        path = f"contracts[{index}].sla.availability"
        return self._promised(path, contract.sla.availability, name)

    def _promised(self, path: str, percent: float, name: str) -> Promise:
        # Through its text: 99.9 is what was written, not the nearest binary fraction.
        value = Fraction(str(percent)) / 100
        return Promise(
            value=value, evidence=statement_evidence(self.estate, path, f"promised for {name}", f"{percent} %")
        )

    def _shown(self, key: str, value: Fraction) -> Evidence:
        percent = f"{round(float(value) * 100, _DIGITS)} %"
        return statement_evidence(self.estate, "contracts, services", key, percent)

    def _needed(self) -> Iterator[Evidence]:
        if self.need is not None:
            people = statement_evidence(self.estate, "organisation.people", "needed", f"{float(self.need * 100):g} %")
            yield people


def _stated(found: Member, *, holds: bool) -> Member:
    return replace(found, declared=ONE if holds else ZERO)
