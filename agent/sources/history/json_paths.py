"""History through queries: raw selectors, which give samples as scraped, and range queries, which resample."""

from __future__ import annotations

from collections.abc import Iterator

from agent.sources.history.asking import Asker, unreadable
from agent.sources.history.port import Shard
from analyzers.measures.decode.block import Block
from analyzers.measures.decode.matrix import Matrix, UnreadableError, block_of, matrix

MOST_SAMPLES = 500_000
"""Of one answer: 10 MB of JSON."""

MOST_POINTS = 10_000
"""Of one series in a range query; servers refuse more than 11 000."""

DAY = 86_400_000


def raw_selectors(asker: Asker, shard: Shard) -> Block:
    """Return the samples of a shard as they were scraped.

    Raises
    ------
    NoAnswerError
        When one of its windows is not answered.
    """
    found = []
    for start, end in windows(shard, MOST_SAMPLES // max(1, shard.series)):
        # Some servers leave the left end of a range out: one millisecond more, and `tidy` trims.
        query = [("query", f"{shard.selector}[{end - start + 1}ms]"), ("time", _seconds(end))]
        body = asker.get("/api/v1/query", query, _expected(shard, start, end))
        found.append(_matrix(body))
    return block_of(found, (shard.start, shard.end))


def range_queries(asker: Asker, shard: Shard) -> Block:
    """Return the samples of a shard, resampled by the server on a grid of the shard's interval.

    Raises
    ------
    NoAnswerError
        When one of its windows is not answered.
    """
    step = max(1000, shard.interval)
    found = []
    for start, end in windows(shard, min(MOST_POINTS, MOST_SAMPLES // max(1, shard.series))):
        first = -(-start // step) * step
        if first > end:
            continue
        query = [
            ("query", shard.selector),
            ("start", _seconds(first)),
            ("end", _seconds(end)),
            ("step", _seconds(step)),
        ]
        found.append(_matrix(asker.get("/api/v1/query_range", query, _expected(shard, first, end))))
    return block_of(found, (shard.start, shard.end), step)


def windows(shard: Shard, points: int) -> Iterator[tuple[int, int]]:
    """Yield windows that together are the shard's, oldest first, of at most so many points a series.

    They end where whole days do, or whole hours, if they are long enough: servers and proxies cut and cache there.
    """
    length = max(1, points) * max(1, shard.interval)
    unit = next((each for each in (DAY, DAY // 24) if each <= length), 1)
    length -= length % unit
    start = shard.start
    while start <= shard.end:
        end = min(shard.end, (start // unit) * unit + length - 1)
        yield start, end
        start = end + 1


def _matrix(body: bytes) -> Matrix:
    try:
        return matrix(body)
    except UnreadableError as error:
        raise unreadable(error) from error


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}"


def _expected(shard: Shard, start: int, end: int) -> int:
    return max(1, shard.samples * (end - start + 1) // max(1, shard.end - shard.start + 1))
