"""A client for one server: its address, the way in, retries, redirects, and an account of what it cost.

Credentials go to that server and to no other; nothing of them is ever logged or put into an error.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from ssl import CERT_NONE, SSLContext
from typing import Self
from urllib.parse import quote, urlencode, urljoin, urlsplit

from urllib3 import BaseHTTPResponse, HTTPHeaderDict

from agent.errors import UsageError
from agent.sources.access import Access
from agent.sources.address import Address, parse_address
from agent.sources.failures import NoAnswerError, of_status
from agent.sources.transport import Limits, Line, Request
from analyzers.model.context import Endpoint

BACKOFF_SECONDS = (0.5, 1.0, 2.0)
MOST_RETRY_AFTER_SECONDS = 10.0
MOST_REDIRECTS = 3
MOST_REFUSAL_BYTES = 64 << 10
IDENTITY = "identity"
USER_AGENT = f"pasencore/{version('pasencore')}"

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes
    status: int = 200


@dataclass(slots=True)
class Spent:
    """What a client cost so far: requests sent, retries included, and bytes of body received."""

    requests: int = 0
    bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, requests: int = 0, received: int = 0) -> None:
        """Account for requests or bytes; any thread may."""
        with self._lock:
            self.requests += requests
            self.bytes += received


class HttpClient:
    """Requests to one server, from any thread.

    Parameters
    ----------
    address
        Where; its prefix is put before each path.
    access
        How to enter; its TLS files are read here, its secrets at each request.
    limits
        For each request, retries included.
    sleep
        How to wait between tries; tests replace it.
    pauses
        Seconds to wait before each further try; none for a single one.
    tls
        A context that clients of many servers share; by default one of its own, from `access`.
    encoding
        What an answer may be encoded in beside plain text, such as ``gzip``; its body is given as it comes.

    Raises
    ------
    UsageError
        When a file of `access` cannot be used.
    """

    def __init__(  # noqa: PLR0913 - the ports and bounds of a client
        self,
        address: Address,
        access: Access | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
        *,
        pauses: Sequence[float] = BACKOFF_SECONDS,
        tls: SSLContext | None = None,
        encoding: str = IDENTITY,
    ) -> None:
        self.address = address
        self.spent = Spent()
        self.limits = limits or Limits()
        self._access = access or Access()
        self._sleep = sleep
        self._pauses = tuple(pauses)
        self._tls = (tls or self._access.tls()) if address.scheme == "https" else None
        self._encoding = encoding
        self._server_name = self._access.server_name
        self._idle: list[Line] = []
        self._lock = threading.Lock()
        list(self._access.headers())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def cautions(self) -> tuple[str, ...]:
        """What is unwise in the way this server is entered, a sentence each."""
        found = []
        if self._access.secret and self._tls is None and not self.address.loopback:
            found.append(f"credentials go to {self.address.authority} in clear: use https")
        if self._tls is not None and self._tls.verify_mode is CERT_NONE:
            found.append(f"the certificate of {self.address.authority} is not verified (insecure_skip_verify)")
        return tuple(found)

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for line in idle:
            line.close()

    def get(self, path: str, parameters: Pairs = (), *, end: float | None = None, limit: int | None = None) -> Answer:
        """Return the whole answer to a GET.

        Parameters
        ----------
        path
            Below the prefix of the address, such as ``/api/v1/targets``.
        end
            A moment of ``time.monotonic`` that neither retries nor the body outlast; the client's total applies too.
        limit
            Bytes of body above which the answer is cut; the client's own by default.

        Raises
        ------
        NoAnswerError
            When there is no whole answer with a status of success.
        """
        with self.stream("GET", path, parameters, end=end, limit=limit) as (headers, chunks):
            return Answer(headers, b"".join(chunks))

    @contextlib.contextmanager
    def stream(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        path: str,
        parameters: Pairs = (),
        *,
        headers: Pairs = (),
        body: bytes | None = None,
        end: float | None = None,
        limit: int | None = None,
    ) -> Iterator[tuple[Mapping[str, str], Iterator[bytes]]]:
        """Give the headers of an answer, in lower case, and its body as it comes; see `get`.

        The body is read inside the ``with``; a body that is left unread costs the connection, nothing else.
        """
        moment = time.monotonic() + self.limits.total_seconds
        moment = moment if end is None else min(moment, end)
        query = urlencode(list(parameters), quote_via=quote)
        target = f"{self.address.prefix}{path}?{query}" if query else f"{self.address.prefix}{path}"
        line, response = self._patiently(method, target, headers, body, moment)
        finished = False

        def chunks() -> Generator[bytes]:
            nonlocal finished
            for chunk in line.read(response, moment, self.limits.body_bytes if limit is None else limit):
                self.spent.add(received=len(chunk))
                yield chunk
            finished = True

        body_chunks = chunks()
        try:
            yield {name.lower(): value for name, value in response.headers.items()}, body_chunks
        finally:
            body_chunks.close()
            self._leave(line, response, reusable=finished)

    def _patiently(
        self, method: str, target: str, headers: Pairs, body: bytes | None, end: float
    ) -> tuple[Line, BaseHTTPResponse]:
        """Try, and try again while the server is busy and time is left."""
        for pause in (*self._pauses, None):
            try:
                return self._follow(method, target, headers, body, end)
            except NoAnswerError as error:
                if pause is None or not error.transient:
                    raise
                wait = max(pause, min(error.retry_after or 0.0, MOST_RETRY_AFTER_SECONDS))
                if time.monotonic() + wait >= end:
                    raise
                self._sleep(wait)
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def _follow(
        self, method: str, target: str, headers: Pairs, body: bytes | None, end: float
    ) -> tuple[Line, BaseHTTPResponse]:
        """Follow redirects inside the server; one that leaves it is refused, whether credentials were sent or not."""
        for _ in range(MOST_REDIRECTS + 1):
            line, response = self._once(method, target, headers, body, end)
            location = response.headers.get("Location", "")
            if response.status not in {301, 302, 303, 307, 308}:
                return line, response
            self._leave(line, response)
            target = self._inside(target, location)
        raise NoAnswerError(
            reason="unreachable", detail=f"{self.address.authority} redirects more than {MOST_REDIRECTS} times"
        )

    def _once(
        self, method: str, target: str, headers: Pairs, body: bytes | None, end: float
    ) -> tuple[Line, BaseHTTPResponse]:
        sent = HTTPHeaderDict({"Accept-Encoding": self._encoding, "User-Agent": USER_AGENT})
        for name, value in (*self._access.headers(), *headers):
            sent.add(name, value)
        with self._lock:
            line = self._idle.pop() if self._idle else Line(self.address, self._tls, self._server_name)
        self.spent.add(requests=1)
        response = line.send(Request(method=method, target=target, headers=sent, body=body), end, self.limits)
        if response.status >= 400:  # noqa: PLR2004 - HTTP's own border of refusal
            refusal = self._beginning(line, response, end)
            self._leave(line, response)
            after = response.headers.get("Retry-After", "")
            raise of_status(response.status, refusal, after, credentials=self._access.secret)
        encoding = response.headers.get("Content-Encoding", IDENTITY).strip().lower()
        if encoding not in {"", IDENTITY, self._encoding}:
            self._leave(line, response)
            asked = "plain text" if self._encoding == IDENTITY else self._encoding
            detail = f"{self.address.authority} answers in {encoding[:20]} although {asked} was asked"
            raise NoAnswerError(reason="unreadable", detail=detail, status=response.status)
        return line, response

    def _beginning(self, line: Line, response: BaseHTTPResponse, end: float) -> bytes:
        """Return the beginning of a refusal; what goes wrong there matters less than the refusal."""
        kept = bytearray()
        with contextlib.suppress(NoAnswerError):
            for chunk in line.read(response, end, MOST_REFUSAL_BYTES):
                kept += chunk
        self.spent.add(received=len(kept))
        return bytes(kept)

    def _inside(self, target: str, location: str) -> str:
        """Return the target that a redirect means, when it stays on this server."""
        base = f"{self.address.origin}{target}"
        try:
            there = urlsplit(urljoin(base, location))
            origin = parse_address(f"{there.scheme}://{there.netloc}").origin
        except (ValueError, UsageError):
            raise NoAnswerError(reason="unreadable", detail=f"{self.address.authority} redirects to nowhere") from None
        if not location or origin != self.address.origin:
            detail = f"redirects to {origin}: not followed, credentials stay here; give the final address"
            raise NoAnswerError(reason="unreachable", detail=detail)
        return f"{there.path or '/'}?{there.query}" if there.query else there.path or "/"

    def _leave(self, line: Line, response: BaseHTTPResponse, *, reusable: bool = False) -> None:
        """Keep a connection whose answer was read to its end, close any other."""
        response.close()
        if not reusable:
            line.close()
            return
        with self._lock:
            self._idle.append(line)


def connect(
    endpoint: Endpoint,
    folder: Path,
    option: str = "",
    limits: Limits | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> HttpClient:
    """Return a client for a server as the context file or an option gives it.

    Parameters
    ----------
    folder
        What relative paths of ``http_config`` are relative to: the folder of the context file.
    option
        The option or key that holds the address, for the error line.

    Raises
    ------
    UsageError
        When the address or ``http_config`` cannot be used.
    """
    return HttpClient(parse_address(endpoint.url, option), Access(endpoint.http_config, folder), limits, sleep)
