"""Evidence, the members it speaks of, and the populations they form.

The contract: a ratio is averaged inside each member first, then over the population with weights
fixed before looking; a member that was not seen counts its declared interval, else [0, 1].
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Literal

from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from analyzers.model.reasons import Reason

Kind = Literal["measured", "reconciled", "declared", "unknown"]
MemberKind = Literal[
    "host",
    "service",
    "target",
    "alert",
    "job",
    "certificate",
    "statement",
    "series",
    "person",
    "provider",
    "asset",
    "estate",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Enough to read a number again: who said it, the exact question, when, over which window."""

    source: str
    query: str
    collected_at: datetime
    window: str = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One observed or declared fact, in its own unit, with where it comes from."""

    key: str
    value: str | int | float | bool | None
    unit: str = ""
    kind: Kind
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One host, service, target... of a population, and what is known of it.

    Attributes
    ----------
    weight
        Criticality (1-5) of what the member touches; fixed before looking.
    measured
        What measurement says of the member, a point or an interval inside [0, 1]; None when it was not seen.
    declared
        What the context file states, in [0, 1]; None when it says nothing.
    reason
        Why the member was not (wholly) seen.
    services, hosts
        Names that tie the member to a perimeter; both empty for a member of the whole estate.

    Raises
    ------
    ValueError
        When the member holds a value and no evidence: a number without provenance does not exist.
    """

    name: str
    kind: MemberKind
    weight: Fraction = ONE
    measured: Interval | None = None
    declared: Fraction | None = None
    reason: Reason | None = None
    evidence: tuple[Evidence, ...] = ()
    services: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.weight <= 0:
            message = f"member {self.name!r} weighs nothing"
            raise ValueError(message)
        if (self.measured is not None or self.declared is not None) and not self.evidence:
            message = f"member {self.name!r} has a value and no evidence"
            raise ValueError(message)
        if self.declared is not None and not ZERO <= self.declared <= ONE:
            message = f"member {self.name!r} declares {self.declared}, outside [0, 1]"
            raise ValueError(message)

    def contradicted(self, discount: Fraction) -> bool:
        """Tell whether the measurement falls under what a true statement allows."""
        return (
            self.measured is not None
            and self.declared is not None
            and self.measured.high < self.declared * (1 - discount)
        )

    @property
    def confronted(self) -> bool:
        """Tell whether a statement and a measurement speak of this member."""
        return self.measured is not None and self.declared is not None

    def without_statement(self) -> Member:
        """Return the member with its declaration withdrawn."""
        return replace(self, declared=None, reason=self.reason or "not_declared")

    def interval(self, discount: Fraction) -> Interval:
        """Return what is known of the member: measured first, declared second."""
        measured = self.measured if self.measured is not None else UNKNOWN
        if self.declared is None:
            return measured
        stated = Interval(self.declared * (1 - discount), self.declared)
        if self.measured is None:
            return stated
        return measured.meet(stated) or measured

    @property
    def measured_only(self) -> Interval:
        """What would be known if nothing were declared."""
        return self.measured if self.measured is not None else UNKNOWN

    @property
    def coverage(self) -> Fraction:
        """Share of the member that measurement settles, in [0, 1]."""
        return ONE - self.measured.width if self.measured is not None else ZERO


Shape = Literal["mean", "worst", "whole"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The members that a question is about.

    Attributes
    ----------
    shape
        "mean": weighted mean; "worst": worst low and worst high; "whole": `whole_value`, unknown until every
        member is seen.
    complete
        True when the whole population was read: only then may an empty one mean "not applicable".
    missing
        Why the population itself is not (wholly) known.
    declared_empty
        The block of the context file that says there is none, such as ``providers: []``.
    """

    key: str
    members: tuple[Member, ...] = ()
    shape: Shape = "mean"
    complete: bool = False
    missing: Reason | None = None
    whole_value: Fraction | None = None
    declared_empty: str | None = None

    def interval(self, discount: Fraction, waived: frozenset[str] = frozenset()) -> Interval:
        """Return the interval before the rubric's scale; the members named in `waived` keep only their high."""
        known = [member.interval(discount) for member in self.members]
        return self._combine(
            [
                Interval(ZERO, each.high) if member.name in waived else each
                for member, each in zip(self.members, known, strict=True)
            ]
        )

    @property
    def measured_only(self) -> Interval:
        """Return the interval as if every declaration were unknown."""
        return self._combine([member.measured_only for member in self.members])

    def _combine(self, intervals: list[Interval]) -> Interval:
        if not intervals:
            return UNKNOWN
        if self.shape == "worst":
            return Interval(min(each.low for each in intervals), min(each.high for each in intervals))
        if self.shape == "whole":
            seen = all(each.width == 0 for each in intervals)
            return Interval.point(self.whole_value) if seen and self.whole_value is not None else UNKNOWN
        total = sum((member.weight for member in self.members), ZERO)
        pairs = list(zip(self.members, intervals, strict=True))
        low = sum((member.weight * each.low for member, each in pairs), ZERO)
        high = sum((member.weight * each.high for member, each in pairs), ZERO)
        return Interval(low / total, high / total)

    @property
    def coverage(self) -> Fraction:
        """Share of the population's weight that was measured, in [0, 1]."""
        if not self.members:
            return ZERO
        if self.shape == "whole":
            return ONE if self.measured_only.width == 0 else ZERO
        total = sum((member.weight for member in self.members), ZERO)
        return sum((member.weight * member.coverage for member in self.members), ZERO) / total

    def within(self, services: frozenset[str], hosts: frozenset[str], *, resolved: bool = True) -> Population:
        """Return the population restricted to a perimeter; members of the whole estate stay.

        A perimeter that is not `resolved` (nobody knows where one of its services runs) makes nothing not applicable.
        A shape that is no mean over members says nothing of a part of them.
        """
        kept = tuple(
            member
            for member in self.members
            if not (member.services or member.hosts)
            or services.intersection(member.services)
            or (not member.services and hosts.intersection(member.hosts))
        )
        known = self.complete and (resolved or bool(kept))
        return replace(
            self,
            members=kept,
            complete=known,
            missing=self.missing if known else self.missing or "partial",
            whole_value=self.whole_value if len(kept) == len(self.members) else None,
        )
