"""Questions of the grid that no check answers yet: they stay visible, as unknown, until one does."""

from __future__ import annotations

QUESTIONS: dict[str, str] = {}
