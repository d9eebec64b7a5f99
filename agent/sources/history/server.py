"""A server that holds history: which ways to read it has, its shards, and their blocks."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.sources.failures import NoAnswerError
from agent.sources.history import plan, remote_read, victoria
from agent.sources.history.asking import Asker, StoppedError
from agent.sources.history.json_paths import range_queries, raw_selectors
from agent.sources.history.port import Matcher, Shard, Spent
from agent.sources.json_answer import MOST_WORDS, decode
from agent.sources.prometheus.answers import Envelope
from agent.sources.redact import redact
from analyzers.measures.decode.block import Block, Incomplete, joined

HOUR = 3_600_000
USUAL_INTERVAL = 15_000
"""Milliseconds assumed between two samples where the server does not say: short, so that shards stay small."""

MOST_HALVINGS = 8

Way = Callable[[Asker, Shard], Block]


@dataclass(frozen=True, slots=True)
class BackEnd:
    """A way to read history.

    Attributes
    ----------
    read
        Gives the block of a shard, or raises NoAnswerError.
    works
        Tells whether a server has this way; asked once.
    """

    name: str
    read: Way
    works: Callable[[Asker], bool]


def _queries_work(asker: Asker) -> bool:
    asker.client.query("1", None, seconds=10.0)
    return True


BACK_ENDS: tuple[BackEnd, ...] = (
    BackEnd("remote read", remote_read.remote_read, remote_read.works),
    BackEnd("export", victoria.export, victoria.works),
    BackEnd("raw selectors", raw_selectors, _queries_work),
    BackEnd("range queries", range_queries, _queries_work),
)
"""The first that works is taken: those that cost the server least lead. The last ones work, or raise."""


class HistoryServer:
    """Metric history behind an HTTP API, read in one way; see `opened`."""

    def __init__(self, asker: Asker, back_end: BackEnd) -> None:
        self._asker = asker
        self._back_end = back_end
        self.name = back_end.name
        self.where = asker.http.address.url

    @property
    def spent(self) -> Spent:
        """What it cost so far."""
        spent = self._asker.http.spent
        return Spent(requests=spent.requests, bytes=spent.bytes)

    def shards(self, matchers: tuple[Matcher, ...], start: int, end: int) -> Iterator[Shard]:
        """Yield shards; see `Source`."""
        whole = Shard(matchers=matchers, start=start, end=end)
        parameters = [("match[]", whole.selector), ("start", f"{start / 1000:.3f}"), ("end", f"{end / 1000:.3f}")]
        body = self._asker.get("/api/v1/series", parameters, 1)
        envelope = decode(body, Envelope[tuple[dict[str, str], ...]])
        if envelope.status != "success":
            raise NoAnswerError(reason="unreadable", detail=f"it lists no series: {redact(envelope.error, MOST_WORDS)}")
        found = envelope.data or ()
        yield from plan.shards(found, replace(whole, interval=self._interval(found, end)))

    def _interval(self, found: Sequence[Mapping[str, str]], end: int) -> int:
        """Return the milliseconds between two samples of some of the series: of those that have the most."""
        counted = [0.0]
        for labels in {each: found[each] for each in (0, len(found) // 2, len(found) - 1) if found}.values():
            matchers = ",".join(str(Matcher(name, "=", value)) for name, value in labels.items())
            query = f"count_over_time({{{matchers}}}[1h])"
            with contextlib.suppress(NoAnswerError):
                answer = self._asker.client.query(query, dt.datetime.fromtimestamp(end / 1000, dt.UTC), seconds=10.0)
                counted += [each.value or 0.0 for each in answer.samples]
        return int(HOUR / max(counted)) if max(counted) > 1 else USUAL_INTERVAL

    def read(self, shard: Shard) -> Iterator[Block]:
        """Yield blocks; see `Source`. What proves too much for the server is asked again by halves."""
        yield from self._read(shard, MOST_HALVINGS)

    def _read(self, shard: Shard, halvings: int) -> Iterator[Block]:
        try:
            block = self._back_end.read(self._asker, shard)
        except StoppedError:
            raise
        except NoAnswerError as error:
            if error.reason not in {"budget_exhausted", "timed_out"} or not halvings:
                raise
            halves = shard.halves()
            if halves is not None:
                for half in halves:
                    yield from self._read(half, halvings - 1)
                return
            block = self._in_time(shard, error, halvings - 1)
        if not len(block) and shard.series and not block.histograms:
            nothing = Incomplete(reason="partial", detail=f"none of {shard.series} series that it lists was sent")
            block = replace(block, incomplete=(*block.incomplete, nothing))
        if len(block) or block.incomplete or block.histograms:
            yield block

    def _in_time(self, shard: Shard, error: NoAnswerError, halvings: int) -> Block:
        """Return a shard that cannot be cut by series any more, read in two windows."""
        middle = (shard.start + shard.end) // 2
        if middle <= shard.start or middle - shard.start < shard.interval:
            raise error
        parts = []
        for start, end in ((shard.start, middle), (middle + 1, shard.end)):
            part = replace(shard, start=start, end=end)
            parts += list(self._read(part, halvings))
        return joined(parts)

    def close(self) -> None:
        """Close the connections."""
        self._asker.http.close()


def opened(asker: Asker, name: str | None = None) -> HistoryServer:
    """Return a server, read in the first way that works: up to a request each.

    Parameters
    ----------
    name
        The back-end to use; nothing is tried then.

    Raises
    ------
    NoAnswerError
        When no back-end works.
    """
    try:
        chosen = next(each for each in BACK_ENDS if (each.works(asker) if name is None else each.name == name))
    except NoAnswerError:
        asker.http.close()
        raise
    return HistoryServer(asker, chosen)
