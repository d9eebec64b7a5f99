"""Whole estates judged under the published rubric, and their documents."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from functools import cache
from types import ModuleType

from msgspec.structs import replace

from analyzers.assess import assess
from analyzers.checks import ALL_CHECKS
from analyzers.model.interval import ONE, Interval
from analyzers.model.snapshot import Snapshot, WithdrawnStatement
from analyzers.model.verdict import Verdict
from analyzers.rubric import published
from analyzers.scoring import rule, score
from exporters.document import Document, document
from tests.estates.whole import chaotic, half_way, mature, shop

ESTATES: dict[str, ModuleType] = {"mature": mature, "half-way": half_way, "chaotic": chaotic, "shop": shop}


@cache
def verdict(name: str) -> Verdict:
    """Return the verdict on one of the estates."""
    return assess(ESTATES[name].snapshot(), published())


def once_done(seen: Verdict, done: Collection[str]) -> str:
    """Return the answer once questions are answered in full, measured and not waived: the rule alone, and quick."""
    full = Interval.point(1)
    findings = tuple(
        dataclasses.replace(each, outcome="measured", interval=full, measured_only=full, coverage=ONE, waivers=())
        if each.check_id in done and each.applicable
        else each
        for each in seen.findings
    )
    rubric = published()
    return rule.judge(score.axes(findings, rubric), score.prerequisites(findings, rubric), findings, rubric).answer


def written(snapshot: Snapshot, seen: Verdict | None = None) -> Document:
    """Return the document of a snapshot."""
    return document(
        seen or assess(snapshot, published()),
        rubric=published(),
        tool=snapshot.tool,
        taken_at=snapshot.taken_at,
        snapshot_sha256="0" * 64,
        blind_spots=snapshot.blind_spots,
        origins=snapshot.origins,
        cost=snapshot.cost,
        questions=ALL_CHECKS,
        history=snapshot.history,
    )


def rescanned(snapshot: Snapshot, before: Verdict) -> Snapshot:
    """Return a later snapshot as a scan makes it: what the last verdict withdrew stays withdrawn."""
    known = tuple(WithdrawnStatement(check=each.check, member=each.member) for each in before.confrontation.withdrawn)
    return replace(snapshot, withdrawn=known)
