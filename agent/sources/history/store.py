"""History of hosts in the stores that their agents keep, a file each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.errors import UsageError
from agent.input_file import read_bounded
from agent.sources.failures import NoAnswerError
from agent.sources.history import plan
from agent.sources.history.port import Matcher, Shard, Spent, selects
from analyzers.measures.decode.agent_frames import MAGIC
from analyzers.measures.decode.block import Block
from analyzers.measures.decode.stored import block_of_store, labels_in_store
from analyzers.model.message import N_, message

MOST_STORE_BYTES = 128 << 20
STORE_INTERVAL = 15_000
MOST_SAMPLES = 4_000_000
"""Of a shard of a store: each reads the whole file again."""

NOT_A_STORE = message(N_("not the history that an agent keeps"))
GIVE_STORE = message(N_("give the file history.store of its state folder"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoresAt:
    """Stores of agents.

    Attributes
    ----------
    stores
        A file and the ``instance`` of its host each; an empty one leaves the label out, and stands alone.
    where
        What they are called together; the path of the first by default.
    requests
        Made to fetch them.
    """

    stores: tuple[tuple[Path, str], ...]
    where: str = ""
    requests: int = 0

    def open(self) -> StoreHistory:
        """Open them.

        Raises
        ------
        NoAnswerError
            When there is none, or one cannot be read or is no store.
        """
        if not self.stores:
            raise NoAnswerError(reason="no_source", detail="no agent gave its history")
        for path, _ in self.stores:
            try:
                stored(path)
            except UsageError as error:
                raise NoAnswerError(reason="unreadable", detail=error.line()) from None
        return StoreHistory(self.where or str(self.stores[0][0]), {name: path for path, name in self.stores})


def stored(path: Path) -> bytes:
    """Return the bytes of a store.

    Raises
    ------
    UsageError
        When it cannot be read, or is none.
    """
    data = read_bounded(path, MOST_STORE_BYTES)
    if not data.startswith(MAGIC):
        raise UsageError(NOT_A_STORE, str(path), GIVE_STORE)
    return data


class StoreHistory:
    """The files of agents' stores, read again for each shard: memory holds one; see `Source`."""

    name = "agent store"

    def __init__(self, where: str, paths: Mapping[str, Path]) -> None:
        self.where = where
        self.spent = Spent()
        self._paths = paths

    def shards(self, matchers: tuple[Matcher, ...], start: int, end: int) -> Iterator[Shard]:
        """Yield shards, each of one host; see `Source`."""
        for instance, path in self._paths.items():
            subsets = (("instance", (instance,)),) if instance else ()
            whole = Shard(matchers=matchers, start=start, end=end, interval=STORE_INTERVAL, subsets=subsets)
            found = [each for each in labels_in_store(self._data(path), instance) if selects(matchers, each)]
            yield from plan.shards(found, whole, most_samples=MOST_SAMPLES)

    def read(self, shard: Shard) -> Iterator[Block]:
        """Yield the block of a shard; see `Source`."""
        instance = next((values[0] for name, values in shard.subsets if name == "instance"), "")
        matchers, window = shard.every, (shard.start, shard.end)
        data = self._data(self._paths[instance])
        yield block_of_store(data, lambda labels: selects(matchers, labels), window, instance)

    def close(self) -> None:
        """Close nothing."""

    def _data(self, path: Path) -> bytes:
        try:
            data = stored(path)
        except UsageError as error:
            raise NoAnswerError(reason="unreadable", detail=error.line()) from None
        self.spent.bytes += len(data)
        return data
