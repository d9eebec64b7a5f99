"""Durations as Prometheus writes them."""

from __future__ import annotations

import re

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}

_PART = re.compile(r"(\d{1,12})(ms|[smhdwy])")
_WHOLE = re.compile(r"(?:\d{1,12}(?:ms|[smhdwy])){1,9}")


def duration(text: str) -> float | None:
    """Return a duration such as ``1m30s`` in seconds, None when the text is none.

    Of a retention such as ``15d or 10GiB``, the part in time.
    """
    for word in text.split():
        if _WHOLE.fullmatch(word):
            return sum(int(count) * SECONDS[unit] for count, unit in _PART.findall(word))
    return None
