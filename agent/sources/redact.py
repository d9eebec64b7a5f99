"""What a server repeats to us may hold secrets of others: URLs with a password or a token."""

from __future__ import annotations

import re
from collections.abc import Mapping

HIDDEN = "***"

_USER_INFO = re.compile(r"(?<=://)[^/\s@\"'?#]*@")
_PARAMETER = re.compile(
    r"(?i)(?P<name>[?&;][\w.%-]*(?:token|secret|passw|pwd|auth|key|sig|session|credential|jwt|code)[\w.%-]*=)[^&;#\s\"'<>]+"
)
_HEADER = re.compile(r"(?i)\b(?P<name>(?:bearer|basic)\s+)(?:(?=[\w.~+/-]{0,200}\d)[\w.~+/-]{6,}|[\w.~+/-]{20,})=*")
"""A word after "basic" is a secret when it looks like one: with a digit, or long."""

MARGIN = 4
"""Texts are cut at so many times their limit before redaction, which then costs a bounded time."""


def redact(text: str, longest: int = 2000) -> str:
    """Return a text without user names, passwords and tokens of URLs, cut at `longest` characters."""
    text = text[: MARGIN * longest]
    if "://" in text or "=" in text:
        text = _USER_INFO.sub("", text)
        text = _PARAMETER.sub(rf"\g<name>{HIDDEN}", text)
    text = _HEADER.sub(rf"\g<name>{HIDDEN}", text)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def redact_values(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels or annotations with their values redacted."""
    return {name: redact(value) for name, value in labels.items()}
