"""Times without samples, and whose they are: the server's, an exporter's, or a target's that was gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analyzers.measures.anomaly.arrays import Mask
from analyzers.measures.anomaly.faults import runs
from analyzers.measures.decode.block import Block
from analyzers.measures.history.grid import Grid, gauge_row
from analyzers.measures.history.moments import moment
from analyzers.model.history import Gap, Whose

SHORTEST_STEPS = 2
"""One step without a sample is a scrape that came late."""

TOGETHER = 0.9
"""Share of the targets whose common silence is the server's."""

NAMED = 5
"""Targets named for a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """The series ``up`` of one target on a grid: where it was scraped, and where the scrape succeeded."""

    labels: Mapping[str, str]
    scraped: Mask
    succeeded: Mask

    @property
    def name(self) -> str:
        """Return its job and instance."""
        return f"{self.labels.get('job', '')}/{self.labels.get('instance', '')}"


def presences(block: Block, grid: Grid) -> tuple[Presence, ...] | None:
    """Return where each target was scraped, from the series ``up``; None of resampled ones, whose gaps are filled."""
    if block.step:
        return None
    found = []
    for each in block:
        row = gauge_row(each.timestamps, each.values, grid)
        scraped = np.isfinite(row)
        found.append(Presence(labels=each.labels, scraped=scraped, succeeded=scraped & (row > 0)))
    return tuple(found)


def attributed(targets: Sequence[Presence], grid: Grid) -> tuple[Gap, ...]:
    """Return the gaps of two steps and more, in order of time.

    The server is down where nearly all targets that were there before and come back after are silent together; a
    single target cannot tell its own absence from the server's. A target that came or went is no gap.
    """
    if not targets:
        return ()
    alive = np.array([_span(each.scraped) for each in targets])
    scraped = np.array([each.scraped for each in targets])
    expected = alive.sum(axis=0)
    silent = (alive & ~scraped).sum(axis=0)
    down = (silent >= TOGETHER * expected) & (expected > 0) & (silent > (1 if len(targets) > 1 else 0))
    if len(targets) == 1:
        down[:] = False
    found = [_gap("prometheus", first, last, grid, [each.name for each in targets]) for first, last in _long(down)]
    by_moment: dict[tuple[Whose, int, int], list[str]] = {}
    for each, present in zip(targets, alive, strict=True):
        for first, last in _long(present & ~each.scraped & ~down):
            by_moment.setdefault(("target", first, last), []).append(each.name)
        for first, last in _long(each.scraped & ~each.succeeded):
            by_moment.setdefault(("exporter", first, last), []).append(each.name)
    found += [_gap(whose, first, last, grid, names) for (whose, first, last), names in by_moment.items()]
    return tuple(sorted(found, key=lambda each: (each.start, each.whose, each.targets)))


def _span(scraped: Mask) -> Mask:
    """Return the time between the first and the last scrape."""
    found = np.zeros(len(scraped), dtype=np.bool_)
    known = np.flatnonzero(scraped)
    if len(known):
        found[known[0] : known[-1] + 1] = True
    return found


def _long(where: Mask) -> list[tuple[int, int]]:
    return [(first, last) for first, last in runs(where) if last - first + 1 >= SHORTEST_STEPS]


def _gap(whose: Whose, first: int, last: int, grid: Grid, names: Sequence[str]) -> Gap:
    return Gap(
        whose=whose,
        start=moment(grid.start + first * grid.step),
        end=moment(grid.start + (last + 1) * grid.step),
        targets=tuple(sorted(names)[:NAMED]),
        count=len(names),
    )
