"""Yes, no, and nobody knows: rules that hold, fail, or could not be judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.model.evidence import Evidence
from analyzers.model.interval import UNKNOWN, ZERO, Interval
from analyzers.model.reasons import Reason

Truth = bool | None
"""None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whether a set of rules holds, the facts that say so, and why it is open when it is."""

    holds: Truth
    evidence: tuple[Evidence, ...] = ()
    reason: Reason = "partial"


def every(truths: Iterable[Truth]) -> Truth:
    """Return whether all hold: one that fails settles it, one that nobody knows leaves it open."""
    seen = tuple(truths)
    if False in seen:
        return False
    return None if None in seen else True


def opposite(truth: Truth) -> Truth:
    """Return the contrary; what nobody knows stays so."""
    return None if truth is None else not truth


def mean(truths: Iterable[Truth]) -> Interval:
    """Return the share that holds, as an interval that is as wide as what nobody knows."""
    ends = [UNKNOWN if each is None else Interval.point(each) for each in truths]
    low = sum((each.low for each in ends), ZERO)
    high = sum((each.high for each in ends), ZERO)
    return Interval(low / len(ends), high / len(ends))
