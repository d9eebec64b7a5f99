"""History of one host in the store that its agent keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.input_file import read_bounded
from agent.sources.history import plan
from agent.sources.history.port import Matcher, Shard, Spent, selects
from analyzers.measures.decode.block import Block
from analyzers.measures.decode.stored import block_of_store, labels_in_store

MOST_STORE_BYTES = 128 << 20
STORE_INTERVAL = 15_000
MOST_SAMPLES = 4_000_000
"""Of a shard of a store: each reads the whole file again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAt:
    """The store of an agent.

    Attributes
    ----------
    instance
        The name of its host; empty leaves the label out.
    """

    path: Path
    instance: str = ""

    def open(self) -> StoreHistory:
        """Open it.

        Raises
        ------
        UsageError
            When the file cannot be read.
        """
        return StoreHistory(str(self.path), read_bounded(self.path, MOST_STORE_BYTES), self.instance)


class StoreHistory:
    """The bytes of an agent's store; see `Source`."""

    name = "agent store"

    def __init__(self, where: str, data: bytes, instance: str = "") -> None:
        self.where = where
        self.spent = Spent(bytes=len(data))
        self._data = data
        self._instance = instance

    def shards(self, matchers: tuple[Matcher, ...], start: int, end: int) -> Iterator[Shard]:
        """Yield shards; see `Source`."""
        whole = Shard(matchers=matchers, start=start, end=end, interval=STORE_INTERVAL)
        found = [each for each in labels_in_store(self._data, self._instance) if selects(matchers, each)]
        yield from plan.shards(found, whole, most_samples=MOST_SAMPLES)

    def read(self, shard: Shard) -> Iterator[Block]:
        """Yield the block of a shard; see `Source`."""
        matchers, window = shard.every, (shard.start, shard.end)
        yield block_of_store(self._data, lambda labels: selects(matchers, labels), window, self._instance)

    def close(self) -> None:
        """Let go of the bytes."""
        self._data = b""
