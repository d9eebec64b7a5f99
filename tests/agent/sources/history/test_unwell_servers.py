"""Servers that are busy, slow, cut short or wrong: retried, asked for less, or recorded; never a wrong number."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest

from agent.history_run import Outcome, close_sources, read_shards
from agent.sources.address import parse_address
from agent.sources.failures import NoAnswerError
from agent.sources.history.asking import Asker
from agent.sources.history.port import Matcher, Shard
from agent.sources.history.server import HistoryServer, opened
from agent.sources.http import HttpClient
from agent.sources.prometheus.guard import Budget
from agent.sources.transport import Limits
from analyzers.measures.decode.block import Block
from tests import fake_http
from tests.analyzers.measures.decode import gorilla
from tests.fake_http import Asked, Reply, Speak

MINUTE = 60_000
END = 99 * MINUTE
HOSTS = ("a", "b", "c", "d")
SHARD = Shard(
    matchers=(Matcher("__name__", "=", "up"),),
    start=0,
    end=END,
    subsets=(("instance", HOSTS),),
    series=4,
    interval=MINUTE,
)
STREAMED = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse"
ONE_ONLY = "query processing would load too many samples into memory in query execution"
PATIENT = 30.0


def value(host: str, minute: int) -> float:
    return 100.0 * HOSTS.index(host) + minute


def frames() -> bytes:
    return b"".join(
        gorilla.frame(gorilla.series({"__name__": "up", "instance": host}, [gorilla.chunk(samples(host))]))
        for host in HOSTS
    )


def samples(host: str) -> list[tuple[int, int]]:
    return [(each * MINUTE, struct.unpack(">Q", struct.pack(">d", value(host, each)))[0]) for each in range(100)]


def lines() -> bytes:
    return b"".join(
        json.dumps(
            {
                "metric": {"__name__": "up", "instance": host},
                "values": [value(host, each) for each in range(100)],
                "timestamps": [each * MINUTE for each in range(100)],
            }
        ).encode()
        + b"\n"
        for host in HOSTS
    )


def matrix(asked: Asked, **more: object) -> bytes:
    """Answer a raw selector, with nothing but what it selects."""
    hosts = re.search(r'instance=~?"([^"]*)"', asked.query["query"])
    length = re.search(r"\[(\d+)ms\]", asked.query["query"])
    assert hosts is not None
    assert length is not None
    end = round(float(asked.query["time"]) * 1000)
    result = [
        {
            "metric": {"__name__": "up", "instance": host},
            "values": [
                [each * 60, str(value(host, each))]
                for each in range(100)
                if end - int(length[1]) <= each * MINUTE <= end
            ],
        }
        for host in hosts[1].split("|")
    ]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}, **more}).encode()


def good(asked: Asked) -> Reply:
    if asked.path == "/api/v1/read":
        return Reply(body=frames(), content_type=STREAMED)
    if asked.path == "/api/v1/export":
        return Reply(body=lines())
    if "ms]" in asked.query.get("query", ""):
        return Reply(body=matrix(asked))
    return Reply(status=404)


@dataclass(frozen=True)
class Opened:
    """Opens a server without waits between tries."""

    url: str
    back_end: str | None
    seconds: float = PATIENT

    def open(self) -> HistoryServer:
        http = HttpClient(parse_address(self.url), limits=Limits(total_seconds=self.seconds), sleep=lambda _: None)
        return opened(Asker(http, Budget(), sleep=lambda _: None), self.back_end)


def whole(block: Block) -> dict[str, list[tuple[int, float]]]:
    return {
        each.labels["instance"]: list(zip(each.timestamps.tolist(), each.values.tolist(), strict=True))
        for each in block
    }


def read(
    url: str, back_end: str, shard: Shard = SHARD, seconds: float = PATIENT
) -> Outcome[dict[str, list[tuple[int, float]]]]:
    with ThreadPoolExecutor(1) as workers:
        (outcome,) = read_shards(Opened(url, back_end, seconds), [shard], whole, workers)
    close_sources()
    return outcome


def found(outcome: Outcome[dict[str, list[tuple[int, float]]]]) -> dict[str, list[tuple[int, float]]]:
    return {host: pairs for part in outcome.results for host, pairs in part.items()}


TRUTH = {host: [(each * MINUTE, value(host, each)) for each in range(100)] for host in HOSTS}
PATHS = {"remote read": "/api/v1/read", "export": "/api/v1/export", "raw selectors": "/api/v1/query"}
EACH = pytest.mark.parametrize("back_end", list(PATHS))


def about_load(asked: Asked) -> bool:
    return "prometheus_engine" in asked.query.get("query", "")


def history_of(server: fake_http.Server, back_end: str) -> list[Asked]:
    return [each for each in server.asked if each.path == PATHS[back_end] and not about_load(each)]


def first_then(first: Iterator[Reply | Speak], back_end: str) -> Callable[[Asked], Reply | Speak]:
    """Answer history with what is given, then well."""

    def answer(asked: Asked) -> Reply | Speak:
        if asked.path != PATHS[back_end] or about_load(asked):
            return good(asked)
        return next(first, None) or good(asked)

    return answer


@EACH
def test_a_server_that_is_well_is_read_in_plain_text(back_end: str) -> None:
    with fake_http.serve(good) as server:
        outcome = read(server.url, back_end)
        assert {each.headers["accept-encoding"] for each in server.asked} == {"identity"}
    assert found(outcome) == TRUTH
    assert outcome.incomplete == ()
    assert (outcome.series, outcome.samples) == (4, 400)


@EACH
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(back_end: str, status: int) -> None:
    busy = iter([Reply(status=status), Reply(status=status)])
    with fake_http.serve(first_then(busy, back_end)) as server:
        outcome = read(server.url, back_end)
        assert len(history_of(server, back_end)) == 3
    assert found(outcome) == TRUTH
    assert outcome.incomplete == ()


def cut(body: bytes) -> Reply:
    return Reply(body=[body], content_type=STREAMED, cut=True)


def flipped(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 4]) + body[at + 1 :]


HTML = Reply(body=b"<html>log in</html>", content_type="text/html")
RESET = fake_http.speak(b"HTTP/1.1 200 OK\r\n", then="reset")(Asked("GET", "", {}, {}))
WRONG: list[tuple[str, str, Reply | Speak]] = [
    ("remote read", "cut in a frame", cut(frames()[:700])),
    ("remote read", "cut and ended well", Reply(body=frames()[:700], content_type=STREAMED)),
    (
        "remote read",
        "shorter than told",
        Reply(body=frames()[:700], content_type=STREAMED, length=len(frames()), cut=True),
    ),
    ("remote read", "a bit is wrong", Reply(body=flipped(frames(), 400), content_type=STREAMED)),
    ("remote read", "another type", Reply(body=frames(), content_type="application/x-protobuf")),
    ("remote read", "JSON called chunks", Reply(body=b'{"status":"success"}', content_type=STREAMED)),
    ("remote read", "empty", Reply(body=b"", content_type=STREAMED)),
    ("remote read", "a login page", HTML),
    ("remote read", "gzip unasked", Reply(body=frames(), content_type=STREAMED, headers={"Content-Encoding": "gzip"})),
    ("export", "cut in a line", Reply(body=lines()[:700])),
    ("export", "shorter than told", Reply(body=lines()[:700], length=5000, cut=True)),
    ("export", "empty", Reply(body=b"")),
    ("export", "a login page", HTML),
    ("raw selectors", "cut", Reply(body=b'{"status":"success","data":{"resultType":"matrix","result":[{"metric"')),
    ("raw selectors", "empty", Reply(body=b"")),
    ("raw selectors", "a login page", HTML),
    ("raw selectors", "an error with 200", Reply(body=b'{"status":"error","error":"no"}')),
    *[(each, "forbidden", Reply(status=403)) for each in PATHS],
    *[(each, "broken", Reply(status=500)) for each in PATHS],
    *[
        (each, "reset", fake_http.speak(b"HTTP/1.1 200 OK\r\n", then="reset")(Asked("GET", "", {}, {})))
        for each in PATHS
    ],
]


@pytest.mark.parametrize(("back_end", "what", "reply"), WRONG, ids=[f"{a} {b}" for a, b, _ in WRONG])
def test_what_is_wrong_is_recorded_and_gives_no_number(back_end: str, what: str, reply: Reply | Speak) -> None:
    always = iter(lambda: reply, None)
    with fake_http.serve(first_then(always, back_end)) as server:
        outcome = read(server.url, back_end)
    assert found(outcome) == {}
    assert outcome.samples == 0
    assert [each.reason for each in outcome.incomplete] != []
    assert all(each.detail for each in outcome.incomplete)


@EACH
def test_a_slow_server_is_given_up(back_end: str) -> None:
    drip = Reply(body=fake_http.forever(b"{"), content_type=STREAMED, pause=0.05)
    with fake_http.serve(first_then(iter(lambda: drip, None), back_end)) as server:
        outcome = read(
            server.url, back_end, replace(SHARD, subsets=(("instance", ("a",)),), series=1, interval=END), 0.5
        )
    assert found(outcome) == {}
    assert [each.reason for each in outcome.incomplete] == ["timed_out"]


def refusing(more_than: int) -> Callable[[Asked], Reply]:
    """Refuse raw selectors that would read more than so many samples."""

    def answer(asked: Asked) -> Reply:
        if "ms]" not in asked.query.get("query", ""):
            return Reply(status=404)
        body = matrix(asked)
        if sum(len(each["values"]) for each in json.loads(body)["data"]["result"]) > more_than:
            return Reply(status=422, body=json.dumps({"status": "error", "error": ONE_ONLY}).encode())
        return Reply(body=body)

    return answer


@pytest.mark.parametrize("most", [200, 100, 60, 30])
def test_too_much_is_asked_by_halves_of_the_series_then_of_the_window(most: int) -> None:
    with fake_http.serve(refusing(most)) as server:
        outcome = read(server.url, "raw selectors")
    assert found(outcome) == TRUTH
    assert outcome.incomplete == ()


def test_a_server_that_refuses_whatever_it_is_asked_is_not_asked_for_ever() -> None:
    with fake_http.serve(refusing(0)) as server:
        outcome = read(server.url, "raw selectors")
        assert len(server.asked) < 40
    assert found(outcome) == {}
    assert [each.reason for each in outcome.incomplete] == ["budget_exhausted"]


def test_an_answer_that_the_server_calls_partial_is_kept_and_said() -> None:
    def answer(asked: Asked) -> Reply:
        return (
            Reply(body=matrix(asked, warnings=["store 10.0.0.2 is down"]))
            if "[" in asked.query["query"]
            else good(asked)
        )

    with fake_http.serve(answer) as server:
        outcome = read(server.url, "raw selectors")
    assert found(outcome) == TRUTH
    assert [(each.reason, each.detail) for each in outcome.incomplete] == [("partial", "store 10.0.0.2 is down")]


@pytest.mark.parametrize(
    ("well", "name"),
    [
        (("/api/v1/read", "/api/v1/export", "/api/v1/query"), "remote read"),
        (("/api/v1/export", "/api/v1/query"), "export"),
        (("/api/v1/query",), "raw selectors"),
    ],
)
@pytest.mark.parametrize("refusal", [Reply(status=404), Reply(status=400, body=b"unsupported path"), HTML])
def test_the_first_way_that_works_is_taken(well: tuple[str, ...], name: str, refusal: Reply) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path not in well:
            return refusal
        vector = {"status": "success", "data": {"resultType": "vector", "result": []}}
        return Reply(body=json.dumps(vector).encode()) if asked.path == "/api/v1/query" else good(asked)

    with fake_http.serve(answer) as server:
        source = Opened(server.url, None).open()
        source.close()
    assert source.name == name


def test_a_server_that_wants_credentials_is_no_server_without_a_way() -> None:
    with fake_http.serve(Reply(status=401)) as server, pytest.raises(NoAnswerError) as raised:
        Opened(server.url, None).open()
    assert raised.value.reason == "no_permission"


def test_a_server_that_stays_busy_is_left_alone() -> None:
    full = {"resultType": "vector", "result": [{"metric": {}, "value": [0, "1"]}]}

    def answer(asked: Asked) -> Reply:
        if about_load(asked):
            return Reply(body=json.dumps({"status": "success", "data": full}).encode())
        return good(asked)

    with fake_http.serve(answer) as server:
        outcome = read(server.url, "export")
        assert history_of(server, "export") == []
    assert [each.reason for each in outcome.incomplete] == ["budget_exhausted"]
    assert "query slots" in outcome.incomplete[0].detail
