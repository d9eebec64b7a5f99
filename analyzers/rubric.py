"""The rubric: every weight, threshold, gate and effort, read from a file and frozen once published."""

from __future__ import annotations

import hashlib
import tomllib
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from typing import Literal

import msgspec

PUBLISHED = ("2026.1",)

Number = Fraction
Axis = Literal["lisibilite", "scalabilite", "gouvernance", "decision", "exploitation"]
Prerequisite = Literal["donnees", "processus", "perimetres", "automatisation"]


class RubricError(ValueError):
    """The text is not a rubric; the message names the path in the file and what was expected."""


class Effort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Person-days to put right: ``fixed + per_subject * subjects that fail``."""

    fixed: Number
    per_subject: Number


class Contradictions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the discount of declarations doubles."""

    at_least: int
    over_share: Number


class Priority(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Weights of the four shared criteria."""

    value: Number
    criticality: Number
    risk: Number
    effort: Number


class Robustness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many random weightings are tried, and how close to the rubric's own they stay."""

    draws: int
    concentration: Number


class VerdictRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bars of the verdict, on 0-100 where scores are meant, in [0, 1] where shares are."""

    oui_axis: Number
    oui_prerequisite: Number
    non_prerequisite: Number
    non_axis: Number
    measured_share: Number
    declared_discount: Number
    contradictions: Contradictions
    priority: Priority
    robustness: Robustness


class CheckRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Policy for one question: value -> score is linear from `zero_at` (0) to `full_at` (1)."""

    axis: Axis
    weight: Number
    gates: tuple[Prerequisite, ...]
    horizon: Literal[1, 2, 3]
    zero_at: Number
    full_at: Number
    effort: Effort
    fail_below: Number = Fraction(0)
    redhibitoire: bool = False


class _RubricFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    verdict: VerdictRule
    checks: dict[str, CheckRule]


class Rubric(msgspec.Struct, frozen=True):
    """A rubric and the sha256 of the very text it was read from."""

    version: str
    sha256: str
    verdict: VerdictRule
    checks: dict[str, CheckRule]

    def effort_days(self, check_id: str, failing: int) -> Fraction:
        """Return person-days to put a check right when `failing` subjects fail."""
        effort = self.checks[check_id].effort
        return effort.fixed + effort.per_subject * failing


def parse(text: str) -> Rubric:
    """Return the rubric that `text` (TOML) holds.

    Raises
    ------
    RubricError
        When the text is not TOML, or a key is unknown, missing or out of range.
    """
    try:
        tree = tomllib.loads(text, parse_float=Decimal)
        read = msgspec.convert(tree, _RubricFile, dec_hook=_exact)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise RubricError(str(error)) from error
    _refuse_nonsense(read)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Rubric(version=read.version, sha256=digest, verdict=read.verdict, checks=read.checks)


def published(version: str = PUBLISHED[-1]) -> Rubric:
    """Return a rubric that this version of the tool ships."""
    return parse(resources.files("analyzers.rubrics").joinpath(f"{version}.toml").read_text(encoding="utf-8"))


def _exact(kind: type, value: object) -> Fraction:
    if kind is not Fraction or isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        message = f"expected a number, got {value!r}"
        raise ValueError(message)
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        message = f"expected a number, got {str(value)!r}"
        raise ValueError(message) from error


def _refuse_nonsense(read: _RubricFile) -> None:
    rule = read.verdict
    bars = (rule.oui_axis, rule.oui_prerequisite, rule.non_axis, rule.non_prerequisite)
    if not all(0 <= bar <= 100 for bar in bars):  # noqa: PLR2004 - scores run from 0 to 100
        message = "bars of the verdict lie between 0 and 100 - at `$.verdict`"
        raise RubricError(message)
    if rule.non_axis > rule.oui_axis or rule.non_prerequisite > rule.oui_prerequisite:
        message = "a bar of non lies above the bar of oui - at `$.verdict`"
        raise RubricError(message)
    if not (0 <= rule.declared_discount <= 1 and 0 <= rule.measured_share <= 1):
        message = "shares lie between 0 and 1 - at `$.verdict`"
        raise RubricError(message)
    for name, check in read.checks.items():
        if check.weight <= 0:
            message = f"a weight must be above 0 - at `$.checks.{name}.weight`"
            raise RubricError(message)
        if check.zero_at == check.full_at:
            message = f"zero_at and full_at must differ - at `$.checks.{name}`"
            raise RubricError(message)
        if not 0 <= check.fail_below <= 1:
            message = f"fail_below lies between 0 and 1 - at `$.checks.{name}.fail_below`"
            raise RubricError(message)
