"""Sentences for people, kept apart from their language."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Parameter = str | int | float


def N_(template: str) -> str:  # noqa: N802 - the name that gettext's extraction looks for
    """Mark a sentence for translation; the top floors translate it."""
    return template


@dataclass(frozen=True, slots=True)
class Message:
    """An English template and its numbers; ``str()`` gives the English sentence."""

    template: str
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return self.template.format(**self.parameters)


def message(template: str, **parameters: Parameter) -> Message:
    """Return a message; fails at once when a parameter of the template is missing."""
    built = Message(template, MappingProxyType(parameters))
    str(built)
    return built
