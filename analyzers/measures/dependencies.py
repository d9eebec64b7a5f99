"""Which service needs which: what is declared and what is observed, reconciled.

``dependencies(estate)`` is what the graph and the checks build on. One dependency stands for every flow between two
nodes. The catalogue declares through ``depends_on``; flows that the read hosts saw confirm it, or show what nobody
declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal, TypeAlias

from analyzers.measures.declarations import Statement, statements
from analyzers.measures.flows import Flow, Node, flows
from analyzers.measures.members import host_evidence
from analyzers.measures.purposes import Purpose, purpose
from analyzers.measures.reach import Sight, watch
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence

State: TypeAlias = Literal["confirmed", "undeclared", "ghost", "unverified"]

MOST_FLOWS = 3
"""Flows shown for one dependency: enough to find it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """The source needs the destination.

    Attributes
    ----------
    origin
        Who says so.
    state
        "confirmed": declared and seen. "undeclared": seen, and no entry says so (a shadow when `counted`). "ghost":
        declared, and never seen although both ends were read for long enough. "unverified": declared and not seen by
        anybody who could be sure, or seen in a way that may be what is declared.
    purpose
        What the traffic is for; what is not "service" is nobody's to declare.
    counted
        Whether a catalogue should hold it: one of our services needs something for its own work, or it was declared.
    first_seen, last_seen
        None when it was not seen.
    observations, polls
        How often it was seen, and how often the host that saw it best looked; None when it does not say.
    flows
        What was seen, the raw flows.
    declared
        What was said.
    """

    source: Node
    destination: Node
    origin: frozenset[Literal["observed", "declared"]]
    state: State
    purpose: Purpose = "service"
    counted: bool = True
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    observations: int = 0
    polls: int | None = None
    flows: tuple[Flow, ...] = ()
    declared: tuple[Statement, ...] = ()
    provenance: tuple[Evidence, ...] = ()

    @property
    def confidence(self) -> Fraction | None:
        """Share of the looks that saw it, in [0, 1]; None when the number of looks is not known."""
        return min(Fraction(self.observations, self.polls), Fraction(1)) if self.polls else None


def dependencies(estate: Estate) -> tuple[Dependency, ...]:
    """Return every dependency of the estate, declared or observed, each once, sorted; computed once for an estate.

    What a service says to itself is left out.
    """
    return estate.once(_dependencies)


def _dependencies(estate: Estate) -> tuple[Dependency, ...]:
    said: dict[Node, dict[Node, list[Statement]]] = {}
    for each in statements(estate):
        said.setdefault(each.source, {}).setdefault(each.destination, []).append(each)
    seen: dict[tuple[Node, Node], list[Flow]] = {}
    for flow in flows(estate):
        source = flow.source.node
        destination = _as_declared(flow, said.get(source, {}), estate)
        if source != destination:
            seen.setdefault((source, destination), []).append(flow)
    sight = Sight(estate)
    observed = (
        _observed(*ends, found, tuple(said.get(ends[0], {}).get(ends[1], ())), said.get(ends[0], {}), sight)
        for ends, found in seen.items()
    )
    unseen = (
        _unseen(source, destination, tuple(told), sight)
        for source, needs in said.items()
        for destination, told in needs.items()
        if (source, destination) not in seen
    )
    return tuple(sorted((*observed, *unseen), key=lambda each: (each.source, each.destination)))


def _as_declared(flow: Flow, needs: Mapping[Node, object], estate: Estate) -> Node:
    """Return the destination of a flow, under the name that its source declares it with.

    A provider stands for its external services, and they for it; a host stands for what runs there.
    """
    node = flow.destination.node
    if node in needs or not needs:
        return node
    if node.kind == "provider":
        theirs = (each for each in needs if each.kind == "service" and _provider(each, estate) == node.name)
        return min(theirs, default=node)
    provider = _provider(node, estate) if node.kind == "service" else ""
    wider: tuple[Node, ...] = (Node("provider", provider), Node("host", flow.destination.host))
    return next((each for each in wider if each in needs), node)


def _provider(node: Node, estate: Estate) -> str:
    service = estate.service_named(node.name)
    return (service.declared.provider or "") if service is not None and service.declared is not None else ""


def _observed(
    source: Node,
    destination: Node,
    found: list[Flow],
    told: tuple[Statement, ...],
    needs: Mapping[Node, object],
    sight: Sight,
) -> Dependency:
    best = max(found, key=lambda each: (each.observations, _polls(each) or 0))
    purposes = {purpose(each) for each in found}
    use: Purpose = "service" if "service" in purposes else min(purposes)
    state: State = "confirmed" if told else "undeclared"
    if not told and (source.kind == "host" or sight.may_be(found, needs)):
        state = "unverified"
    return Dependency(
        source=source,
        destination=destination,
        origin=frozenset({"observed", "declared"} if told else {"observed"}),
        state=state,
        purpose=use,
        counted=bool(told) or (use == "service" and sight.ours(source) and not _inside(found)),
        first_seen=min(each.first_seen for each in found),
        last_seen=max(each.last_seen for each in found),
        observations=best.observations,
        polls=_polls(best),
        flows=tuple(found),
        declared=told,
        provenance=(*(sight.shown(each) for each in found[:MOST_FLOWS]), *(each.evidence for each in told)),
    )


def _inside(found: Iterable[Flow]) -> bool:
    """Tell whether nothing more is known than that a host spoke to itself."""
    return all(each.destination.node.kind == "host" and each.destination.host == each.source.host for each in found)


def _polls(flow: Flow) -> int | None:
    return max((polls for _, polls in flow.seen_from if polls is not None), default=None)


def _looks(host: EstateHost) -> int | None:
    watched = watch(host)
    return watched.polls if watched is not None else None


def _unseen(source: Node, destination: Node, told: tuple[Statement, ...], sight: Sight) -> Dependency:
    """Return a dependency that is only declared: a ghost when both ends were read in full and for long enough."""
    looked = sight.searched(source, destination)
    nothing = f"flows {source.name} -> {destination.name}"
    return Dependency(
        source=source,
        destination=destination,
        origin=frozenset({"declared"}),
        state="ghost" if looked else "unverified",
        polls=min((polls for host in looked if (polls := _looks(host)) is not None), default=None),
        declared=told,
        provenance=(
            *(host_evidence(each, "flows", nothing, 0) for each in looked[:MOST_FLOWS]),
            *(each.evidence for each in told),
        ),
    )
