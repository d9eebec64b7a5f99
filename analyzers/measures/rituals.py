"""The meetings that steer: are they held?"""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.members import stale, statement_evidence
from analyzers.model.context import Ritual
from analyzers.model.estate import Estate
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import ONE, ZERO

LATE_AFTER = Fraction(3, 2)
"""A ritual is held while its last meeting is younger than this many of its periods (signal G30)."""

CALENDAR = "rituals"


def held(estate: Estate) -> Population:
    """Return rituals: declared 1 when the last one was held within 1.5 times its cadence, else 0; none at all is 0."""
    return Population(key="rituals.held", members=_members(estate))


def _members(estate: Estate) -> tuple[Member, ...]:
    rituals = estate.context.rituals if estate.context is not None else None
    if rituals is None:
        return (Member(name=CALENDAR, kind="statement", reason="not_declared"),)
    if not rituals:
        none = statement_evidence(estate, CALENDAR, "rituals", 0)
        return (Member(name=CALENDAR, kind="statement", declared=ZERO, evidence=(none,)),)
    return tuple(_member(index, each, estate) for index, each in enumerate(rituals))


def _member(index: int, ritual: Ritual, estate: Estate) -> Member:
    path = f"rituals[{index}]"
    old = stale(estate, ritual.date)
    last = max((each for each in ritual.held if each <= estate.today), default=None)
    in_time = last is not None and (estate.today - last).days <= LATE_AFTER * ritual.cadence_days
    evidence = statement_evidence(
        estate,
        f"{path}.held",
        "last_held",
        last.isoformat() if last is not None else "never",
        ritual.date,
        ritual.author,
        kind="unknown" if old else "declared",
    )
    return Member(
        name=f"{path} {ritual.kind}",
        kind="statement",
        declared=None if old else ONE if in_time else ZERO,
        reason="stale" if old else None,
        evidence=(evidence,),
    )
