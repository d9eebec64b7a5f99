"""What a lens of the report says, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analyzers.model.message import Message

State = Literal["good", "bad", "open", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LensLine:
    """One thing that a lens shows: what it is about, and how it stands ("note" tells without judging)."""

    topic: str
    text: Message
    state: State = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """Checks and facts of several axes, seen from one side: "provider", "debt" or "signals"."""

    name: str
    lines: tuple[LensLine, ...]
