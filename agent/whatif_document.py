"""What ``pasencore whatif`` answers, as a document: two verdicts, and what came between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from analyzers.measures.graph.estate import estate_graph
from analyzers.measures.graph.impact import impact_on
from analyzers.measures.without import Removal
from analyzers.model.estate import Estate
from analyzers.model.snapshot import Snapshot
from exporters.parts import Document, FindingPart

SCHEMA = "pasencore.whatif/1"


def whatif_document(
    removal: Removal, applied: Sequence[str], estates: tuple[Estate, Estate], verdicts: tuple[Document, Document]
) -> dict[str, Any]:
    """Return the document, under the names that the snapshot holds: hide the people before it leaves.

    Returns
    -------
    dict
        ``lost`` are services that ran somewhere and run nowhere now; ``reached`` those that depend on what left;
        ``orphans`` what somebody knew or answered for, and nobody does now.
    """
    before, after = estates
    return {
        "schema": SCHEMA,
        "removed": [
            *({"kind": "person", "name": each} for each in removal.persons),
            *({"kind": "host", "name": each} for each in removal.hosts),
            *({"kind": "service", "name": each} for each in removal.services),
            *({"kind": "provider", "name": each} for each in removal.providers),
            *({"kind": "network", "name": str(each)} for each in removal.networks),
        ],
        "applied": list(applied),
        "before": msgspec.to_builtins(verdicts[0]),
        "after": msgspec.to_builtins(verdicts[1]),
        "changes": list(_changes(*verdicts)),
        "lost": sorted(_running(before) - _running(after)),
        "reached": _reached(before, after, removal),
        "orphans": sorted(_held(before) - _held(after)),
    }


def _changes(before: Document, after: Document) -> Iterable[dict[str, Any]]:
    old = {each.check: each for each in before.findings}
    for new in after.findings:
        was = old[new.check]
        if (was.low, was.high, was.outcome) != (new.low, new.high, new.outcome):
            yield {
                "check": new.check,
                "low": new.low,
                "high": new.high,
                "low_before": was.low,
                "high_before": was.high,
                "outcome": new.outcome,
                "why": new.message,
                "subjects": _appeared(was, new),
            }


def _appeared(was: FindingPart, new: FindingPart) -> list[str]:
    return [each for each in new.subjects if each not in was.subjects]


def _running(estate: Estate) -> set[str]:
    return {each.name for each in estate.services if each.instances or each.external}


def _reached(before: Estate, after: Estate, removal: Removal) -> list[dict[str, Any]]:
    """Return, for each service and host that left and each service lost, what depends on it."""
    graph = estate_graph(before)
    lost = sorted(_running(before) - _running(after))
    names = dict.fromkeys((*removal.hosts, *removal.services, *lost))
    found = ((name, impact_on(name, graph)) for name in names)
    return [{"name": name, "services": list(each.services), "critical": list(each.critical)} for name, each in found]


def _held(estate: Estate) -> set[str]:
    """Return what somebody answers for or knows: services with an owner or deputy, assets of git with a knower."""
    snapshot: Snapshot = estate.snapshot
    context = estate.context
    held = {each.name for each in (context.services or () if context is not None else ()) if each.owner or each.deputy}
    for history in snapshot.git or ():
        held |= {each.asset for each in history.assets if any(group.knowers for group in each.groups)}
    return held
