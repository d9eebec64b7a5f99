"""Reading a long history: shard after shard on an executor, and of each only the small result comes back."""

from __future__ import annotations

import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from agent.progress import Advance
from agent.sources.failures import NoAnswerError
from agent.sources.history.asking import LIMITS, Asker
from agent.sources.history.port import Shard, Source, Spent
from agent.sources.history.server import HistoryServer, opened
from agent.sources.http import connect
from analyzers.measures.decode.block import Block, Incomplete
from analyzers.model.context import Endpoint

R = TypeVar("R")

OUTSTANDING = 4
"""Shards handed out and not finished: enough to keep workers busy, few enough to stop at once."""


class Opener(Protocol):
    """How to open a source, in this process or in another one: it is sent to workers, and holds no secret."""

    def open(self) -> Source:
        """Open the source.

        Raises
        ------
        NoAnswerError
            When it cannot be opened.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAt:
    """A server; files that ``http_config`` names must be readable where it is opened.

    Attributes
    ----------
    folder
        What relative paths of ``http_config`` are relative to.
    option
        The option or key that holds the address, for the error line.
    back_end
        As in `opened`.
    """

    endpoint: Endpoint
    folder: Path = Path()
    option: str = "--prometheus"
    back_end: str | None = None

    def open(self) -> HistoryServer:
        """Open it; see `Opener`."""
        return opened(Asker(connect(self.endpoint, self.folder, self.option, LIMITS)), self.back_end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[R]):
    """What became of a shard.

    Attributes
    ----------
    results
        What the function made of each block; empty when nothing was read.
    incomplete
        Why samples of the shard may be missing; empty when all were read.
    series, samples, histograms
        How many were read, and how many series were left out as native histograms.
    """

    shard: Shard
    results: tuple[R, ...] = ()
    incomplete: tuple[Incomplete, ...] = ()
    series: int = 0
    samples: int = 0
    histograms: int = 0


def read_shards(
    opener: Opener,
    shards: Sequence[Shard],
    make: Callable[[Block], R],
    executor: Executor,
    *,
    outstanding: int = OUTSTANDING,
    progress: Advance = lambda _done, _total: None,
) -> Iterator[Outcome[R]]:
    """Yield what became of each shard, in their order.

    A worker opens the source itself, reads its shard and keeps nothing: memory does not grow with the number of series.

    Parameters
    ----------
    make
        A pure function at the top of a module, or a `functools.partial` of one; its result should be small.
    progress
        Called with how many series are done, of how many.
    """
    tasks = [((each,), partial(_each, make)) for each in shards]
    return _outcomes(opener, tasks, executor, outstanding, progress)


def read_groups(
    opener: Opener,
    groups: Sequence[tuple[tuple[Shard, ...], Callable[[Iterator[Block]], R]]],
    executor: Executor,
    *,
    outstanding: int = OUTSTANDING,
    progress: Advance = lambda _done, _total: None,
) -> Iterator[Outcome[R]]:
    """Yield what became of each group of shards, in their order: one result of all its blocks.

    Parameters
    ----------
    groups
        The shards of a group, one at least, and what is made of their blocks, which come one by one; see `read_shards`.
    """
    tasks = [(shards, partial(_one, make)) for shards, make in groups]
    return _outcomes(opener, tasks, executor, outstanding, progress)


def _each(make: Callable[[Block], R], blocks: Iterator[Block]) -> tuple[R, ...]:
    return tuple(map(make, blocks))


def _one(make: Callable[[Iterator[Block]], R], blocks: Iterator[Block]) -> tuple[R, ...]:
    return (make(blocks),)


def _outcomes(
    opener: Opener,
    tasks: Sequence[tuple[tuple[Shard, ...], Callable[[Iterator[Block]], tuple[R, ...]]]],
    executor: Executor,
    outstanding: int,
    progress: Advance,
) -> Iterator[Outcome[R]]:
    total = sum(_size(shards) for shards, _ in tasks)
    done = 0
    waiting: deque[tuple[tuple[Shard, ...], Future[Outcome[R]]]] = deque()
    left = iter(tasks)
    progress(done, total)
    try:
        while True:
            for shards, make in islice(left, outstanding - len(waiting)):
                waiting.append((shards, executor.submit(_read, opener, shards, make)))
            if not waiting:
                return
            shards, future = waiting.popleft()
            yield _result(shards, future)
            done += _size(shards)
            progress(done, total)
    finally:
        for _, future in waiting:
            future.cancel()


def _size(shards: tuple[Shard, ...]) -> int:
    return sum(max(1, each.series) for each in shards)


def _result(shards: tuple[Shard, ...], future: Future[Outcome[R]]) -> Outcome[R]:
    try:
        return future.result()
    except Exception as error:
        if not isinstance(error, BrokenExecutor | CancelledError) and not _of_cluster(error):
            raise
        lost = Incomplete(reason="unreachable", detail=f"the worker that read it ended ({type(error).__name__})")
        return Outcome(shard=shards[0], incomplete=(lost,))


def _of_cluster(error: Exception) -> bool:
    """Tell whether an exception is about the cluster, not about the work: a killed worker, a lost scheduler."""
    return type(error).__module__.partition(".")[0] == "distributed"


def _read(opener: Opener, shards: tuple[Shard, ...], make: Callable[[Iterator[Block]], tuple[R, ...]]) -> Outcome[R]:
    """Read shards, where the executor runs it."""
    incomplete: dict[Incomplete, None] = {}
    series = samples = histograms = 0

    def blocks() -> Iterator[Block]:
        nonlocal series, samples, histograms
        for shard in shards:
            try:
                for block in _opened(opener).read(shard):
                    incomplete.update(dict.fromkeys(block.incomplete))
                    series += len(block)
                    samples += block.samples
                    histograms += block.histograms
                    yield block
            except NoAnswerError as error:
                incomplete[Incomplete(reason=error.reason, detail=error.detail)] = None

    results = make(blocks())
    return Outcome(
        shard=shards[0],
        results=results,
        incomplete=tuple(incomplete),
        series=series,
        samples=samples,
        histograms=histograms,
    )


_sources: dict[bytes, Source] = {}
_opening = threading.Lock()


def _opened(opener: Opener) -> Source:
    """Return the source of this process; it is probed once, and keeps its connections and its load guard."""
    key = pickle.dumps(opener)
    with _opening:
        if key not in _sources:
            _sources[key] = opener.open()
        return _sources[key]


def close_sources() -> Spent:
    """Close what tasks opened in this process, and return what it cost."""
    total = Spent()
    with _opening:
        for each in _sources.values():
            spent = each.spent
            total.requests, total.bytes = total.requests + spent.requests, total.bytes + spent.bytes
            each.close()
        _sources.clear()
    return total
