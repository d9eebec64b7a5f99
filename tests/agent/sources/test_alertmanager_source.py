"""Alertmanager: what is kept of it, from a recorded one, a real one, and ones that fail; and where it is found."""

from __future__ import annotations

import datetime as dt
import json
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.errors import UsageError
from agent.sources.alertmanager import ALERTS, RECEIVERS, SILENCES, STATUS, Reading, discover, read_alertmanager
from analyzers.model import context as ctx
from analyzers.model.monitoring import Alerting
from analyzers.model.reasons import Reason
from tests import builders as b
from tests import servers
from tests.agent.sources.recordings import load, replay
from tests.fake_http import Asked, Reply, Speak, serve, speak

AT = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
PATHS = (STATUS, ALERTS, SILENCES, RECEIVERS)


def read(url: str, config: ctx.HttpConfig | None = None, **more: Any) -> Reading:
    given: dict[str, Any] = {"clock": lambda: AT, "sleep": lambda _: None}
    return read_alertmanager(ctx.Endpoint(url=url, http_config=config), **(given | more))


def read_from(answer: Callable[[Asked], Reply | Speak] | Reply, **more: Any) -> tuple[Reading, list[Asked]]:
    with serve(answer) as server:
        return read(server.url, **more), server.asked


def silenced(**fields: Any) -> Alerting:
    given = {
        "id": "1",
        "startsAt": "2026-11-01T00:00:00Z",
        "endsAt": "2026-12-01T00:00:00Z",
        "status": {"state": "active"},
    }
    body = json.dumps([given | fields]).encode()
    (alerting, *_), _ = read_from(replay("alertmanager", {SILENCES: Reply(body=body)}))
    return alerting


def test_what_is_kept() -> None:
    (alerting, cost, origins, spots), asked = read_from(replay("alertmanager"))
    assert (alerting.version, alerting.active, alerting.silenced) == ("0.25.0", 1, 1)
    assert alerting.receivers == ("nobody",)
    assert alerting.collected_at == AT
    assert alerting.silences is not None
    (silence,) = alerting.silences
    assert silence.state == "active"
    assert silence.matchers == ('alertname="Down"', 'instance!~"web.*"')
    assert (silence.created_by, silence.commented) == ("a.martin", True)
    assert silence.ends_at - silence.starts_at > dt.timedelta(days=39)
    assert [(each.endpoint, each.reason) for each in alerting.endpoints] == [(path, None) for path in PATHS]
    assert (origins[0].kind, origins[0].reason, spots) == ("alertmanager", None, ())
    assert (cost.queries, len(asked)) == (4, 4)
    assert cost.bytes > 1000


def test_the_configuration_and_comments_are_not_kept() -> None:
    status = load("alertmanager")[STATUS]["body"]
    status["config"]["original"] += "smtp_auth_password: hunter2"
    changed = {STATUS: Reply(body=json.dumps(status).encode())}
    (alerting, *_), _ = read_from(replay("alertmanager", changed))
    packed = msgspec.json.encode(alerting)
    assert b"hunter2" not in packed
    assert b"planned work" not in packed
    assert b"smtp" not in packed


@pytest.mark.parametrize(
    ("fields", "commented", "author"),
    [
        ({"comment": "planned", "createdBy": "a.martin"}, True, "a.martin"),
        ({"comment": "  ", "createdBy": "admin"}, False, "admin"),
        ({}, False, ""),
    ],
)
def test_a_comment_is_a_fact_and_its_author_a_name(fields: dict[str, str], commented: bool, author: str) -> None:
    (silence,) = silenced(**fields).silences or ()
    assert (silence.commented, silence.created_by) == (commented, author)


@pytest.mark.parametrize(
    ("matcher", "text"),
    [
        ({"name": "a", "value": "b", "isRegex": False, "isEqual": True}, 'a="b"'),
        ({"name": "a", "value": "b", "isRegex": False, "isEqual": False}, 'a!="b"'),
        ({"name": "a", "value": "b", "isRegex": True, "isEqual": True}, 'a=~"b"'),
        ({"name": "a", "value": "b", "isRegex": True, "isEqual": False}, 'a!~"b"'),
        ({"name": "a", "value": "b", "isRegex": False}, 'a="b"'),
        ({"name": "a", "value": "https://u:hunter2@h/"}, 'a="https://h/"'),
    ],
)
def test_matchers_read_as_promql(matcher: dict[str, Any], text: str) -> None:
    (silence,) = silenced(matchers=[matcher]).silences or ()
    assert silence.matchers == (text,)


def test_a_silence_without_a_time_is_left_out() -> None:
    assert silenced(endsAt="never").silences == ()


@pytest.mark.parametrize(
    ("path", "lost"),
    [(STATUS, {"version"}), (ALERTS, {"active", "silenced"}), (SILENCES, {"silences"}), (RECEIVERS, {"receivers"})],
)
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=403), "no_permission"),
        (Reply(status=404), "backend_404"),
        (Reply(status=500, body=b'{"code":500,"message":"store is broken"}'), "unreachable"),
        (Reply(body=b"<html>"), "unreadable"),
        (Reply(body=b'{"a":'), "unreadable"),
    ],
)
def test_one_endpoint_that_fails_leaves_the_others(path: str, lost: set[str], reply: Reply, reason: Reason) -> None:
    (alerting, _, origins, spots), _ = read_from(replay("alertmanager", {path: reply}))
    found = {each.endpoint: each.reason for each in alerting.endpoints}
    assert found == dict.fromkeys(PATHS) | {path: reason}
    for name in ("version", "active", "silenced", "silences", "receivers"):
        assert (getattr(alerting, name) in {None, ""}) == (name in lost)
    assert origins[0].reason == "partial"
    assert [(each.what, each.reason) for each in spots] == [(path, reason)]


