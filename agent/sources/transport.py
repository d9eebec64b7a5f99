"""One connection to one server: a request out, an answer in, everything cut at a deadline."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import urllib3.exceptions
from urllib3 import BaseHTTPResponse, HTTPHeaderDict
from urllib3.connection import HTTPConnection, HTTPSConnection

from agent.sources.address import Address
from agent.sources.failures import NoAnswerError, of_exception

CHUNK_BYTES = 1 << 16

_RAISED = (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError, UnicodeError)
"""What sockets, TLS, the HTTP parser and urllib3 raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may take: seconds to connect, seconds of silence, seconds in all, bytes of body."""

    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    total_seconds: float = 60.0
    body_bytes: int = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request line, its headers and its body; never shown, for its headers hold secrets."""

    method: str
    target: str
    headers: HTTPHeaderDict
    body: bytes | None = None

    def __repr__(self) -> str:
        return f"Request({self.method} {self.target})"


class Line:
    """A connection that stays open between requests, for one thread at a time."""

    def __init__(self, address: Address, tls: ssl.SSLContext | None, server_name: str | None = None) -> None:
        self.address = address
        self._connection: HTTPConnection
        if tls is None:
            self._connection = HTTPConnection(address.host, address.port)
        else:
            self._connection = HTTPSConnection(address.host, address.port, ssl_context=tls, server_hostname=server_name)
        self._socket: socket.socket | None = None

    def send(self, request: Request, end: float, limits: Limits) -> BaseHTTPResponse:
        """Send a request, and return its answer once the headers are there; `end` is a moment of ``time.monotonic``.

        Raises
        ------
        NoAnswerError
            When there is no answer, or none in time.
        """
        response: BaseHTTPResponse | None = None
        try:
            with self._watched(end, limits.read_seconds):
                self._connect(end, limits)
                self._ask(request, min(limits.read_seconds, _left(end)))
                response = self._connection.getresponse()
        except NoAnswerError:
            if response is not None:
                response.close()
            raise
        return response

    def read(self, response: BaseHTTPResponse, end: float, limit: int) -> Iterator[bytes]:
        """Yield the body as it comes.

        Raises
        ------
        NoAnswerError
            When the body is cut short, too long, or not there in time.
        """
        told = response.headers.get("Content-Length", "")
        if told.isdigit() and int(told) > limit:
            raise _too_long(limit)
        got = 0
        with self._watched(end, _left(end)):
            while chunk := response.read1(CHUNK_BYTES, decode_content=False):
                got += len(chunk)
                if got > limit:
                    raise _too_long(limit)
                if time.monotonic() > end:
                    raise TimeoutError
                yield chunk

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._connection.close()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self, end: float, limits: Limits) -> None:
        if self._connection.sock is not None and not self._connection.is_connected:
            self.close()
        if self._connection.sock is None:
            self._connection.timeout = min(limits.connect_seconds, _left(end))
            self._connection.connect()
            self._socket = self._connection.sock

    def _ask(self, request: Request, wait: float) -> None:
        self._connection.timeout = wait
        assert self._socket is not None
        self._socket.settimeout(wait)
        self._connection.request(
            request.method,
            request.target,
            request.body,
            request.headers,
            preload_content=False,
            decode_content=False,
        )

    @contextlib.contextmanager
    def _watched(self, end: float, seconds: float) -> Iterator[None]:
        """Shut the socket when time is up, whatever drips through it, and turn exceptions into one kind.

        A time-out of a socket starts again with each byte: alone it would let a slow answer last for ever.
        """
        late = threading.Event()

        def cut() -> None:
            late.set()
            sock = self._socket or self._connection.sock
            if sock is not None:
                with contextlib.suppress(OSError):
                    # Not SSLSocket's own shutdown, which takes TLS away under the thread that reads.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

        watchdog = threading.Timer(max(0.0, min(seconds, end - time.monotonic())), cut)
        watchdog.daemon = True
        watchdog.start()
        caught: Exception | None = None
        try:
            yield
        except _RAISED as error:
            caught = error
        except BaseException:
            self.close()
            raise
        finally:
            watchdog.cancel()
        # The HTTP parser takes a socket that was shut for the end of headers or of chunks: no exception then.
        if late.is_set() or caught is not None:
            self.close()
            why = TimeoutError() if late.is_set() or caught is None else caught
            raise of_exception(why, self.address.authority) from caught


def _left(end: float) -> float:
    """Return the seconds before a moment; a socket takes 0 for "do not wait", hence never less than a millisecond."""
    return max(0.001, end - time.monotonic())


def _too_long(limit: int) -> NoAnswerError:
    return NoAnswerError(
        reason="budget_exhausted", detail=f"the answer is longer than {limit >> 20} MiB: it was cut and not used"
    )
