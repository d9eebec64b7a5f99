"""The rubric: every weight, threshold, gate and effort, read from a file and frozen once published."""

from __future__ import annotations

import hashlib
import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from typing import Any, Literal, TypeVar

import msgspec

from analyzers.model.message import N_, Message, message

PUBLISHED = ("2026.1",)

Number = Fraction
Part = TypeVar("Part", bound=msgspec.Struct)
Axis = Literal["lisibilite", "scalabilite", "gouvernance", "decision", "exploitation"]
Prerequisite = Literal["donnees", "processus", "perimetres", "automatisation"]


_NO_NUMBER = "expected a number"
_MISUNDERSTOOD = message(N_("not understood"))
_FAULTS = (
    (r"Object contains unknown field `(.*?)`", message(N_("a rubric has no such key"))),
    (r"Object missing required field `(.*?)`", message(N_("missing"))),
    (r"Invalid enum value", message(N_("not one of the accepted values"))),
    (_NO_NUMBER, message(N_("a number is expected"))),
)
"""What msgspec and `_exact` say, with the key when the path lacks it, and how people are told."""


class RubricError(ValueError):
    """The text is not a rubric: what is wrong, and the path in the file, empty when it is the file itself."""

    def __init__(self, what: Message, path: str = "") -> None:
        super().__init__(f"{path}: {what}" if path else str(what))
        self.what = what
        self.path = path


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
    verdict: dict[str, Any]
    checks: dict[str, Any]


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
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error)) from error
    except RecursionError as error:
        raise RubricError(message(N_("nested too deep for a rubric"))) from error
    read = _converted(tree, _RubricFile, "")
    verdict = _converted(read.verdict, VerdictRule, "verdict")
    # One by one: what converts them all at once would not say which one is wrong.
    checks = {name: _converted(each, CheckRule, f"checks.{name}") for name, each in read.checks.items()}
    _refuse_bars(verdict)
    for name, check in checks.items():
        _refuse_nonsense(check, f"checks.{name}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Rubric(version=read.version, sha256=digest, verdict=verdict, checks=checks)


def published(version: str = PUBLISHED[-1]) -> Rubric:
    """Return a rubric that this version of the tool ships."""
    return parse(resources.files("analyzers.rubrics").joinpath(f"{version}.toml").read_text(encoding="utf-8"))


def _converted(tree: object, kind: type[Part], path: str) -> Part:
    try:
        return msgspec.convert(tree, kind, dec_hook=_exact)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _mistaken(str(error), path) from error


def _mistaken(fault: str, path: str) -> RubricError:
    """Return what msgspec found wrong below `path`, in sentences that can be translated."""
    found = re.search(r" - at `\$([^`]*)`$", fault)
    place = f"{path}{found[1]}" if found else path
    for pattern, what in _FAULTS:
        known = re.match(pattern, fault)
        if known is not None:
            return RubricError(what, ".".join((place, *known.groups())).lstrip("."))
    return RubricError(_MISUNDERSTOOD, place.lstrip("."))


def _not_toml(fault: str) -> RubricError:
    line = re.search(r"at line (\d+)", fault)
    if line is None:
        return RubricError(message(N_("not TOML")))
    return RubricError(message(N_("not TOML, on line {line}"), line=int(line[1])))


def _exact(kind: type, value: object) -> Fraction:
    if kind is not Fraction or isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise ValueError(_NO_NUMBER)
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ValueError(_NO_NUMBER) from error


def _refuse_bars(rule: VerdictRule) -> None:
    bars = (rule.oui_axis, rule.oui_prerequisite, rule.non_axis, rule.non_prerequisite)
    if not all(0 <= bar <= 100 for bar in bars):  # noqa: PLR2004 - scores run from 0 to 100
        raise RubricError(message(N_("bars of the verdict lie between 0 and 100")), "verdict")
    if rule.non_axis > rule.oui_axis or rule.non_prerequisite > rule.oui_prerequisite:
        raise RubricError(message(N_("a bar of non lies above the bar of oui")), "verdict")
    if not (0 <= rule.declared_discount <= 1 and 0 <= rule.measured_share <= 1):
        raise RubricError(message(N_("shares lie between 0 and 1")), "verdict")


def _refuse_nonsense(check: CheckRule, path: str) -> None:
    if check.weight <= 0:
        raise RubricError(message(N_("a weight must be above 0")), f"{path}.weight")
    if check.zero_at == check.full_at:
        raise RubricError(message(N_("zero_at and full_at must differ")), path)
    if not 0 <= check.fail_below <= 1:
        raise RubricError(message(N_("fail_below lies between 0 and 1")), f"{path}.fail_below")
