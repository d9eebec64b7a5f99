"""Metric history held in memory, behind the port that servers, stores and archives have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agent.sources.failures import NoAnswerError
from agent.sources.history import plan
from agent.sources.history.port import Matcher, Shard, Spent, selects
from analyzers.measures.decode.block import Block, tidy

Samples = Sequence[tuple[int, float]]


@dataclass(frozen=True)
class FakeHistory:
    """Series given as ``(labels, [(milliseconds, value), ...])``; it is its own opener.

    Attributes
    ----------
    failing
        Selectors of shards that raise, by the reason.
    """

    series: Sequence[tuple[Mapping[str, str], Samples]] = ()
    interval: int = 60_000
    failing: Mapping[str, NoAnswerError] = field(default_factory=dict)
    name: str = "memory"
    where: str = "memory"
    spent: Spent = field(default_factory=Spent)

    def open(self) -> FakeHistory:
        return self

    def shards(self, matchers: tuple[Matcher, ...], start: int, end: int) -> Iterator[Shard]:
        whole = Shard(matchers=matchers, start=start, end=end, interval=self.interval)
        return plan.shards([labels for labels, _ in self.series if selects(matchers, labels)], whole)

    def read(self, shard: Shard) -> Iterator[Block]:
        if shard.selector in self.failing:
            raise self.failing[shard.selector]
        kept = [each for each in self.series if selects(shard.every, each[0])]
        flat = [sample for _, samples in kept for sample in samples]
        yield tidy(
            [labels for labels, _ in kept],
            [len(samples) for _, samples in kept],
            np.array([moment for moment, _ in flat], np.int64),
            np.array([value for _, value in flat], np.float64),
            (shard.start, shard.end),
            markers=True,
        )

    def close(self) -> None:
        pass
