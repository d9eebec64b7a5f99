"""What earlier verdicts of this estate said, in short: enough to tell what stays open."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from analyzers.model.facts import Fact


class PastFinding(Fact, frozen=True, kw_only=True):
    """One question as an earlier scan answered it; `low` and `high` are in [0, 1]."""

    check: str
    outcome: Literal["measured", "unknown", "not_applicable", "waived"]
    low: float
    high: float

    @property
    def open(self) -> bool:
        """Tell whether something was known to be missing."""
        return self.outcome in {"measured", "waived"} and self.high < 1


class PastVerdict(Fact, frozen=True, kw_only=True):
    """An earlier verdict: when, under which rubric (its SHA-256), the answer, and each finding."""

    taken_at: datetime
    rubric: str
    answer: str = ""
    findings: tuple[PastFinding, ...] = ()
