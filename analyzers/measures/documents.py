"""The three documents without which nobody can take over an estate."""

from __future__ import annotations

from analyzers.measures.members import stale, statement_evidence
from analyzers.model.estate import Estate
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import ONE, ZERO

MINIMUM = ("network_map", "application_list", "continuity")

FRESH_DAYS = 365
"""Age up to which a document is believed (catalogue, minimal-documentation)."""


def minimum(estate: Estate) -> Population:
    """Return the network map, the list of applications, the continuity procedure: declared 1 or 0, else unknown."""
    return Population(key="documents.minimum", members=tuple(_member(kind, estate) for kind in MINIMUM))


def _member(kind: str, estate: Estate) -> Member:
    documents = estate.context.documents if estate.context is not None else None
    if documents is None:
        return Member(name=kind, kind="statement", reason="not_declared")
    written = [each for each in documents if each.kind == kind]
    if not written:
        none = statement_evidence(estate, "documents", kind, value=False)
        return Member(name=kind, kind="statement", declared=ZERO, reason="not_declared", evidence=(none,))
    newest = max(written, key=lambda each: each.date)
    evidence = statement_evidence(
        estate, f"documents[{documents.index(newest)}]", kind, newest.url, newest.date, newest.author
    )
    if stale(estate, newest.date, FRESH_DAYS):
        return Member(name=kind, kind="statement", reason="stale", evidence=(evidence,))
    return Member(name=kind, kind="statement", declared=ONE, evidence=(evidence,))
