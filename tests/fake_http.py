"""A small HTTP server in a thread, for what no real server does on demand: refusals, lies, drips, floods.

Use::

    with fake_http.serve(lambda asked: Reply(body=b"{}")) as server:
        ...  # server.url, server.asked
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer.

    Attributes
    ----------
    body
        Whole, or parts sent one by one: then chunked, unless `length` is given.
    length
        A Content-Length to pretend.
    pause
        Seconds before each part.
    cut
        Close the connection after the body, which ends it without the last chunk.
    """

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    length: int | None = None
    pause: float = 0.0
    cut: bool = False


Speak = Callable[[socket.socket, threading.Event], None]
"""Takes the socket over once the request was read; ends soon after the event is set."""


class Server(ThreadingHTTPServer):
    """Listens on a free loopback port; `asked` is what came so far."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Callable[[Asked], Reply | Speak], tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.tls = tls
        self.asked: list[Asked] = []
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.tls is None:
            return connection, address
        return self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients under test hang up in the middle of answers."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle_request(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers)
        self.rfile.read(int(headers.get("content-length", 0)))
        self.server.asked.append(asked)
        reply = self.server.answer(asked)
        if not isinstance(reply, Reply):
            self.close_connection = True
            reply(self.connection, self.server.closing)
            return
        self._send(reply)

    do_GET = do_POST = handle_request  # noqa: N815 - the names that http.server looks for

    def _send(self, reply: Reply) -> None:
        parts = [reply.body] if isinstance(reply.body, bytes) else reply.body
        chunked = not isinstance(reply.body, bytes) and reply.length is None
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            known = len(reply.body) if isinstance(reply.body, bytes) else 0
            self.send_header("Content-Length", str(reply.length if reply.length is not None else known))
        self.end_headers()
        for part in parts:
            if self.server.closing.wait(reply.pause):
                break
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part)
        if reply.cut:
            self.close_connection = True
        elif chunked:
            self.wfile.write(b"0\r\n\r\n")


@contextlib.contextmanager
def serve(answer: Callable[[Asked], Reply | Speak] | Reply, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run a server that gives one reply, or what a function of the request says."""
    server = Server((lambda _: answer) if isinstance(answer, Reply) else answer, tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def speak(*parts: bytes, pause: float = 0.0, then: str = "close") -> Callable[[Asked], Speak]:
    """Return an answer of raw bytes, part by part; `then`: "close", "hang" until the end of the test, or "reset"."""

    def talk(connection: socket.socket, closing: threading.Event) -> None:
        for part in parts:
            if closing.wait(pause):
                return
            connection.sendall(part)
        if then == "hang":
            closing.wait()
        elif then == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()

    return lambda _: talk


def forever(part: bytes, seconds: float = 20.0) -> Iterator[bytes]:
    """Yield the same bytes again and again, for a bounded time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield part
