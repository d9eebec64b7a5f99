"""History through remote read: a Prometheus, or a Mimir, sends its chunks as they are, and hardly works for it.

See https://prometheus.io/docs/prometheus/latest/querying/remote_read_api/.
"""

from __future__ import annotations

import contextlib

from agent.sources.failures import NoAnswerError
from agent.sources.history.asking import Asker, answered, unreadable
from agent.sources.history.port import Shard
from agent.sources.prometheus.answers import Config
from agent.sources.prometheus.translate import external_labels
from analyzers.measures.decode.block import Block
from analyzers.measures.decode.chunked import block_of_chunks
from analyzers.measures.decode.matrix import UnreadableError
from analyzers.measures.decode.protobuf import read_request, snappy

PATH = "/api/v1/read"
STREAMED = "application/x-streamed-protobuf"
_HEADERS = (
    ("Content-Type", "application/x-protobuf"),
    ("Content-Encoding", "snappy"),
    ("X-Prometheus-Remote-Read-Version", "0.1.0"),
)
_REFUSED = frozenset({400, 403, 404, 405, 415, 501})


def works(asker: Asker) -> bool:
    """Tell whether a server streams chunks."""
    return answered(_ask, asker, _REFUSED)


def remote_read(asker: Asker, shard: Shard) -> Block:
    """Return the samples of a shard as they were scraped, with stale markers.

    Raises
    ------
    NoAnswerError
        When there is no whole answer, or one that is not what its checksums say.
    """
    body = _ask(asker, shard)
    try:
        return block_of_chunks(body, (shard.start, shard.end), _external(asker))
    except UnreadableError as error:
        raise unreadable(error) from error


def _ask(asker: Asker, shard: Shard) -> bytes:
    matchers = [(each.name, each.operator, each.value) for each in shard.every]
    body = snappy(read_request(matchers, shard.start, shard.end))
    with asker.stream("POST", PATH, headers=_HEADERS, body=body, samples=shard.samples) as (headers, chunks):
        kind = headers.get("content-type", "")
        if not kind.startswith(STREAMED):
            raise NoAnswerError(reason="unreadable", detail=f"it answers {kind[:60] or 'nothing'}, not streamed chunks")
        return b"".join(chunks)


def _external(asker: Asker) -> dict[str, str]:
    """Return the labels that the server adds to all series here, and nowhere else; asked once."""
    if asker.external is None:
        asker.external = {}
        with contextlib.suppress(NoAnswerError):
            config = asker.client.ask("/api/v1/status/config", Config).data
            asker.external = external_labels(config.yaml) if config is not None else {}
    return asker.external
