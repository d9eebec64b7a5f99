"""Shapes of charts, as numbers: templates draw them, nothing here is markup."""

from __future__ import annotations

from dataclasses import dataclass

from exporters.parts import ForecastPart

WIDTH, HEIGHT = 320.0, 90.0
"""Of a chart, in its own units."""

MOST_AHEAD = 180
"""Days drawn ahead: the horizon of the question."""

_SECONDS_A_DAY = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A forecast as two lines in a box of `WIDTH` by `HEIGHT`, the ceiling at its top.

    Attributes
    ----------
    seen
        Points of each unbroken run of days, as SVG writes them.
    ahead
        Points of the trend from now on.
    now, full
        Where now stands, and where the resource is full, from the left; `full` is None beyond what is drawn.
    """

    part: ForecastPart
    seen: tuple[str, ...]
    ahead: str
    now: float
    full: float | None


def curve(part: ForecastPart) -> Curve:
    """Return the shape of a forecast; values beyond the box are drawn on its edge."""
    step = part.step_seconds / _SECONDS_A_DAY or 1.0
    past = (len(part.values) - 1) * step
    ahead = min(MOST_AHEAD, max(past / 2, part.days_until_full * 1.1, 14.0))
    scale = WIDTH / (past + ahead)
    now = past * scale
    end = min(ahead, part.days_until_full if part.slope > 0 else ahead)
    trend = ((0.0, part.level), (end, part.level + part.slope * end))
    reached = part.days_until_full <= ahead
    return Curve(
        part=part,
        seen=tuple(_runs(part, step * scale)),
        ahead=" ".join(_point(now + days * scale, value) for days, value in trend),
        now=round(now, 1),
        full=round(now + part.days_until_full * scale, 1) if reached else None,
    )


def _runs(part: ForecastPart, width: float) -> list[str]:
    runs: list[list[str]] = [[]]
    for index, value in enumerate(part.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(_point(index * width, value))
    return [" ".join(run) for run in runs if run]


def _point(x: float, value: float) -> str:
    return f"{x:.1f},{(1 - min(1.0, max(0.0, value))) * HEIGHT:.1f}"
