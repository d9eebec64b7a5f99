"""Is there a Prometheus on this machine? Only one that speaks its API is taken, and quickly."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.sources.prometheus.local import USUAL_URL, find_local
from tests import servers
from tests.agent.sources.recordings import replay
from tests.fake_http import Asked, Reply, Speak, serve, speak


def test_the_usual_place() -> None:
    assert USUAL_URL == "http://localhost:9090"


@pytest.mark.parametrize("name", ["prometheus", "victoria_metrics", "mimir", "thanos"])
def test_whatever_speaks_the_api_is_taken(name: str) -> None:
    with serve(replay(name)) as server:
        found = find_local(server.url)
    assert found is not None
    assert (found.url, found.http_config) == (server.url, None)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Reply(body=b"<html>cockpit</html>", content_type="text/html"),
        Reply(body=b'{"status":"ok"}'),
        Reply(status=404),
        Reply(status=401),
        Reply(status=503),
        Reply(body=(bytes(1 << 20) for _ in range(50))),
        speak(then="hang"),
        speak(*[b"H"] * 100, pause=0.05),
        speak(b"SSH-2.0\r\n"),
    ],
)
def test_something_else_that_listens_is_not_taken(answer: Callable[[Asked], Reply | Speak] | Reply) -> None:
    began = time.monotonic()
    with serve(answer) as server:
        assert find_local(server.url) is None
    assert time.monotonic() - began < 2
    assert len(server.asked) <= 1


def test_nobody_listens() -> None:
    began = time.monotonic()
    assert find_local(f"http://127.0.0.1:{servers.free_port()}") is None
    assert time.monotonic() - began < 1


@pytest.mark.prometheus
def test_a_real_one_is_taken(tmp_path: Path) -> None:
    with servers.prometheus(tmp_path) as server:
        assert find_local(server.url) is not None
