from __future__ import annotations

import selectors
import socket
from contextlib import closing

import pytest

from agent.daemon.http_message import plain
from agent.daemon.http_server import Exchange, Server


def handle(exchange: Exchange) -> None:
    """Answer, but for one page."""
    if exchange.request.path == "/broken":
        raise KeyError(exchange.request.path)
    exchange.reply(plain(200, "here"))


def test_a_page_that_fails_is_answered_and_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with selectors.DefaultSelector() as selector, closing(Server(selector, handle)) as server:
        (port,) = server.listen("127.0.0.1", 0)

        def get(path: str) -> bytes:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                for _ in range(10):
                    for key, events in selector.select(0.2):
                        key.data(events)
                    if not len(server) and server.requests:
                        break
                return client.makefile("rb").read()

        assert get("/broken").startswith(b"HTTP/1.1 500 ")
        assert get("/whole").endswith(b"here\n")
    assert "KeyError" in capsys.readouterr().err
