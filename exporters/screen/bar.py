"""An interval drawn in characters: what is proved, what is possible, and the bar to reach."""

from __future__ import annotations

import math

from rich.text import Text

PROVED, POSSIBLE, BEYOND, MARK = "█", "░", "·", "│"


def drawn(low: float, high: float, bar: float | None, cells: int) -> Text:
    """Return ``[███░░░│··]``: `low`, `high` and `bar` on 0-100, `cells` characters and one for the bar.

    The low is rounded down and the high up to whole cells. `bar` None draws no mark, and a blank keeps the width.
    """
    proved = math.floor(low * cells / 100)
    possible = max(proved, math.ceil(high * cells / 100))
    kinds = [PROVED] * proved + [POSSIBLE] * (possible - proved) + [BEYOND] * (cells - possible)
    text = Text("[", style="dim")
    at = None if bar is None else min(cells, max(0, round(bar * cells / 100)))
    for index in range(cells + 1):
        if index == at:
            text.append(MARK, style="bold")
        if index < cells:
            text.append(kinds[index], style=_style(kinds[index], low, bar))
    text.append("]", style="dim")
    if at is None:
        text.append(" ")
    return text


def _style(kind: str, low: float, bar: float | None) -> str:
    if kind == PROVED:
        return "green" if bar is None or low >= bar else "yellow"
    return "cyan" if kind == POSSIBLE else "dim"
