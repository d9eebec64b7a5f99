"""One scan of a server, whole: servers that behave, and servers that do not. Nothing is ever raised for a server."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.errors import UsageError
from agent.sources.prometheus.endpoints import ENDPOINTS, FLAGS, RULES, RUNTIME
from agent.sources.prometheus.guard import Budget
from agent.sources.prometheus.queries import QUERIES
from agent.sources.prometheus.source import Reading, read_prometheus
from analyzers.measures.promql import PAST, PRESENT
from analyzers.model import context as ctx
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason
from tests import servers
from tests.agent.sources.recordings import failure, replay, shape, success, vector
from tests.fake_http import Asked, Reply, Speak, forever, serve, speak

AT = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
SOON = Budget(seconds=6, query_seconds=0.6)
NOT_AGAIN: Callable[[float], None] = lambda _: None  # noqa: E731 - waits of a test take no time


def scan(url: str, config: ctx.HttpConfig | None = None, **more: Any) -> Reading:
    given: dict[str, Any] = {"since": dt.timedelta(days=28), "clock": lambda: AT, "sleep": NOT_AGAIN}
    return read_prometheus(ctx.Endpoint(url=url, http_config=config), **(given | more))


def scan_of(answer: Callable[[Asked], Reply | Speak] | Reply, **more: Any) -> tuple[Reading, list[Asked]]:
    with serve(answer) as server:
        return scan(server.url, **more), server.asked


def here(reply: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """Return the same server with the clock of the scan."""

    def answer(asked: Asked) -> Reply:
        given = reply(asked)
        headers = {"Date": format_datetime(AT, usegmt=True)}
        return Reply(status=given.status, body=given.body, content_type=given.content_type, headers=headers)

    return answer


def reasons(monitoring: Monitoring) -> set[Reason | None]:
    return {each.reason for each in monitoring.endpoints} | {each.reason for each in monitoring.queries}


def test_a_whole_scan() -> None:
    (monitoring, cost, origins, spots), asked = scan_of(replay("prometheus"), local_host="vm1")
    assert monitoring.kind == "prometheus"
    assert monitoring.local_host == "vm1"
    assert monitoring.targets
    assert [each.id for each in monitoring.queries][: len(QUERIES)] == [each.id for each in QUERIES]
    assert monitoring.query("targets.up") is not None
    assert reasons(monitoring) == {None}
    assert (origins[0].kind, origins[0].where, origins[0].reason) == ("prometheus", monitoring.url, None)
    assert spots == ()
    assert cost.queries == len(asked)
    assert len(ENDPOINTS) + len(QUERIES) <= cost.queries <= len(ENDPOINTS) + len(QUERIES) + 12
    assert cost.bytes > 10_000
    assert cost.samples > 0
    assert 0 < cost.seconds < 30


def test_the_facts_survive_the_snapshot_file() -> None:
    (monitoring, *_), _ = scan_of(replay("prometheus"))
    assert msgspec.json.decode(msgspec.json.encode(monitoring), type=Monitoring) == monitoring


def test_only_safe_requests_are_sent() -> None:
    _, asked = scan_of(replay("prometheus"))
    assert {each.method for each in asked} == {"GET"}
    assert not [each.path for each in asked if "admin" in each.path or not each.path.startswith("/api/v1/")]


def test_every_query_is_evaluated_at_the_moment_of_the_scan() -> None:
    (monitoring, *_), asked = scan_of(here(replay("prometheus")))
    times = {each.query["time"] for each in asked if each.path == "/api/v1/query" and "time" in each.query}
    assert times == {f"{AT.timestamp():.3f}"}
    assert {each.collected_at for each in monitoring.queries} == {AT}
    assert monitoring.warnings == ()


@pytest.mark.parametrize(("slots", "at_once"), [("20", 2), ("8", 2), ("4", 1), ("1", 1), ("0", 1), ("many", 2)])
def test_a_server_with_few_slots_is_asked_one_question_at_a_time(slots: str, at_once: int) -> None:
    now, most, lock = 0, 0, threading.Lock()

    def answer(asked: Asked) -> Reply:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1
        return replay("prometheus", {FLAGS: success({"query.max-concurrency": slots})})(asked)

    scan_of(answer)
    assert most == at_once


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_server_with_another_clock_is_asked_at_its_own_time(hours: int) -> None:
    there = dt.datetime.now(dt.UTC)
    (monitoring, *_), asked = scan_of(replay("prometheus"), clock=lambda: there + dt.timedelta(hours=hours))
    (asked_at,) = {float(each.query["time"]) for each in asked if each.path == "/api/v1/query" and "time" in each.query}
    assert abs(asked_at - there.timestamp()) < 30
    assert abs(monitoring.collected_at - there) < dt.timedelta(seconds=30)
    assert f"{-hours * 3600:+d} s" in monitoring.warnings[0] or "its clock is" in monitoring.warnings[0]


def test_the_name_of_this_machine_is_that_of_no_other_server() -> None:
    (monitoring, *_), _ = scan_of(replay("prometheus"))
    assert monitoring.local_host == ""
    found, *_ = scan("http://prometheus.invalid:9090", local_host="vm1")
    assert found.local_host == ""


def test_the_prefix_is_kept_everywhere() -> None:
    with serve(replay("prometheus", prefix="/prometheus")) as server:
        monitoring, *_ = scan(f"{server.url}/prometheus/")
    assert monitoring.url.endswith("/prometheus")
    assert reasons(monitoring) == {None}
    assert all(each.path.startswith("/prometheus/api/v1/") for each in server.asked)


@pytest.mark.parametrize(
    ("name", "kind"), [("victoria_metrics", "victoria-metrics"), ("mimir", "mimir"), ("thanos", "thanos")]
)
def test_other_programs_answer_in_part(name: str, kind: str) -> None:
    (monitoring, _, origins, spots), asked = scan_of(replay(name))
    assert monitoring.kind == kind
    assert origins[0].reason == "partial"
    assert "backend_404" in {each.reason for each in spots}
    assert {each.reason for each in monitoring.queries} <= {None, "partial"}
    assert "count(up)" in {each.query.get("query") for each in asked}
    if name == "thanos":
        up = monitoring.query("targets.up")
        assert up is not None
        assert (up.reason, len(up.samples)) == ("partial", 1)
        assert "No StoreAPIs matched for this query" in monitoring.warnings


HTML = Reply(body=b"<html><form>password</form></html>", content_type="text/html")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(Reply(status=401), "no_permission", id="401"),
        pytest.param(Reply(status=404), "backend_404", id="404 everywhere"),
        pytest.param(Reply(status=405), "backend_404", id="405"),
        pytest.param(Reply(status=500), "unreachable", id="500"),
        pytest.param(Reply(status=503), "unreachable", id="503"),
        pytest.param(Reply(status=429), "budget_exhausted", id="429"),
        pytest.param(HTML, "unreadable", id="login page with 200"),
        pytest.param(Reply(body=b"hello"), "unreadable", id="not JSON"),
        pytest.param(Reply(body=b'{"status":"success","data":{"resultType"'), "unreadable", id="half an answer"),
        pytest.param(Reply(body=b""), "unreadable", id="empty"),
        pytest.param(Reply(body=(bytes(1 << 20) for _ in range(100))), "budget_exhausted", id="100 MB"),
        pytest.param(Reply(body=forever(b" " * 4096, 5)), "budget_exhausted", id="endless"),
        pytest.param(Reply(body=b"x", headers={"Content-Encoding": "gzip"}), "unreadable", id="gzip"),
        pytest.param(Reply(status=302, headers={"Location": "http://127.0.0.2:1/"}), "unreachable", id="elsewhere"),
        pytest.param(speak(then="hang"), "timed_out", id="hangs"),
        pytest.param(speak(*[b"H"] * 300, pause=0.05), "timed_out", id="drips"),
        pytest.param(speak(b"SSH-2.0\r\n"), "unreadable", id="no HTTP"),
        pytest.param(speak(then="reset"), "unreachable", id="resets"),
    ],
)
def test_a_server_that_answers_nothing_is_unknown_everywhere(
    answer: Callable[[Asked], Reply | Speak] | Reply, reason: Reason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.sources.prometheus.source.PROBE_SECONDS", 1.0)
    began = time.monotonic()
    (monitoring, cost, origins, spots), asked = scan_of(answer, budget=SOON)
    assert reasons(monitoring) == {reason}
    assert (monitoring.targets, monitoring.rules, monitoring.metric_names) == (None, None, None)
    assert [each.endpoint for each in monitoring.endpoints] == list(ENDPOINTS)
    assert [each.id for each in monitoring.queries] == [each.id for each in QUERIES]
    assert (origins[0].reason, len(spots), spots[0].reason) == (reason, 1, reason)
    assert cost.queries == len(asked) <= 4
    assert time.monotonic() - began < 6


def test_nobody_is_there() -> None:
    port = servers.free_port()
    monitoring, cost, origins, _ = scan(f"http://127.0.0.1:{port}")
    assert reasons(monitoring) == {"unreachable"}
    assert "refuses connections" in origins[0].detail
    assert (cost.queries, cost.bytes, cost.samples) == (1, 0, 0)


def test_a_wrong_password_is_sent_once(tmp_path: Path) -> None:
    (tmp_path / "pass").write_text("wrong")
    config = ctx.HttpConfig(basic_auth=ctx.BasicAuth(username="scanner", password_file="pass"))
    with serve(Reply(status=401)) as server:
        monitoring, *_ = scan(server.url, config, folder=tmp_path)
    assert reasons(monitoring) == {"no_permission"}
    assert len(server.asked) == 1


def test_a_redirect_elsewhere_gets_no_credentials(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("tr0ub4dor")
    config = ctx.HttpConfig(authorization=ctx.Authorization(credentials_file="token"))
    with serve(replay("prometheus")) as other:

        def answer(asked: Asked) -> Reply:
            return Reply(status=307, headers={"Location": f"{other.url}{asked.path}"})

        with serve(answer) as server:
            monitoring, *_ = scan(server.url, config, folder=tmp_path)
    assert reasons(monitoring) == {"unreachable"}
    assert other.asked == []


def test_a_server_that_comes_back_is_read() -> None:
    busy = iter([Reply(status=503), Reply(status=503)])

    def answer(asked: Asked) -> Reply:
        return next(busy, None) or replay("prometheus")(asked)

    (monitoring, cost, *_), asked = scan_of(answer)
    assert reasons(monitoring) == {None}
    assert cost.queries == len(asked)


def test_queries_forbidden_leaves_endpoints() -> None:
    (monitoring, cost, origins, _), asked = scan_of(replay("prometheus", {"/api/v1/query": Reply(status=403)}))
    assert monitoring.targets
    assert {each.reason for each in monitoring.queries} == {"no_permission"}
    assert origins[0].reason == "partial"
    assert [each.path for each in asked].count("/api/v1/query") == 1
    assert cost.samples == 0


def test_an_agent_has_no_queries() -> None:
    refusal = failure(422, "execution", "unavailable with Prometheus Agent")
    (monitoring, *_), _ = scan_of(replay("prometheus", {"/api/v1/query": refusal}))
    assert {each.reason for each in monitoring.queries} == {"backend_404"}
    assert monitoring.targets


def test_endpoints_forbidden_leaves_queries() -> None:
    def answer(asked: Asked) -> Reply:
        return replay("prometheus")(asked) if asked.path == "/api/v1/query" else Reply(status=403)

    (monitoring, _, _, spots), _ = scan_of(answer)
    assert {each.reason for each in monitoring.endpoints} == {"no_permission"}
    assert {each.reason for each in monitoring.queries} == {None}
    assert {each.what for each in spots} == set(ENDPOINTS)


def test_a_server_that_dies_in_the_middle_leaves_what_it_said() -> None:
    def answer(asked: Asked) -> Reply | Speak:
        alive = asked.path != "/api/v1/query" or asked.query["query"] == "1"
        return replay("prometheus")(asked) if alive else speak(then="close")(asked)

    (monitoring, cost, origins, _), _ = scan_of(answer)
    assert monitoring.targets
    assert {each.reason for each in monitoring.queries} == {"unreachable"}
    assert origins[0].reason == "partial"
    assert cost.queries < 60


def test_a_scan_ends_when_its_time_is_over() -> None:
    def answer(asked: Asked) -> Reply:
        given = replay("prometheus")(asked)
        return Reply(status=given.status, body=given.body, pause=0.15) if "time" in asked.query else given

    began = time.monotonic()
    (monitoring, *_), _ = scan_of(answer, budget=Budget(seconds=1.5), sleep=NOT_AGAIN)
    assert time.monotonic() - began < 5
    late = [each for each in monitoring.queries if each.reason == "timed_out"]
    assert late
    assert "1.5 s" in late[-1].detail
    assert {each.reason for each in monitoring.queries} == {None, "timed_out"}


def test_a_busy_server_is_left_alone() -> None:
    def answer(asked: Asked) -> Reply:
        return vector(({}, "0.97")) if "engine_queries" in asked.query.get("query", "") else replay("prometheus")(asked)

    waits: list[float] = []
    (monitoring, *_), asked = scan_of(answer, sleep=waits.append)
    assert {each.reason for each in monitoring.queries} == {"budget_exhausted"}
    assert waits == [1.0, 2.0, 4.0, 8.0]
    assert len(asked) < 30
    assert monitoring.targets


@pytest.mark.parametrize(
    ("budget", "reason"),
    [(Budget(requests=30), "budget_exhausted"), (Budget(samples=5), "budget_exhausted")],
)
def test_a_small_budget_leaves_queries_unasked(budget: Budget, reason: Reason) -> None:
    (monitoring, cost, *_), _ = scan_of(replay("prometheus"), budget=budget)
    unasked = [each for each in monitoring.queries if each.reason is not None]
    assert unasked
    assert {each.reason for each in unasked} == {reason}
    assert cost.queries <= budget.requests + budget.concurrency
    assert cost.samples <= budget.samples


def test_what_the_server_says_it_read_is_the_cost() -> None:
    def answer(asked: Asked) -> Reply:
        known = asked.path != "/api/v1/query" or asked.query["query"] == "1"
        if known:
            return replay("prometheus")(asked)
        if shape(asked.query["query"]) == "matrix":
            stats = {"samples": {"totalQueryableSamples": 100}}
            return success({"resultType": "matrix", "result": [], "stats": stats})
        return vector(({}, "0"), cost=100)

    (monitoring, cost, *_), _ = scan_of(answer)
    assert cost.samples == 100 * len(monitoring.queries)


def test_what_alerts_look_at_is_asked_for_now_and_then_in_the_past() -> None:
    told: list[tuple[int, int]] = []
    (monitoring, *_), asked = scan_of(replay("prometheus"), progress=lambda done, total: told.append((done, total)))
    now, past = monitoring.query(f"{PRESENT}up"), monitoring.query(f"{PAST}up")
    assert now is not None
    assert (now.query, now.samples, now.reason) == ("count(up)", (), None)
    assert past is not None
    assert (past.query, past.window) == ("count(last_over_time(up[14d:5m]))", "14d")
    sent = [each.query.get("query") for each in asked]
    assert sent.index(now.query) < sent.index(past.query)
    assert told[-1] == (len(monitoring.queries), len(monitoring.queries))
    (monitoring, *_), _ = scan_of(replay("prometheus", {"/api/v1/query": vector(({}, "1"))}))
    assert monitoring.query(f"{PRESENT}up") is not None
    assert monitoring.query(f"{PAST}up") is None


def test_an_unfamiliar_server_is_not_believed_when_empty() -> None:
    answers = {
        RUNTIME: Reply(status=404),
        RULES: success({"groups": []}),
        "/api/v1/status/buildinfo": Reply(status=404),
    }
    (monitoring, *_), _ = scan_of(replay("prometheus", answers))
    assert (monitoring.kind, monitoring.rules) == ("unknown", None)
    assert monitoring.answer(RULES).reason == "backend_404"


@pytest.mark.parametrize(
    ("url", "config", "said"),
    [
        ("http://u:tr0ub4dor@h", None, "user name or a password"),
        ("h:9090", None, "write http://"),
        ("http://h", ctx.HttpConfig(authorization=ctx.Authorization(credentials_file="absent")), "absent"),
    ],
)
def test_what_the_user_must_repair_is_a_usage_error(
    tmp_path: Path, url: str, config: ctx.HttpConfig | None, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        scan(url, config, folder=tmp_path)
    assert said in str(caught.value)
    assert "tr0ub4dor" not in str(caught.value)


def test_credentials_in_clear_are_a_caution(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("x")
    config = ctx.HttpConfig(authorization=ctx.Authorization(credentials_file="token"))
    monitoring, *_ = scan("http://prometheus.invalid", config, folder=tmp_path)
    assert monitoring.warnings == ("credentials go to prometheus.invalid in clear: use https",)
    with serve(replay("prometheus")) as server:
        monitoring, *_ = scan(server.url, config, folder=tmp_path)
    assert not [each for each in monitoring.warnings if "in clear" in each]
