"""Risks that somebody accepted: waivers of checks, and the register of risks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.members import stale, statement_evidence
from analyzers.model.context import Risk, WaiverEntry
from analyzers.model.estate import UNDECLARED_CRITICALITY, Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO
from analyzers.model.reasons import Reason

BLOCKS = "waivers: [], risks: []"


def register(estate: Estate) -> Population:
    """Return waivers and accepted risks: declared 1 when owned, dated and not expired, else 0.

    Not applicable when both blocks are declared empty; unknown when a block is absent and the other holds nothing.
    """
    context = estate.context
    if context is None or (not context.waivers and not context.risks):
        empty = context is not None and context.waivers == () and context.risks == ()
        return Population(key="risks.accepted", missing="not_declared", declared_empty=BLOCKS if empty else None)
    members = (*_waivers(context.waivers or (), estate), *_risks(context.risks or (), estate))
    return Population(key="risks.accepted", members=members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What the register says of something: 1 accepted, 0 not, in a valid way or at all; None when it says nothing."""

    value: Fraction | None
    reason: Reason | None = None
    evidence: tuple[Evidence, ...] = ()


def acceptance(names: Sequence[str], estate: Estate) -> Acceptance:
    """Return what the register of risks says of something, under any of its names; the best of its entries."""
    context = estate.context
    if context is None or context.risks is None:
        return Acceptance(value=None, reason="not_declared")
    meant = {each.casefold() for each in names}
    meant |= {alias for each in names if (host := estate.host_named(each)) is not None for alias in host.aliases}
    entries = [
        member
        for risk, member in zip(context.risks, _risks(context.risks, estate), strict=True)
        if meant & {each.casefold() for each in risk.subjects}
    ]
    if not entries:
        none = statement_evidence(estate, "risks", "accepted", 0)
        return Acceptance(value=ZERO, evidence=(none,))
    best = max(entries, key=lambda each: (each.declared is not None, each.declared or ZERO))
    return Acceptance(value=best.declared, reason=best.reason, evidence=best.evidence)


def _waivers(waivers: Iterable[WaiverEntry], estate: Estate) -> Iterator[Member]:
    for index, each in enumerate(waivers):
        expired = _expired(each.expires, estate)
        yield _member(f"waivers[{index}]", each, expired, each.scope.split(), estate)


def _risks(risks: Iterable[Risk], estate: Estate) -> Iterator[Member]:
    for index, each in enumerate(risks):
        lacking = [
            *(["owner"] if each.owner is None else []),
            *(["date"] if each.accepted is None and each.date is None else []),
            *(["expiry"] if each.expires is None else _expired(each.expires, estate)),
        ]
        yield _member(f"risks[{index}]", each, lacking, each.subjects, estate)


def _expired(expires: dt.date, estate: Estate) -> list[str]:
    return [] if expires >= estate.today else ["validity"]


def _member(
    path: str, entry: WaiverEntry | Risk, lacking: list[str], subjects: Sequence[str], estate: Estate
) -> Member:
    """Return one acceptance, weighted by the most critical of the services and hosts that it is about."""
    old = stale(estate, entry.date)
    services = [service for name in subjects if (service := estate.service_named(name)) is not None]
    hosts = [host for name in subjects if (host := estate.host_named(name)) is not None]
    weights = [*(each.weight for each in services), *(each.weight for each in hosts)]
    evidence = statement_evidence(
        estate,
        path,
        "acceptance",
        f"without {', '.join(lacking)}" if lacking else "owned, dated and valid",
        entry.date,
        entry.author,
        kind="unknown" if old else "declared",
    )
    return Member(
        name=path,
        kind="statement",
        weight=max(weights, default=UNDECLARED_CRITICALITY),
        declared=None if old else ZERO if lacking else ONE,
        reason="stale" if old else None,
        evidence=(evidence,),
        services=tuple(sorted({each.name for each in services})),
        hosts=tuple(sorted({each.name for each in hosts})),
    )
