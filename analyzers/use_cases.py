"""What each use of AI needs: data beside the rubric, and the user's own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from types import MappingProxyType
from typing import Any

from analyzers.model.context import AiUseCase
from analyzers.model.message import N_

NAMES = (
    N_("anomaly detection on metrics"),
    N_("alert correlation and noise reduction"),
    N_("capacity forecasting"),
    N_("root-cause assistance"),
    N_("automatic remediation"),
    N_("operations assistant"),
    N_("hosting a business AI workload"),
)
"""The seven of the grid, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCase:
    """A use of AI, and the bars (0-100) of the prerequisites and axes it needs."""

    name: str
    prerequisites: MappingProxyType[str, Fraction]
    axes: MappingProxyType[str, Fraction]


def published() -> tuple[UseCase, ...]:
    """Return the seven use cases of the grid."""
    text = resources.files("analyzers.rubrics").joinpath("use_cases.toml").read_text(encoding="utf-8")
    cases = tomllib.loads(text)["cases"]
    return tuple(_case(name, cases[name]["prerequisites"], cases[name]["axes"]) for name in NAMES)


def declared(entries: Iterable[AiUseCase]) -> tuple[UseCase, ...]:
    """Return the use cases of a context file."""
    return tuple(_case(each.name, each.needs.prerequisites, each.needs.axes) for each in entries)


def _case(name: str, prerequisites: Mapping[Any, float], axes: Mapping[Any, float]) -> UseCase:
    return UseCase(
        name=name,
        prerequisites=MappingProxyType({gate: Fraction(str(bar)) for gate, bar in prerequisites.items()}),
        axes=MappingProxyType({axis: Fraction(str(bar)) for axis, bar in axes.items()}),
    )
