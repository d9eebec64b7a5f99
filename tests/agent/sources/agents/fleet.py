"""A small fleet to ask: snapshots as agents serve them, one a path of one server."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from agent.snapshot_file import canonical
from agent.sources.agents.places import Places, given
from analyzers.model.facts import Host
from analyzers.model.snapshot import Snapshot
from tests import builders as b
from tests.fake_http import Asked, Reply, Server, Speak, serve

NOW = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)


def machine(name: str = "web1", *addresses: str, **fields: object) -> Host:
    """Return a host that was just read."""
    given = {"id": f"id-of-{name}", "addresses": addresses or ("10.0.0.1",), "collected_at": NOW} | fields
    return b.host(name, **given)


def snapshot(host: Host, **fields: object) -> Snapshot:
    """Return what the agent of a host says."""
    return replace(b.snapshot(host), **({"taken_at": NOW} | fields))


def served(host: Host, **fields: object) -> Reply:
    """Return how an agent answers: canonical JSON in gzip."""
    body = gzip.compress(canonical(snapshot(host, **fields)))
    return Reply(body=body, headers={"Content-Encoding": "gzip"})


@contextlib.contextmanager
def fleet(answers: Mapping[str, Reply | Speak]) -> Iterator[Server]:
    """Serve ``/NAME/snapshot`` for each name."""

    def answer(asked: Asked) -> Reply | Speak:
        _, name, path = (*asked.path.split("/", 2), "")[:3]
        return answers[name] if path == "snapshot" else Reply(status=404)

    with serve(answer) as server:
        yield server


def places(server: Server, *names: str) -> Places:
    """Return the places of agents of such a server."""
    return given([f"{server.url}/{name}" for name in names]).places(None)
