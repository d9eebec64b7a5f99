"""From the verdicts that an output folder keeps to facts: what a later scan needs of them, and no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_args

from analyzers.model.finding import Outcome
from analyzers.model.past import PastFinding, PastVerdict

MOST_REMEMBERED = 60
"""Earlier verdicts that a snapshot carries: two months of daily scans."""

_OUTCOMES = frozenset(get_args(Outcome))


def past_facts(verdicts: Iterable[tuple[datetime, dict[str, Any]]]) -> tuple[PastVerdict, ...]:
    """Return earlier verdicts, oldest first; a finding that is not one is left out."""
    return tuple(_verdict(moment, document) for moment, document in verdicts)


def _verdict(moment: datetime, document: dict[str, Any]) -> PastVerdict:
    listed = document.get("findings")
    findings = [_finding(each) for each in (listed if isinstance(listed, list) else [])]
    return PastVerdict(
        taken_at=moment,
        rubric=_text(document.get("rubric"), "sha256"),
        answer=_text(document.get("verdict"), "answer"),
        findings=tuple(each for each in findings if each is not None),
    )


def _text(block: object, key: str) -> str:
    return str(block.get(key, ""))[:100] if isinstance(block, dict) else ""


def _finding(raw: object) -> PastFinding | None:
    if not isinstance(raw, dict) or not isinstance(raw.get("check"), str) or raw.get("outcome") not in _OUTCOMES:
        return None
    low, high = raw.get("low"), raw.get("high")
    if not isinstance(low, int | float) or not isinstance(high, int | float) or not 0 <= low <= high <= 1:
        return None
    return PastFinding(check=raw["check"], outcome=raw["outcome"], low=float(low), high=float(high))
