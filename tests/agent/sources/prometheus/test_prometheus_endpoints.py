"""What four kinds of servers say of themselves, from recorded answers, and what their silences mean."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import msgspec
import pytest

from agent.sources.address import parse_address
from agent.sources.http import HttpClient
from agent.sources.prometheus import endpoints as ep
from agent.sources.prometheus.client import PrometheusClient
from agent.sources.transport import Limits
from analyzers.model.monitoring import MetricMetadata, Monitoring
from analyzers.model.reasons import Reason
from tests.agent.sources.recordings import load, replay, success
from tests.fake_http import Asked, Reply, Server, serve

AT = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)


def look(answer: Callable[[Asked], Reply]) -> tuple[Monitoring, Server]:
    limits = Limits(total_seconds=10)
    with serve(answer) as server, HttpClient(parse_address(server.url), limits=limits, pauses=()) as http:
        return ep.read_endpoints(PrometheusClient(http), AT, time.monotonic() + 30), server


def reasons(monitoring: Monitoring) -> dict[str, Reason | None]:
    return {each.endpoint: each.reason for each in monitoring.endpoints}


def changed(path: str, reply: Reply, name: str = "prometheus") -> Monitoring:
    return look(replay(name, {path: reply}))[0]


@pytest.fixture(scope="module")
def prometheus() -> Monitoring:
    return look(replay("prometheus"))[0]


def test_a_prometheus_says_everything(prometheus: Monitoring) -> None:
    assert (prometheus.kind, prometheus.version, prometheus.retention) == ("prometheus", "2.42.0+ds", "10y")
    assert reasons(prometheus) == dict.fromkeys(ep.ENDPOINTS)
    assert prometheus.collected_at == AT
    assert prometheus.dropped_targets == 1
    assert prometheus.external_labels == {"cluster": "atelier", "site": "lyon"}
    assert prometheus.head_series is not None
    assert prometheus.series_by_metric["up"] == 2
    assert prometheus.values_by_label["__name__"] > 5
    assert prometheus.label_names is not None
    assert {"instance", "job"} <= set(prometheus.label_names)
    assert prometheus.metric_names is not None
    assert "node_load1" in prometheus.metric_names
    assert prometheus.metadata is not None
    assert prometheus.metadata["node_load1"] == MetricMetadata(type="gauge", documented=True)


def test_targets_keep_labels_interval_and_cause(prometheus: Monitoring) -> None:
    assert prometheus.targets is not None
    dead, node = sorted(prometheus.targets, key=lambda each: each.job)
    assert (dead.health, node.health) == ("down", "up")
    assert dead.last_error.endswith("connect: connection refused")
    assert dead.labels == {"instance": "127.0.0.1:1", "job": "dead"}
    assert (node.scrape_interval_seconds, node.scrape_timeout_seconds) == (1.0, 1.0)
    assert node.last_scrape is not None
    assert node.last_scrape.tzinfo is dt.UTC


def test_rules_keep_their_state_and_no_secret(prometheus: Monitoring) -> None:
    assert prometheus.rules is not None
    rules = {each.name: each for each in prometheus.rules}
    assert set(rules) == {"Down", "job:up:sum", "Impossible"}
    down = rules["Down"]
    assert (down.kind, down.state, down.health, down.interval_seconds) == ("alerting", "firing", "ok", 1.0)
    assert down.annotations["runbook_url"] == "https://wiki.dupont.example/down?token=***"
    assert rules["job:up:sum"].kind == "recording"
    assert rules["Impossible"].health == "err"
    assert "duplicate series" in rules["Impossible"].last_error


def test_alerts_and_where_they_go(prometheus: Monitoring) -> None:
    assert prometheus.alerts is not None
    assert {(each.name, each.state) for each in prometheus.alerts} == {("Down", "firing"), ("Impossible", "firing")}
    assert all(each.active_at is not None for each in prometheus.alerts)
    assert prometheus.alertmanagers is not None
    assert prometheus.alertmanagers[0].startswith("http://127.0.0.1:")


def test_nothing_secret_is_kept() -> None:
    config = load("prometheus")["/api/v1/status/config"]["body"]["data"]["yaml"]
    leaking = config.replace("password: <secret>", "password: hunter2").replace(
        "scrape_configs:", "hunter2: hunter2\nscrape_configs:"
    )
    assert "hunter2" in leaking
    monitoring = changed(ep.CONFIG, success({"yaml": leaking}))
    assert monitoring.external_labels == {"cluster": "atelier", "site": "lyon"}
    assert b"hunter2" not in msgspec.json.encode(monitoring)


def test_only_useful_flags_are_kept(prometheus: Monitoring) -> None:
    assert prometheus.flags["query.max-samples"] == "50000000"
    assert prometheus.flags["storage.tsdb.retention.time"] == "10y"
    assert not [name for name in prometheus.flags if name.startswith(("web.config", "log.", "config.file"))]


def test_names_and_labels_are_those_of_the_last_day() -> None:
    _, server = look(replay("prometheus"))
    for path in (ep.LABELS, ep.NAMES):
        (asked,) = (each for each in server.asked if each.path == path)
        assert float(asked.query["end"]) - float(asked.query["start"]) == 86400


def test_victoria_metrics_without_scrapes_is_silent_not_empty() -> None:
    monitoring, _ = look(replay("victoria_metrics"))
    assert (monitoring.kind, monitoring.version) == ("victoria-metrics", "")
    silent = {each for each, reason in reasons(monitoring).items() if reason == "backend_404"}
    assert silent == set(ep.ENDPOINTS) - {ep.TSDB, ep.LABELS, ep.NAMES}
    assert (monitoring.targets, monitoring.rules, monitoring.alerts, monitoring.metadata) == (None, None, None, None)
    assert (monitoring.alertmanagers, monitoring.dropped_targets) == (None, None)
    assert monitoring.head_series == 0
    assert monitoring.label_names == ()


def test_a_newer_victoria_metrics_that_pretends_a_version_is_still_itself() -> None:
    monitoring = changed(ep.BUILD, success({"version": "2.24.0"}), "victoria_metrics")
    assert (monitoring.kind, monitoring.version) == ("victoria-metrics", "")
    assert reasons(monitoring)[ep.BUILD] is None


def test_victoria_metrics_that_scrapes_has_targets() -> None:
    targets = {
        "activeTargets": [{"labels": {"job": "node", "instance": "web1:9100"}, "health": "up"}],
        "droppedTargets": [],
    }
    monitoring = changed(ep.TARGETS, success(targets), "victoria_metrics")
    assert monitoring.targets is not None
    assert [each.instance for each in monitoring.targets] == ["web1:9100"]
    assert reasons(monitoring)[ep.TARGETS] is None
    assert monitoring.targets[0].scrape_interval_seconds is None


def test_mimir_has_rules_and_no_targets() -> None:
    monitoring, _ = look(replay("mimir"))
    assert (monitoring.kind, monitoring.version) == ("mimir", "2.10.0")
    assert monitoring.rules is not None
    assert [each.name for each in monitoring.rules] == ["Down"]
    assert (monitoring.targets, monitoring.alerts) == (None, None)
    answers = reasons(monitoring)
    assert [answers[each] for each in (ep.TARGETS, ep.TSDB, ep.RUNTIME, ep.ALERTMANAGERS)] == ["backend_404"] * 4
    assert answers[ep.CONFIG] == "unreadable"
    assert answers[ep.RULES] is None
    assert monitoring.metadata == {
        "node_load1": MetricMetadata(type="gauge", documented=True),
        "up": MetricMetadata(type="gauge", documented=False),
    }


def test_thanos_is_known_by_a_run_without_retention() -> None:
    monitoring, _ = look(replay("thanos"))
    assert (monitoring.kind, monitoring.version, monitoring.retention) == ("thanos", "0.31.0", "")
    answers = reasons(monitoring)
    assert answers[ep.RULES] == "partial"
    assert "connection refused" in monitoring.answer(ep.RULES).detail
    assert answers[ep.ALERTS] == "backend_404"
    assert answers[ep.TARGETS] == "backend_404"
    assert (monitoring.rules, monitoring.targets) == (None, None)


@pytest.mark.parametrize(
    ("path", "data", "attribute"),
    [
        (ep.TARGETS, {"activeTargets": [], "droppedTargets": []}, "targets"),
        (ep.RULES, {"groups": []}, "rules"),
        (ep.RULES, {"groups": None}, "rules"),
        (ep.ALERTS, {"alerts": []}, "alerts"),
        (ep.ALERTMANAGERS, {"activeAlertmanagers": []}, "alertmanagers"),
    ],
)
def test_an_empty_list_is_a_fact_from_prometheus_and_nothing_from_others(
    path: str, data: object, attribute: str
) -> None:
    true = changed(path, success(data))
    assert getattr(true, attribute) == ()
    assert reasons(true)[path] is None
    for other in ("mimir", "thanos", "victoria_metrics"):
        hollow = changed(path, success(data), other)
        assert getattr(hollow, attribute) is None
        assert reasons(hollow)[path] == "backend_404"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=401), "no_permission"),
        (Reply(status=403), "no_permission"),
        (Reply(status=404), "backend_404"),
        (Reply(status=500), "unreachable"),
        (Reply(body=b"<html>"), "unreadable"),
        (Reply(body=b'{"status":"succ'), "unreadable"),
        (Reply(body=b"x" * 9, length=64 << 20), "budget_exhausted"),
        (success({"groups": [], "activeTargets": []}, warnings=["a store is down"]), "partial"),
    ],
)
@pytest.mark.parametrize("path", [ep.RULES, ep.TARGETS])
def test_one_endpoint_that_fails_leaves_the_others(path: str, reply: Reply, reason: Reason) -> None:
    monitoring = changed(path, reply)
    answers = reasons(monitoring)
    assert answers.pop(path) == reason
    assert set(answers.values()) == {None}
    lost, kept = ("rules", "targets") if path == ep.RULES else ("targets", "rules")
    assert getattr(monitoring, lost) is None or reason == "partial"
    assert getattr(monitoring, kept)


def test_a_gateway_that_hides_the_run_leaves_a_prometheus() -> None:
    assert changed(ep.RUNTIME, Reply(status=403)).kind == "prometheus"


@pytest.mark.parametrize("path", [ep.BUILD, ep.RUNTIME])
def test_an_unknown_program_is_no_prometheus(path: str) -> None:
    answers = {ep.BUILD: Reply(status=404), ep.RUNTIME: Reply(status=404), path: Reply(status=500)}
    monitoring, _ = look(replay("prometheus", answers))
    assert (monitoring.kind, monitoring.version) == ("unknown", "")
    assert monitoring.targets


def test_recent_servers_count_dropped_targets_themselves() -> None:
    counted = {"activeTargets": [], "droppedTargetCounts": {"node": 3, "web": 4}}
    monitoring, server = look(replay("prometheus", {ep.TARGETS: success(counted)}))
    assert monitoring.dropped_targets == 7
    assert server.paths.count(ep.TARGETS) == 1


def test_too_many_dropped_targets_are_not_counted() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.query.get("state") == "dropped":
            return Reply(body=[b"x"], length=9 << 20)
        return replay("prometheus")(asked)

    monitoring, _ = look(answer)
    assert monitoring.dropped_targets is None
    assert reasons(monitoring)[ep.TARGETS] is None


def test_nothing_is_asked_after_the_end() -> None:
    with serve(Reply(body=[b"1"], pause=30)) as server, HttpClient(parse_address(server.url), pauses=()) as http:
        began = time.monotonic()
        monitoring = ep.read_endpoints(PrometheusClient(http), AT, began + 0.3)
        assert time.monotonic() - began < 5
    assert set(reasons(monitoring).values()) == {"timed_out"}
