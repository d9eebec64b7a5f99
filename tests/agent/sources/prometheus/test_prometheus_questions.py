"""Queries put to a server: order, windows, second tries over shorter ones, one result each."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from agent.sources.address import parse_address
from agent.sources.failures import NoAnswerError
from agent.sources.http import HttpClient
from agent.sources.prometheus.backend import Kind
from agent.sources.prometheus.client import PrometheusClient
from agent.sources.prometheus.guard import Budget, Fleet, Guard
from agent.sources.prometheus.queries import QUERIES
from agent.sources.prometheus.query import Query
from agent.sources.prometheus.questions import Load, Questions, tailored, unanswered
from analyzers.model.monitoring import QueryResult, Rule
from tests.agent.sources.recordings import failure, vector
from tests.fake_http import Asked, Reply, Server, serve

AT = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
UP = Query(id="up", promql="up")
SHARE = Query(id="share", promql="avg_over_time(up[{window}])", windows=("7d", "1d"), cost="scrapes")
OWN = Query(id="own", promql="changes(x[{window}])", victoria="changes_prometheus(x[{window}])", windows=("1h",))


@contextmanager
def asking(
    answer: Callable[[Asked], Reply] | Reply, queries: Sequence[Query], kind: Kind = "prometheus", concurrency: int = 2
) -> Iterator[tuple[Questions, Server]]:
    with serve(answer) as server, HttpClient(parse_address(server.url), pauses=()) as http:
        client = PrometheusClient(http)
        guard = Guard(
            Budget(concurrency=concurrency),
            Fleet(),
            queries,
            requests=lambda: http.spent.requests,
            in_use=lambda: None,
            end=time.monotonic() + 30,
            sleep=lambda _: None,
        )
        yield Questions(client=client, guard=guard, kind=kind, at=AT, concurrency=concurrency), server


def results(
    answer: Callable[[Asked], Reply] | Reply, *queries: Query, kind: Kind = "prometheus"
) -> tuple[tuple[QueryResult, ...], Server]:
    with asking(answer, queries, kind) as (questions, server):
        return questions.ask(queries, lambda _done, _total: None)[0], server


def test_each_query_has_its_answer_in_the_given_order_at_one_moment() -> None:
    def answer(asked: Asked) -> Reply:
        return vector(({"text": asked.query["query"]}, "1"))

    found, server = results(answer, SHARE, UP, OWN)
    assert [each.id for each in found] == ["share", "up", "own"]
    assert [each.samples[0].labels["text"] for each in found] == [each.query for each in found]
    assert [each.query for each in found] == ["avg_over_time(up[7d])", "up", "changes(x[1h])"]
    assert [each.window for each in found] == ["7d", "now", "1h"]
    assert {each.collected_at for each in found} == {AT}
    assert {each.query["time"] for each in server.asked} == {"1795420800.000"}
    assert {each.reason for each in found} == {None}


def test_victoria_metrics_is_asked_in_its_own_words() -> None:
    (found,), server = results(vector(), OWN, kind="victoria-metrics")
    assert server.asked[0].query["query"] == found.query == "changes_prometheus(x[1h])"


def test_no_more_than_two_at_once() -> None:
    now, most, lock = 0, 0, threading.Lock()

    def answer(_: Asked) -> Reply:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return vector()

    results(answer, *(Query(id=f"q{n}", promql="up") for n in range(12)))
    assert most == 2


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (failure(422, "execution", "query processing would load too many samples into memory"), "budget_exhausted"),
        (failure(503, "timeout", "query timed out in expression evaluation"), "timed_out"),
        (Reply(body=[b"x"], length=99 << 20), "budget_exhausted"),
    ],
)
def test_what_is_too_much_is_asked_again_over_a_shorter_window(refusal: Reply, reason: str) -> None:
    def answer(asked: Asked) -> Reply:
        return refusal if "7d" in asked.query["query"] else vector(({}, "1"))

    (found,), server = results(answer, SHARE)
    assert (found.window, found.reason, len(found.samples)) == ("1d", None, 1)
    assert len(server.asked) == 2
    (found,), server = results(refusal, SHARE)
    assert (found.window, found.reason, found.samples) == ("1d", reason, ())
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (failure(400, "bad_data", "parse error"), "unreadable"),
        (Reply(status=403), "no_permission"),
        (Reply(status=404), "backend_404"),
        (Reply(status=500), "unreachable"),
        (Reply(body=b"{"), "unreadable"),
    ],
)
def test_what_would_fail_again_is_asked_once(refusal: Reply, reason: str) -> None:
    (found,), server = results(refusal, SHARE)
    assert (found.reason, found.window, len(server.asked)) == (reason, "7d", 1)
    assert found.detail


def test_one_query_that_fails_leaves_the_others() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(status=500) if asked.query["query"] == "up" else vector(({}, "1"))

    found, _ = results(answer, SHARE, UP, OWN)
    assert [each.reason for each in found] == [None, "unreachable", None]


def test_a_server_that_died_is_not_asked_sixty_times() -> None:
    with asking(Reply(status=500), QUERIES) as (questions, server):
        found, _ = questions.ask(QUERIES, lambda _done, _total: None)
    assert {each.reason for each in found} == {"unreachable"}
    assert len(server.asked) <= 5
    assert [each.id for each in found] == [each.id for each in QUERIES]


def test_an_incomplete_answer_keeps_its_samples_and_says_so() -> None:
    with asking(vector(({}, "1"), warnings=["a store is down"]), [UP, OWN]) as (questions, _):
        found, warnings = questions.ask([UP, OWN], lambda _done, _total: None)
    assert [(each.reason, each.detail, len(each.samples)) for each in found] == [("partial", "a store is down", 1)] * 2
    assert warnings == ("a store is down",)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    with asking(vector(), [UP, SHARE, OWN]) as (questions, _):
        questions.ask([UP, SHARE, OWN], lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("reply", "share"),
    [(vector(({}, "0.35")), 0.35), (vector(), None), (vector(({}, "NaN")), None), (Reply(status=500), None)],
)
def test_the_load_is_the_servers_own_account(reply: Reply, share: float | None) -> None:
    with serve(reply) as server, HttpClient(parse_address(server.url), pauses=()) as http:
        load = Load(client=PrometheusClient(http), own=2, end=time.monotonic() + 5)
        assert (load(), load()) == (share, share)
    before, now = (each.query["query"] for each in server.asked)
    assert "[5m]" in before
    assert "prometheus_engine_queries - 2" in now
    assert all("time" not in each.query for each in server.asked)


def test_an_unanswered_query_keeps_its_text_and_reason() -> None:
    found = unanswered(SHARE, AT, NoAnswerError(reason="timed_out", detail="late"))
    assert (found.query, found.window, found.reason, found.detail) == (
        "avg_over_time(up[7d])",
        "7d",
        "timed_out",
        "late",
    )
    assert unanswered(UP, AT, NoAnswerError(reason="timed_out", detail="late")).window == "now"


def rule(interval: float | None, kind: str = "alerting") -> Rule:
    return Rule(kind=kind, name="r", interval_seconds=interval)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "step"),
    [
        ([], "60s"),
        ([rule(60)], "60s"),
        ([rule(300)], "60s"),
        ([rule(30), rule(60)], "30s"),
        ([rule(1)], "15s"),
        ([rule(15, "recording"), rule(45)], "45s"),
        ([rule(None)], "60s"),
    ],
)
def test_alerts_are_followed_at_the_pace_of_their_rules(rules: list[Rule], step: str) -> None:
    fitted = tailored(QUERIES, rules)
    assert [each.id for each in fitted] == [each.id for each in QUERIES]
    (activations,) = (each for each in fitted if each.id == "alerts.activations")
    assert f"[{{window}}:{step}]" in activations.promql
    assert sum(new != old for new, old in zip(fitted, QUERIES, strict=True)) <= 1
