"""History through the export of VictoriaMetrics: samples as they were scraped, a JSON line a series.

See https://docs.victoriametrics.com/#how-to-export-data-in-json-line-format.
"""

from __future__ import annotations

from agent.sources.failures import NoAnswerError
from agent.sources.history.asking import Asker, answered, unreadable
from agent.sources.history.port import Shard
from analyzers.measures.decode.block import Block
from analyzers.measures.decode.export import block_of_lines
from analyzers.measures.decode.matrix import UnreadableError

PATH = "/api/v1/export"
_REFUSED = frozenset({400, 403, 404, 405, 501})


def works(asker: Asker) -> bool:
    """Tell whether a server exports."""
    return answered(_ask, asker, _REFUSED)


def export(asker: Asker, shard: Shard) -> Block:
    """Return the samples of a shard.

    Raises
    ------
    NoAnswerError
        When there is no whole answer.
    """
    try:
        return block_of_lines(_ask(asker, shard), (shard.start, shard.end))
    except UnreadableError as error:
        raise unreadable(error) from error


def _ask(asker: Asker, shard: Shard) -> bytes:
    moments = [("start", f"{shard.start / 1000:.3f}"), ("end", f"{shard.end / 1000:.3f}")]
    body = asker.get(PATH, [("match[]", shard.selector), *moments], shard.samples)
    if body[:1] not in {b"", b"{"}:
        raise NoAnswerError(reason="unreadable", detail="it answers something else than JSON lines")
    return body
