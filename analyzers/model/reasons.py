"""Why something is not known: one closed list, shared by facts, evidence and findings."""

from __future__ import annotations

from typing import Literal, get_args

Reason = Literal[
    "not_implemented",
    "no_source",
    "no_monitoring_source",
    "not_declared",
    "stale",
    "no_permission",
    "timed_out",
    "unreachable",
    "backend_404",
    "partial",
    "budget_exhausted",
    "too_few",
    "unreadable",
]

REASONS: tuple[Reason, ...] = get_args(Reason)
