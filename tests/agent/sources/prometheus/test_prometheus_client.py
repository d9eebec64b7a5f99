"""Typed answers of the Prometheus API, and every way in which they can be none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator

import pytest

from agent.sources.address import parse_address
from agent.sources.failures import NoAnswerError
from agent.sources.http import HttpClient
from agent.sources.prometheus.answers import Rules, Targets
from agent.sources.prometheus.client import PrometheusClient
from agent.sources.transport import Limits
from analyzers.model.monitoring import Sample
from analyzers.model.reasons import Reason
from tests.agent.sources.recordings import failure, success, vector
from tests.fake_http import Reply, serve

AT = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


@pytest.fixture
def ask() -> Iterator[Callable[[Reply], PrometheusClient]]:
    """Return a client of a server that gives one reply."""
    opened = []

    def build(reply: Reply) -> PrometheusClient:
        context = serve(reply)
        http = HttpClient(parse_address(context.__enter__().url), limits=Limits(total_seconds=10), pauses=())
        opened.append((context, http))
        return PrometheusClient(http)

    yield build
    for context, http in opened:
        http.close()
        context.__exit__(None, None, None)


Ask = Callable[[Reply], PrometheusClient]


def reason_of(client: PrometheusClient) -> NoAnswerError:
    with pytest.raises(NoAnswerError) as caught:
        client.query("up", AT, seconds=5)
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1.0),
        ("0.25", 0.25),
        ("1e3", 1000.0),
        ("-0", 0.0),
        ("NaN", None),
        ("+Inf", None),
        ("-Inf", None),
        ("Inf", None),
    ],
)
def test_values_that_are_no_numbers_have_no_value(ask: Ask, text: str, value: float | None) -> None:
    answer = ask(vector(({"job": "node"}, text))).query("up", AT, seconds=5)
    assert answer.samples == (Sample(labels={"job": "node"}, value=value),)


def test_a_query_tells_when_for_how_long_and_asks_for_its_price() -> None:
    with serve(vector(cost=1234)) as server, HttpClient(parse_address(server.url)) as http:
        answer = PrometheusClient(http).query("up", AT, seconds=7.9)
    assert server.asked[0].query == {"query": "up", "timeout": "7s", "stats": "all", "time": "1795420800.000"}
    assert answer.cost == 1234
    assert answer.date is not None
    assert abs(answer.date - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_a_scalar_is_one_sample_without_labels(ask: Ask) -> None:
    answer = ask(success({"resultType": "scalar", "result": [1, "2.5"]})).query("2.5", None, seconds=5)
    assert answer.samples == (Sample(labels={}, value=2.5),)
    assert answer.cost is None


def test_a_native_histogram_has_no_value(ask: Ask) -> None:
    data = {"resultType": "vector", "result": [{"metric": {"a": "b"}, "histogram": [1, {"count": "4"}]}]}
    assert ask(success(data)).query("h", AT, seconds=5).samples == (Sample(labels={"a": "b"}, value=None),)


def test_secrets_in_labels_are_hidden(ask: Ask) -> None:
    answer = ask(vector(({"instance": "https://a:hunter2@h/"}, "1"))).query("up", AT, seconds=5)
    assert answer.samples[0].labels == {"instance": "https://h/"}


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"warnings": ["one store is down"]}, ("one store is down",)),
        ({"warnings": ["PromQL warning: quantile value should be between 0 and 1"]}, ()),
        ({"infos": ["PromQL info: metric might not be a counter"]}, ()),
        ({"isPartial": True}, ("the server says that its answer is partial",)),
        ({"isPartial": False, "warnings": None}, ()),
    ],
)
def test_an_answer_that_may_be_incomplete_says_so(ask: Ask, more: dict[str, object], kept: tuple[str, ...]) -> None:
    assert ask(vector(**more)).query("up", AT, seconds=5).warnings == kept  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        pytest.param(
            failure(422, "execution", "query processing would load too many samples"), "budget_exhausted", id="samples"
        ),
        pytest.param(failure(422, "execution", "found duplicate series for the match group"), "unreadable", id="match"),
        pytest.param(failure(422, "execution", "unavailable with Prometheus Agent"), "backend_404", id="agent mode"),
        pytest.param(failure(503, "timeout", "query timed out in expression evaluation"), "timed_out", id="timeout"),
        pytest.param(failure(400, "bad_data", "unknown function with name"), "backend_404", id="function"),
        pytest.param(failure(400, "bad_data", "parse error: unclosed left parenthesis"), "unreadable", id="parse"),
        pytest.param(failure(422, "422", 'unknown func "nofunc"'), "backend_404", id="victoria function"),
        pytest.param(
            failure(422, "execution", "the query exceeded the maximum number of chunks"), "budget_exhausted", id="limit"
        ),
        pytest.param(failure(500, "internal", "many things are wrong"), "unreachable", id="internal"),
        pytest.param(
            Reply(status=400, body=b'unsupported path requested: "/api/v1/query"', content_type="text/plain"),
            "backend_404",
            id="victoria path",
        ),
        pytest.param(Reply(status=401, body=b"no org id\n", content_type="text/plain"), "no_permission", id="tenant"),
        pytest.param(Reply(status=404, body=b"<html>not here</html>"), "backend_404", id="absent"),
        pytest.param(failure(403, "forbidden", "quota exceeded"), "budget_exhausted", id="quota"),
    ],
)
def test_a_refusal_is_understood_by_its_words(ask: Ask, reply: Reply, reason: Reason) -> None:
    error = reason_of(ask(reply))
    assert error.reason == reason
    assert f"HTTP {reply.status}" in error.detail
    assert "<" not in error.detail


def test_a_missing_tenant_says_where_to_name_it(ask: Ask) -> None:
    assert "X-Scope-OrgID" in reason_of(ask(Reply(status=401, body=b"no org id"))).detail


NESTED = b'{"status":"success","data":' + b"[" * 150_000


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="list"),
        pytest.param(b"{}", id="no status"),
        pytest.param(b'{"status":"success","data":{"resultType":"vector"}}', id="no result"),
        pytest.param(b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{}', id="half"),
        pytest.param(b'{"status":"success","data":{"resultType":"matrix","result":[]}}', id="matrix"),
        pytest.param(b'{"status":"success","data":{"resultType":"vector","result":{}}}', id="vector of nothing"),
        pytest.param(b'{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"x"]}]}}', id="word"),
        pytest.param(b'{"status":"success","data":{"resultType":"vector","result":[{"value":[1]}]}}', id="no value"),
        pytest.param(b'{"status":"error","error":"no"}', id="error with 200"),
        pytest.param(b"up 1\n", id="metrics page"),
        pytest.param(b"\xff\xfe\x00", id="bytes"),
        pytest.param(b'{"status":"success","data":{"resultType":"\xff","result":[]}}', id="bad utf-8"),
        pytest.param(NESTED, id="deep, open"),
        pytest.param(NESTED + b"]" * 150_000 + b"}", id="deep, closed"),
        pytest.param(b'{"status":"success","more":' + b"[" * 150_000 + b"]" * 150_000 + b"}", id="deep, unknown"),
        pytest.param(
            b'{"status":"success","data":{"resultType":"scalar","result":[1,"' + b"9" * 9_000 + b'x"]}}', id="long"
        ),
    ],
)
def test_an_answer_that_makes_no_sense_is_unreadable(ask: Ask, body: bytes) -> None:
    error = reason_of(ask(Reply(body=body)))
    assert error.reason == "unreadable"
    assert len(error.detail) < 500


@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
def test_a_login_page_is_recognised(ask: Ask, content_type: str) -> None:
    page = b"<!DOCTYPE html><html><form>password</form></html>"
    error = reason_of(ask(Reply(body=page, content_type=content_type)))
    assert error.reason == "unreadable"
    assert "login page" in error.detail


def test_json_of_another_type_is_taken(ask: Ask) -> None:
    reply = vector(({}, "1"))
    answer = ask(Reply(body=reply.body, content_type="text/plain")).query("up", AT, seconds=5)
    assert answer.samples[0].value == 1.0


def test_unknown_fields_and_nulls_are_taken(ask: Ask) -> None:
    body = {"activeTargets": None, "new": {"x": [1]}, "droppedTargetCounts": {"a": 1}}
    said = ask(success(body, more=1)).ask("/api/v1/targets", Targets)
    assert said.data == Targets(active_targets=None, dropped_target_counts={"a": 1})


@pytest.mark.parametrize("body", [b"", b"  \n", b'{"status":"success","data":null}', b'{"status":"success"}'])
def test_an_endpoint_may_have_nothing_to_say(ask: Ask, body: bytes) -> None:
    assert ask(Reply(body=body)).ask("/api/v1/rules", Rules).data is None


def test_a_field_of_another_type_is_told_with_its_place(ask: Ask) -> None:
    reply = Reply(body=json.dumps({"status": "success", "data": {"groups": [{"name": 4}]}}).encode())
    with pytest.raises(NoAnswerError) as caught:
        ask(reply).ask("/api/v1/rules", Rules)
    assert "$.data.groups[0].name" in caught.value.detail
