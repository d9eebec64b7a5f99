"""Requests and responses of the agent's HTTP server: the little of HTTP/1.1 that reading pages takes (RFC 9112)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_HEAD = 8 << 10
MOST_HEADERS = 64

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}
TEXT = "text/plain; charset=utf-8"


class BadRequestError(Exception):
    """What came is no request that this server answers; `status` says how to refuse it."""

    def __init__(self, status: int) -> None:
        super().__init__(REASONS[status])
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """A request without a body. Names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    keep_alive: bool

    def accepts_gzip(self) -> bool:
        """Tell whether the client takes gzip."""
        for part in self.headers.get("accept-encoding", "").lower().split(","):
            coding, _, weight = part.partition(";")
            if coding.strip() in {"gzip", "*"}:
                return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        return False


@dataclass(frozen=True, slots=True)
class File:
    """What a response sends from a descriptor, which closes with it."""

    descriptor: int
    size: int


@dataclass(slots=True)
class Response:
    """What to send."""

    status: int = 200
    body: bytes = b""
    content_type: str = TEXT
    file: File | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def head(self, *, keep_alive: bool) -> bytes:
        """Return the status line and the headers."""
        size = self.file.size if self.file is not None else len(self.body)
        lines = [
            f"HTTP/1.1 {self.status} {REASONS[self.status]}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {size}",
            "X-Content-Type-Options: nosniff",
            f"Connection: {'keep-alive' if keep_alive else 'close'}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def plain(status: int, text: str = "") -> Response:
    """Return a response of one line of text."""
    return Response(status, (text or REASONS[status]).encode() + b"\n")


def head_end(received: bytes | bytearray) -> int:
    """Return where the head of a request ends, -1 when it is not whole yet.

    Raises
    ------
    BadRequestError
        When it is longer than this server reads.
    """
    at = received.find(b"\r\n\r\n", 0, MOST_HEAD)
    if at < 0 and len(received) >= MOST_HEAD:
        raise BadRequestError(431)
    return at + 4 if at >= 0 else -1


def parse_head(head: bytes) -> Request:
    """Return the request that a whole head makes.

    Raises
    ------
    BadRequestError
        When it is malformed, has a body, or asks for what this server does not do.
    """
    try:
        first, *rest = head.decode("ascii").removesuffix("\r\n\r\n").split("\r\n")
    except UnicodeDecodeError:
        raise BadRequestError(400) from None
    words = first.split(" ")
    if len(words) != 3 or not words[1].startswith("/"):  # noqa: PLR2004 - method, target, version
        raise BadRequestError(400)
    method, target, version = words
    if version not in {"HTTP/1.1", "HTTP/1.0"}:
        raise BadRequestError(505 if version.startswith("HTTP/") else 400)
    headers = _headers(rest)
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise BadRequestError(413)
    if method not in {"GET", "HEAD"}:
        raise BadRequestError(405)
    wish = headers.get("connection", "").lower()
    keep_alive = "close" not in wish if version == "HTTP/1.1" else "keep-alive" in wish
    return Request(method, target.partition("?")[0], headers, keep_alive)


def _headers(lines: list[str]) -> dict[str, str]:
    if len(lines) > MOST_HEADERS:
        raise BadRequestError(431)
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequestError(400)
        key = name.lower()
        if key in found and key in {"host", "content-length", "authorization"}:
            raise BadRequestError(400)
        found[key] = value.strip()
    return found
