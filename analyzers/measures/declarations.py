"""What people say that a service needs, each statement with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from analyzers.measures.flows import Node
from analyzers.measures.members import aged, listed_evidence, stale, statement_evidence
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One place that says that the source needs the destination; `old` when it is too old to count."""

    source: Node
    destination: Node
    evidence: Evidence
    old: bool = False


def statements(estate: Estate) -> tuple[Statement, ...]:
    """Return every ``depends_on`` of the catalogues; a service that needs itself says nothing."""
    said = (*_of_context(estate), *_of_files(estate))
    return tuple(each for each in said if each.source != each.destination)


def named(estate: Estate, name: str) -> Node:
    """Return what a name of a ``depends_on`` means: a service, else a provider, else a host."""
    if estate.service_named(name) is None:
        providers = (estate.context.providers or ()) if estate.context is not None else ()
        if any(each.name == name for each in providers):
            return Node("provider", name)
        host = estate.host_named(name)
        if host is not None:
            return Node("host", host.name)
    return Node("service", name)


def _of_context(estate: Estate) -> Iterable[Statement]:
    context = estate.context
    for index, entry in enumerate((context.services or ()) if context is not None else ()):
        old = stale(estate, entry.date)
        for rank, name in enumerate(entry.depends_on or ()):
            path = f"services[{index}].depends_on[{rank}]"
            said = f"{entry.name} -> {name}"
            kind: Kind = "unknown" if old else "declared"
            yield Statement(
                source=Node("service", entry.name),
                destination=named(estate, name),
                evidence=statement_evidence(estate, path, "depends_on", said, entry.date, entry.author, kind),
                old=old,
            )


def _of_files(estate: Estate) -> Iterable[Statement]:
    for each in estate.listing.entries:
        old = aged(estate, each)
        for need in each.entry.depends_on:
            kind: Kind = "unknown" if old else "declared"
            there = replace(each, entry=msgspec.structs.replace(each.entry, line=need.line))
            yield Statement(
                source=Node("service", each.entry.name),
                destination=named(estate, need.name),
                evidence=listed_evidence(there, "depends_on", f"{each.entry.name} -> {need.name}", kind),
                old=old,
            )
