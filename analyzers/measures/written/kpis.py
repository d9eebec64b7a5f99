"""The five indicators of each contract against their targets, at three months and at six."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from analyzers.measures.members import stale, statement_evidence
from analyzers.measures.service_desk import levels
from analyzers.measures.written.statements import contracts, one_or_none, without_contracts
from analyzers.model.context import Contract, Kpis
from analyzers.model.estate import Estate
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import Interval

KEY = "contracts.kpis"
SETTLED_DAYS = 183
"""From this age of the contract on, the targets of six months hold; before, those of three."""

Indicator = Literal["budget", "resolution", "satisfaction", "security", "cost"]
FIRST_LEVEL_TARGETS = (Fraction(70, 100), Fraction(85, 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A value that an indicator must reach: at three months, at six; `falling` when lower is better."""

    key: str
    early: Fraction
    late: Fraction
    falling: bool = False

    def met(self, value: float, *, settled: bool) -> bool:
        """Tell whether a value reaches the target of its time."""
        bar = self.late if settled else self.early
        exact = Fraction(value).limit_denominator(10_000)
        return exact <= bar if self.falling else exact >= bar


def _percent(number: int) -> Fraction:
    return Fraction(number, 100)


TARGETS: Mapping[Indicator, tuple[Target, ...]] = {
    "budget": (Target(key="budget_deviation", early=_percent(15), late=_percent(15), falling=True),),
    "resolution": (
        Target(key="first_level", early=FIRST_LEVEL_TARGETS[0], late=FIRST_LEVEL_TARGETS[1]),
        Target(key="resolution_trend", early=_percent(0), late=_percent(0), falling=True),
    ),
    "satisfaction": (Target(key="satisfaction", early=_percent(75), late=_percent(90)),),
    "security": (Target(key="security_incidents_change", early=_percent(-30), late=_percent(-50), falling=True),),
    "cost": (Target(key="tco_change", early=_percent(-10), late=_percent(-25), falling=True),),
}
"""Indicators and their targets (grid)."""


def on_target(estate: Estate) -> Population:
    """Return the five indicators of each contract, declared 1 when on target, 0 when not, open when nobody follows it.

    First-level resolution that tickets tell counts as measured, as it is ours to count.
    """
    nothing = without_contracts(KEY, estate)
    if nothing is not None:
        return nothing
    members = [
        _member(rank, contract, indicator, estate) for rank, contract in contracts(estate) for indicator in TARGETS
    ]
    return Population(key=KEY, members=tuple(members))


def settled(contract: Contract, estate: Estate) -> bool:
    """Tell whether the targets of six months hold for a contract; one of unknown age is old."""
    return contract.signed is None or (estate.today - contract.signed).days >= SETTLED_DAYS


def _member(rank: int, contract: Contract, indicator: Indicator, estate: Estate) -> Member:
    several = sum(1 for _, each in contracts(estate) if each.provider == contract.provider) > 1
    name = f"contracts[{rank}] {contract.provider}: {indicator}" if several else f"{contract.provider}: {indicator}"
    followed = [
        (target, value)
        for target in TARGETS[indicator]
        if (value := getattr(contract.kpis or Kpis(), target.key)) is not None
    ]
    old = stale(estate, contract.date)
    late = settled(contract, estate)
    member = Member(name=name, kind="provider", reason="stale" if old and followed else "not_declared")
    if followed and not old:
        evidence = tuple(
            statement_evidence(
                estate, f"contracts[{rank}].kpis.{target.key}", target.key, value, contract.date, contract.author
            )
            for target, value in followed
        )
        right = all(target.met(value, settled=late) for target, value in followed)
        member = replace(member, declared=one_or_none(right=right), reason=None, evidence=evidence)
    return _confronted(member, late, estate) if indicator == "resolution" else member


def _confronted(member: Member, late: bool, estate: Estate) -> Member:  # noqa: FBT001 - the time of the contract
    """Return the indicator of resolution with what tickets tell: under the target it is missed, whatever is said."""
    shares, counted, _ = levels.measured(estate)
    if shares is None:
        return member
    bar = FIRST_LEVEL_TARGETS[1 if late else 0]
    if shares.high < bar:
        measured = Interval.point(0)
    elif shares.low >= bar:
        # The trend is the other half: what the first level solves does not settle it.
        measured = Interval.between(Fraction(1, 2), 1)
    else:
        return member
    reason = member.reason or (None if measured.width == 0 else "partial")
    return replace(member, measured=measured, reason=reason, evidence=(*member.evidence, *counted))
