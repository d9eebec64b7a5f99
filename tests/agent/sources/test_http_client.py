"""The HTTP client against servers that behave, and against servers that do not."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.sources.access import Access
from agent.sources.address import parse_address
from agent.sources.failures import NoAnswerError
from agent.sources.http import HttpClient
from agent.sources.transport import Limits
from analyzers.model import context as ctx
from analyzers.model.reasons import Reason
from tests import servers
from tests.fake_http import Asked, Reply, Server, Speak, forever, serve, speak

SHORT = Limits(connect_seconds=1, read_seconds=0.4, total_seconds=1.0, body_bytes=1 << 20)
SECRET = "tr0ub4dor"

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture
def waits() -> list[float]:
    """Return the pauses that clients of the test took, without taking them."""
    return []


@pytest.fixture
def client(waits: list[float]) -> Iterator[Callable[..., HttpClient]]:
    opened: list[HttpClient] = []

    def build(
        url: str, config: ctx.HttpConfig | None = None, folder: Path = Path(), limits: Limits = SHORT
    ) -> HttpClient:
        opened.append(HttpClient(parse_address(url), Access(config, folder), limits, waits.append))
        return opened[-1]

    yield build
    for each in opened:
        each.close()


def failure(made: HttpClient, **more: float) -> NoAnswerError:
    with pytest.raises(NoAnswerError) as caught:
        made.get("/x", **more)  # type: ignore[arg-type]
    return caught.value


def test_the_answer_comes_whole_and_is_accounted_for(client: Callable[..., HttpClient]) -> None:
    with serve(Reply(body=b'{"status":"success"}')) as server:
        made = client(server.url)
        answer = made.get("/api/v1/query", [("query", 'up{job="node"} > 0'), ("time", "1.5")])
    assert answer.body == b'{"status":"success"}'
    assert answer.headers["content-type"] == "application/json"
    assert server.asked[0].query == {"query": 'up{job="node"} > 0', "time": "1.5"}
    assert server.asked[0].headers["accept-encoding"] == "identity"
    assert server.asked[0].headers["user-agent"].startswith("pasencore/")
    assert (made.spent.requests, made.spent.bytes) == (1, 20)


@pytest.mark.parametrize(
    ("url", "path"),
    [("", "/api"), ("/", "/api"), ("/prometheus", "/prometheus/api"), ("/a/b/", "/a/b/api")],
)
def test_the_prefix_of_the_address_is_kept(client: Callable[..., HttpClient], url: str, path: str) -> None:
    with serve(Reply()) as server:
        client(server.url + url).get("/api")
    assert server.paths == [path]


def test_a_connection_serves_again_and_each_thread_has_its_own(client: Callable[..., HttpClient]) -> None:
    together = threading.Barrier(2, timeout=5)
    with serve(lambda asked: (together.wait(), Reply(body=b"1"))[1]) as server:
        made = client(server.url, limits=Limits())
        with ThreadPoolExecutor(2) as pool:
            for _ in range(3):
                assert [each.body for each in pool.map(lambda _: made.get("/"), range(2))] == [b"1", b"1"]
        assert len(made._idle) == 2
    assert len(server.asked) == 6


def test_a_kept_connection_that_the_server_closed_is_opened_again(client: Callable[..., HttpClient]) -> None:
    with serve(Reply(body=b"1", cut=True)) as server:
        made = client(server.url)
        assert [made.get("/").body for _ in range(3)] == [b"1"] * 3
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "unreadable"),
        (401, "no_permission"),
        (403, "no_permission"),
        (404, "backend_404"),
        (405, "backend_404"),
        (408, "timed_out"),
        (422, "unreadable"),
        (429, "budget_exhausted"),
        (500, "unreachable"),
        (501, "backend_404"),
        (502, "unreachable"),
        (503, "unreachable"),
        (504, "timed_out"),
        (599, "unreachable"),
    ],
)
def test_a_refusal_has_its_reason(client: Callable[..., HttpClient], status: int, reason: Reason) -> None:
    with serve(Reply(status=status, body=b"no " * 9)) as server:
        error = failure(client(server.url))
    assert (error.reason, error.status, error.body) == (reason, status, b"no " * 9)
    assert str(status) in error.detail


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_a_little_later_each_time(
    client: Callable[..., HttpClient], waits: list[float], status: int
) -> None:
    patient = Limits(total_seconds=30)
    replies = iter([Reply(status=status), Reply(status=status), Reply(status=status), Reply(body=b"ok")])
    with serve(lambda _: next(replies)) as server:
        made = client(server.url, limits=patient)
        assert made.get("/").body == b"ok"
    assert waits == [0.5, 1.0, 2.0]
    assert made.spent.requests == 4


def test_a_server_that_stays_busy_is_left_alone_after_four_tries(
    client: Callable[..., HttpClient], waits: list[float]
) -> None:
    with serve(Reply(status=503)) as server:
        assert failure(client(server.url, limits=Limits(total_seconds=30))).reason == "unreachable"
    assert len(server.asked) == 4
    assert waits == [0.5, 1.0, 2.0]


def test_a_query_that_the_server_cut_is_not_sent_again(client: Callable[..., HttpClient]) -> None:
    body = b'{"status":"error","errorType":"timeout","error":"query timed out"}'
    with serve(Reply(status=503, body=body)) as server:
        assert failure(client(server.url)).reason == "timed_out"
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_a_refusal_that_will_not_change_is_not_asked_again(client: Callable[..., HttpClient], status: int) -> None:
    with serve(Reply(status=status)) as server:
        failure(client(server.url))
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("asked", "waited"),
    [("3", 3.0), ("0", 0.5), ("86400", 10.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.5), ("-1", 0.5), ("", 0.5)],
)
def test_retry_after_is_honoured_up_to_a_bound(
    client: Callable[..., HttpClient], waits: list[float], asked: str, waited: float
) -> None:
    replies = iter([Reply(status=429, headers={"Retry-After": asked}), Reply(body=b"ok")])
    with serve(lambda _: next(replies)) as server:
        client(server.url, limits=Limits(total_seconds=60)).get("/")
    assert waits == [waited]


def test_no_retry_outlasts_the_deadline(client: Callable[..., HttpClient], waits: list[float]) -> None:
    with serve(Reply(status=503)) as server:
        error = failure(client(server.url, limits=Limits(total_seconds=60)), end=time.monotonic() + 0.4)
    assert error.reason == "unreachable"
    assert (waits, len(server.asked)) == ([], 1)


def test_a_reset_connection_is_tried_again(client: Callable[..., HttpClient], waits: list[float]) -> None:
    turns: Iterator[Callable[[Asked], Reply | Speak]] = iter([speak(then="reset"), lambda _: Reply(body=b"ok")])

    def answer(asked: Asked) -> Reply | Speak:
        return next(turns)(asked)

    with serve(answer) as server:
        assert client(server.url, limits=Limits(total_seconds=30)).get("/").body == b"ok"
    assert waits == [0.5]


def test_nobody_listens(client: Callable[..., HttpClient]) -> None:
    port = servers.free_port()
    error = failure(client(f"http://127.0.0.1:{port}"))
    assert error.reason == "unreachable"
    assert error.detail == f"127.0.0.1:{port} refuses connections: is it running?"


@pytest.mark.parametrize("host", ["prometheus.invalid", "a" * 70 + ".invalid"])
def test_a_name_that_nobody_knows(client: Callable[..., HttpClient], host: str) -> None:
    error = failure(client(f"http://{host}:9090"))
    assert error.reason == "unreachable"
    assert host in error.detail


def _speech(*parts: bytes, **how: object) -> Callable[[Asked], Speak]:
    return speak(*parts, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(_speech(then="hang"), "timed_out", id="hangs without a word"),
        pytest.param(_speech(OK, then="hang"), "timed_out", id="hangs in the headers"),
        pytest.param(_speech(OK + b"Content-Length: 9\r\n\r\n12", then="hang"), "timed_out", id="hangs in the body"),
        pytest.param(_speech(*[b"H"] * 400, pause=0.05), "timed_out", id="drips its headers"),
        pytest.param(
            _speech(OK + b"Content-Length: 900\r\n\r\n", *[b"1"] * 900, pause=0.05), "timed_out", id="drips its body"
        ),
        pytest.param(
            _speech(OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"0"] * 900, pause=0.05),
            "timed_out",
            id="drips a chunk size",
        ),
        pytest.param(
            _speech(b"HTTP/1.1 100 Continue\r\n\r\n" * 999, then="hang"), "timed_out", id="says continue for ever"
        ),
        pytest.param(_speech(OK + b"Content-Length: 100\r\n\r\n12"), "unreadable", id="half a body"),
        pytest.param(_speech(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n12"), "unreadable", id="half a chunk"),
        pytest.param(_speech(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n12"), "unreadable", id="no chunk size"),
        pytest.param(_speech(b"SSH-2.0-OpenSSH_9.2\r\n"), "unreadable", id="another protocol"),
        pytest.param(_speech(b"\x00\xff" * 40_000 + b"\r\n"), "unreadable", id="binary noise"),
        pytest.param(_speech(OK + b"X: y\r\n" * 500 + b"\r\n"), "unreadable", id="too many headers"),
        pytest.param(_speech(OK + b"X: " + b"y" * 99_999 + b"\r\n\r\n"), "unreadable", id="too long a header"),
    ],
)
def test_an_answer_that_never_makes_sense_ends_in_time(
    client: Callable[..., HttpClient], answer: Callable[[Asked], Speak], reason: Reason
) -> None:
    began = time.monotonic()
    with serve(answer) as server:
        error = failure(client(server.url))
    assert error.reason == reason
    assert time.monotonic() - began < 5


def test_an_answer_told_too_long_is_not_even_read(client: Callable[..., HttpClient]) -> None:
    with serve(Reply(body=[b"x"], length=100 << 20)) as server:
        made = client(server.url)
        error = failure(made)
    assert error.reason == "budget_exhausted"
    assert made.spent.bytes == 0


def test_a_hundred_megabytes_are_cut(client: Callable[..., HttpClient]) -> None:
    with serve(Reply(body=(bytes(1 << 20) for _ in range(100)))) as server:
        made = client(server.url, limits=Limits(total_seconds=30))
        error = failure(made, limit=4 << 20)
    assert error.reason == "budget_exhausted"
    assert "4 MiB" in error.detail
    assert made.spent.bytes <= 4 << 20


def test_an_endless_body_is_cut(client: Callable[..., HttpClient]) -> None:
    with serve(Reply(body=forever(b"[" * 4096))) as server:
        assert failure(client(server.url)).reason == "budget_exhausted"


def test_a_body_packed_against_our_wish_is_refused_unopened(client: Callable[..., HttpClient]) -> None:
    bomb = gzip.compress(bytes(64 << 20))
    with serve(Reply(body=bomb, headers={"Content-Encoding": "gzip"})) as server:
        made = client(server.url)
        error = failure(made)
    assert error.reason == "unreadable"
    assert "gzip" in error.detail
    assert made.spent.bytes == 0


def test_a_refusal_with_an_endless_body_is_still_that_refusal(client: Callable[..., HttpClient]) -> None:
    with serve(Reply(status=403, body=forever(b"<html>" * 4096))) as server:
        error = failure(client(server.url))
    assert error.reason == "no_permission"
    assert len(error.body) <= 64 << 10


def _credentials(folder: Path) -> ctx.HttpConfig:
    (folder / "token").write_text(f"{SECRET}\n")
    return ctx.HttpConfig(authorization=ctx.Authorization(credentials_file="token"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_inside_the_server_is_followed_with_credentials(
    client: Callable[..., HttpClient], tmp_path: Path, status: int
) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/there":
            return Reply(body=b"ok")
        return Reply(status=status, headers={"Location": "/there?a=1"})

    with serve(answer) as server:
        assert client(server.url, _credentials(tmp_path), tmp_path).get("/x").body == b"ok"
    assert server.asked[-1].query == {"a": "1"}
    assert [each.headers["authorization"] for each in server.asked] == [f"Bearer {SECRET}"] * 2


@pytest.mark.parametrize("path", ["{other}/x", "//{authority}/x"])
def test_a_redirect_to_another_server_is_not_followed(
    client: Callable[..., HttpClient], tmp_path: Path, path: str
) -> None:
    with serve(Reply(body=b"caught")) as other:
        location = path.format(other=other.url, authority=other.url.removeprefix("http://"))
        with serve(Reply(status=302, headers={"Location": f"{location}?token={SECRET}"})) as server:
            error = failure(client(server.url, _credentials(tmp_path), tmp_path))
    assert other.asked == []
    assert error.reason == "unreachable"
    assert other.url in error.detail
    assert SECRET not in error.detail


@pytest.mark.parametrize("location", ["", "file:///etc/passwd", "http://[", "https://a:b@h/"])
def test_a_redirect_to_nowhere_is_unreadable(client: Callable[..., HttpClient], location: str) -> None:
    with serve(Reply(status=302, headers={"Location": location})) as server:
        error = failure(client(server.url))
    assert error.reason in {"unreadable", "unreachable"}
    assert len(server.asked) == 1


def test_redirects_in_a_circle_end(client: Callable[..., HttpClient]) -> None:
    with serve(Reply(status=302, headers={"Location": "/x"})) as server:
        assert failure(client(server.url)).reason == "unreachable"
    assert len(server.asked) == 4


def test_a_secret_is_read_at_each_use(client: Callable[..., HttpClient], tmp_path: Path) -> None:
    with serve(Reply()) as server:
        made = client(server.url, _credentials(tmp_path), tmp_path)
        made.get("/")
        (tmp_path / "token").write_text("renewed")
        made.get("/")
    assert [each.headers["authorization"] for each in server.asked] == [f"Bearer {SECRET}", "Bearer renewed"]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_no_error_repeats_a_secret(client: Callable[..., HttpClient], tmp_path: Path, status: int) -> None:
    with serve(Reply(status=status)) as server:
        error = failure(client(server.url, _credentials(tmp_path), tmp_path))
    shown = [repr(error), str(error), error.detail]
    cause: BaseException | None = error
    while cause is not None:
        shown.append(repr(cause))
        cause = cause.__cause__ or cause.__context__
    assert not [text for text in shown if SECRET in text]
    assert ("refused" in error.detail) == (status == 401)


def test_plain_http_to_a_tls_port_says_so(client: Callable[..., HttpClient]) -> None:
    said = b"Client sent an HTTP request to an HTTPS server.\n"
    with serve(Reply(status=400, body=said, content_type="text/plain")) as server:
        assert "https://" in failure(client(server.url)).detail


def test_tls_to_a_plain_port_says_so(client: Callable[..., HttpClient]) -> None:
    with serve(Reply()) as server:
        error = failure(client(server.url.replace("http://", "https://")))
    assert error.reason == "unreachable"
    assert "http://" in error.detail


def test_a_tls_handshake_that_drips_ends_in_time(client: Callable[..., HttpClient]) -> None:
    over = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not over.wait(0.05):
                connection.sendall(b"\x02")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        began = time.monotonic()
        error = failure(client(f"https://127.0.0.1:{listening.getsockname()[1]}"))
        over.set()
        thread.join()
    assert error.reason == "timed_out"
    assert time.monotonic() - began < 3


def test_a_body_can_be_taken_as_it_comes(client: Callable[..., HttpClient]) -> None:
    with serve(Reply(body=[b"a", b"b", b"c"])) as server:
        made = client(server.url)
        with made.stream("POST", "/read", headers=[("X-Version", "1")], body=b"in") as (headers, chunks):
            assert headers["transfer-encoding"] == "chunked"
            assert b"".join(chunks) == b"abc"
        with made.stream("GET", "/") as (_, chunks):
            assert next(chunks) == b"a"
        assert made.get("/").body == b"abc"
    assert (server.asked[0].method, server.asked[0].headers["x-version"]) == ("POST", "1")


def test_the_watchdog_leaves_no_thread(client: Callable[..., HttpClient]) -> None:
    def watchdogs(_: Server) -> list[threading.Thread]:
        return [each for each in threading.enumerate() if isinstance(each, threading.Timer)]

    with serve(Reply(body=b"1")) as server:
        made = client(server.url)
        for _ in range(20):
            made.get("/")
        servers.wait_until(lambda: not watchdogs(server), "watchdogs gone", 5)
