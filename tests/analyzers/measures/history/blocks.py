"""Blocks of series, written by hand or drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analyzers.measures.decode.block import Block, tidy

DAY = 86_400_000
START = 1_790_000_000_000 // DAY * DAY


def block(series: Sequence[tuple[Mapping[str, str], Sequence[tuple[int, float]]]], step: int = 0) -> Block:
    """Return series given as ``(labels, [(milliseconds, value), ...])``."""
    flat = [each for _, samples in series for each in samples]
    found = tidy(
        [labels for labels, _ in series],
        [len(samples) for _, samples in series],
        np.array([moment for moment, _ in flat], np.int64),
        np.array([value for _, value in flat], np.float64),
        (0, START * 2),
        markers=False,
    )
    return replace(found, step=step)


def host(  # noqa: PLR0917 - what a host may be made of
    name: str = "web1",
    days: int = 21,
    minutes: int = 5,
    series: int = 6,
    trouble: Sequence[float] = (),
    batch: float = 6.0,
    seed: int = 0,
) -> Block:
    """Return series of one host: a day, a batch at six, and an hour of trouble at each of some days."""
    rng = np.random.default_rng(seed)
    points = days * 1440 // minutes
    at = START + np.arange(points, dtype=np.int64) * minutes * 60_000
    clock = (at % DAY) / 3_600_000
    usual = 2 + (clock > 8) + np.where((clock >= 6) & (clock < 6.5), batch, 0)
    for each in trouble:
        usual = usual + 12 * ((at >= START + each * DAY) & (at < START + each * DAY + 3_600_000))
    rows = [usual + rng.normal(0, 0.2, points) for _ in range(series)]
    return Block(
        start=int(at[0]),
        end=int(at[-1]),
        labels=tuple({"__name__": f"m{each}", "instance": f"{name}:9100", "job": "node"} for each in range(series)),
        offsets=np.arange(series + 1, dtype=np.int64) * points,
        timestamps=np.tile(at, series),
        values=np.concatenate(rows),
    )
