from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.daemon.http_message import MOST_HEAD, BadRequestError, Request, Response, head_end, parse_head

GET = b"GET /metrics?x=1 HTTP/1.1\r\nHost: a:1\r\nAccept-Encoding: br, GZIP;q=0.5\r\n\r\n"


def status(head: bytes) -> int:
    with pytest.raises(BadRequestError) as caught:
        parse_head(head)
    return caught.value.status


def test_a_request() -> None:
    request = parse_head(GET)
    assert (request.method, request.path, request.keep_alive) == ("GET", "/metrics", True)
    assert request.headers["host"] == "a:1"
    assert request.accepts_gzip()


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (b"POST / HTTP/1.1", 405),
        (b"GET / HTTP/2.0", 505),
        (b"GET / FTP", 400),
        (b"GET  / HTTP/1.1", 400),
        (b"GET http://a/ HTTP/1.1", 400),
        (b"\xff\xfe", 400),
        (b"", 400),
    ],
)
def test_what_is_no_request_for_a_page(first: bytes, expected: int) -> None:
    assert status(first + b"\r\n\r\n") == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Content-Length: 5", 413),
        (b"Transfer-Encoding: chunked", 413),
        (b"no colon", 400),
        (b": x", 400),
        (b" folded: x", 400),
        (b"Host: a\r\nHost: b", 400),
        (b"\r\n".join(b"A%d: x" % at for at in range(100)), 431),
    ],
)
def test_headers_that_are_refused(header: bytes, expected: int) -> None:
    assert status(b"GET / HTTP/1.1\r\n" + header + b"\r\n\r\n") == expected


@pytest.mark.parametrize(
    ("version", "wish", "kept"),
    [("1.1", "", True), ("1.1", "close", False), ("1.0", "", False), ("1.0", "Keep-Alive", True)],
)
def test_whether_the_connection_stays(version: str, wish: str, kept: bool) -> None:
    assert parse_head(f"GET / HTTP/{version}\r\nConnection: {wish}\r\n\r\n".encode()).keep_alive is kept


@pytest.mark.parametrize(
    ("accepted", "zipped"), [("", False), ("gzip", True), ("*", True), ("gzip;q=0", False), ("br", False)]
)
def test_whether_gzip_is_taken(accepted: str, zipped: bool) -> None:
    assert Request("GET", "/", {"accept-encoding": accepted}, keep_alive=True).accepts_gzip() is zipped


@given(st.binary(max_size=300))
def test_garbage_is_refused_or_a_request(data: bytes) -> None:
    try:
        request = parse_head(data)
    except BadRequestError:
        return
    assert request.path.startswith("/")


def test_a_head_is_bounded() -> None:
    assert head_end(b"GET / HTTP/1.1\r\n") == -1
    assert head_end(GET + b"more") == len(GET)
    with pytest.raises(BadRequestError):
        head_end(bytes(MOST_HEAD))


def test_a_response_says_its_length() -> None:
    head = Response(200, b"abc").head(keep_alive=False)
    assert b"Content-Length: 3\r\n" in head
    assert head.endswith(b"Connection: close\r\n\r\n")
