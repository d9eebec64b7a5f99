"""Every check that is built, in the order of the catalogue: one explicit tuple."""

from __future__ import annotations

from analyzers.checks.gouvernance import patching
from analyzers.model.check import Check

ALL_CHECKS: tuple[Check, ...] = (
    patching.CHECK,
)