@pytest.mark.parametrize(
    ("answer", "reason", "requests"),
    [
        (Reply(status=401), "no_permission", 1),
        (Reply(status=404), "backend_404", 4),
        (Reply(status=503), "unreachable", 4),
        (Reply(body=b"<html>login"), "unreadable", 4),
        (speak(then="hang"), "timed_out", 1),
        (speak(b"220 smtp ready\r\n"), "unreadable", 4),
        (Reply(body=(bytes(1 << 20) for _ in range(100))), "budget_exhausted", 1),
        (Reply(status=302, headers={"Location": "http://127.0.0.2:1/"}), "unreachable", 1),
    ],
)
def test_a_server_that_answers_nothing(
    answer: Callable[[Asked], Reply | Speak] | Reply, reason: Reason, requests: int
) -> None:
    began = time.monotonic()
    (alerting, cost, origins, spots), asked = read_from(answer, seconds=1.0 if reason == "timed_out" else 30.0)
    assert {each.reason for each in alerting.endpoints} == {reason}
    assert [each.endpoint for each in alerting.endpoints] == list(PATHS)
    assert (alerting.version, alerting.active, alerting.silences, alerting.receivers) == ("", None, None, None)
    assert (origins[0].reason, len(spots)) == (reason, 1)
    assert cost.queries == len(asked) == requests
    assert time.monotonic() - began < 5


def test_nobody_is_there() -> None:
    alerting, *_ = read(f"http://127.0.0.1:{servers.free_port()}")
    assert {each.reason for each in alerting.endpoints} == {"unreachable"}


def test_a_secret_in_the_address_is_refused() -> None:
    with pytest.raises(UsageError, match="--alertmanager"):
        read("http://u:p@h:9093")


@pytest.mark.parametrize(
    ("prometheus", "named", "found"),
    [
        ("http://127.0.0.1:9090", ["http://127.0.0.1:9093/api/v2/alerts"], "http://127.0.0.1:9093"),
        ("http://localhost:9090", ["http://127.0.0.1:9093/api/v2/alerts"], "http://127.0.0.1:9093"),
        ("http://127.0.0.1:9090", ["http://localhost:9093/am/api/v2/alerts"], "http://localhost:9093/am"),
        ("http://mon1:9090", ["http://mon1:9093/api/v2/alerts"], "http://mon1:9093"),
        ("https://mon1", ["http://localhost:9093/api/v1/alerts"], "http://mon1:9093"),
        ("http://mon1:9090", ["http://mon2:9093/api/v2/alerts"], None),
        ("http://127.0.0.1:9090", ["http://mon2:9093/api/v2/alerts"], None),
        ("http://mon1", ["http://mon2:9093/api/v2/alerts", "http://mon1:9094/api/v2/alerts"], "http://mon1:9094"),
        ("http://mon1", ["", "not a url", "http://[", "ftp://mon1/api/v2/alerts"], None),
        ("http://mon1", [], None),
        ("nonsense", ["http://mon1:9093/api/v2/alerts"], None),
    ],
)
def test_one_beside_its_prometheus_is_found(prometheus: str, named: list[str], found: str | None) -> None:
    endpoint = discover(b.monitoring(url=prometheus, alertmanagers=tuple(named)))
    assert (endpoint.url if endpoint else None) == found


def test_credentials_of_prometheus_do_not_come_along() -> None:
    endpoint = discover(b.monitoring(url="http://mon1", alertmanagers=("http://mon1:9093/api/v2/alerts",)))
    assert endpoint is not None
    assert endpoint.http_config is None


def test_an_unknown_list_finds_nothing() -> None:
    assert discover(b.monitoring(alertmanagers=None)) is None


class TestReal:
    """Against Debian's Alertmanager."""

    pytestmark = servers.marks("prometheus-alertmanager")

    def post(self, server: servers.Server, path: str, body: object) -> None:
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{server.url}{path}", data, {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=5).close()

    def test_alerts_and_silences_are_counted(self, tmp_path: Path) -> None:
        now = dt.datetime.now(dt.UTC)
        with servers.alertmanager(tmp_path) as server:
            alerts = [{"labels": {"alertname": name}} for name in ("Down", "Slow", "Full")]
            self.post(server, ALERTS, alerts)
            silence = {
                "matchers": [{"name": "alertname", "value": "Slow|Full", "isRegex": True}],
                "startsAt": now.isoformat(),
                "endsAt": (now + dt.timedelta(days=90)).isoformat(),
                "createdBy": "admin",
                "comment": "",
            }
            self.post(server, SILENCES, silence | {"comment": "work"})

            def done() -> bool:
                found = json.loads(servers.get(f"{server.url}{ALERTS}"))
                return sorted(each["status"]["state"] for each in found) == ["active", "suppressed", "suppressed"]

            servers.wait_until(done, "alerts taken in")
            alerting, cost, origins, spots = read(server.url)
        assert (alerting.active, alerting.silenced, alerting.receivers) == (1, 2, ("nobody",))
        assert [each.matchers for each in alerting.silences or ()] == [('alertname=~"Slow|Full"',)]
        assert alerting.version
        assert (origins[0].reason, spots, cost.queries) == (None, (), 4)
