"""Time between two scrapes of a target, as configured or as counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analyzers.measures.answers import answer
from analyzers.measures.targets import SeenTarget
from analyzers.model.monitoring import Monitoring

PER_HOUR = "continuity.interval"
HOUR = 3600.0

USUAL = (1, 2, 5, 10, 15, 20, 30, 60, 90, 120, 180, 240, 300, 600, 900, 1200, 1800, 3600)
"""Intervals that people configure, in seconds."""


def scrape_intervals(targets: Iterable[SeenTarget], monitoring: Monitoring) -> dict[str, float | None]:
    """Return the seconds between two scrapes by name of target, None where nobody knows.

    The list of targets says it; else the fullest hour of the last day is counted.
    """
    counts = answer(monitoring, PER_HOUR, "job", "instance").values
    return {
        each.name: each.interval if each.interval is not None and each.interval > 0 else _counted(each, counts)
        for each in targets
    }


def _counted(target: SeenTarget, counts: Mapping[tuple[str, ...], float]) -> float | None:
    """Return the interval that a count means: `n` samples of a closed hour span between `n - 1` and `n` intervals."""
    count = counts.get((target.job, target.instance))
    if count is None or count < 1:
        return None
    shortest, longest = HOUR / count, HOUR / max(count - 1, 1)
    return next((float(each) for each in USUAL if shortest <= each <= longest), shortest)
