"""The seven questions of telemetry, asked to real servers with planted faults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import pytest

from agent.sources.prometheus.source import read_prometheus
from analyzers.assess import assess
from analyzers.model.context import Endpoint
from analyzers.model.facts import Host
from analyzers.model.finding import Finding
from analyzers.model.monitoring import Monitoring
from analyzers.rubric import published
from tests import builders as b
from tests import servers

pytestmark = servers.marks(
    "prometheus", "prometheus-node-exporter", "prometheus-alertmanager", "victoria-metrics", "promtool"
)

RULES = {
    "groups": [
        {
            "name": "good",
            "rules": [
                {
                    "alert": "Down",
                    "expr": 'up{job="node"} == 0',
                    "labels": {"severity": "page", "team": "infra"},
                    "annotations": {"runbook_url": "https://wiki.dupont.example/down"},
                },
                {"record": "job:up:sum", "expr": "sum by (job) (up)"},
            ],
        },
        {
            "name": "bad",
            "rules": [
                {"alert": "Broken", "expr": "node_cpu_seconds_total * on (instance) node_cpu_seconds_total > 0"},
                {"alert": "Dead", "expr": "never_seen > 1", "labels": {"severity": "page"}},
            ],
        },
    ]
}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, tuple[Monitoring, Host]]]:
    """Return what each server says, and the host that they all run on; one target refuses connections."""
    folder = tmp_path_factory.mktemp("telemetry")
    with servers.alertmanager(folder) as manager, servers.node_exporter(folder) as node:
        jobs = {"node": [node], "alertmanager": [manager], "dead": [f"127.0.0.1:{servers.free_port()}"]}
        alerting = {"alertmanagers": [{"static_configs": [{"targets": [manager.address]}]}]}
        with (
            servers.prometheus(folder, jobs=jobs, rules=RULES, config={"alerting": alerting}) as prometheus,
            servers.victoria_metrics(folder, jobs=jobs) as victoria,
        ):
            for server in (prometheus, victoria):
                servers.wait_until(lambda: len(servers.ask(server, "up")) == 3, "three targets")  # noqa: B023
                servers.wait_until(lambda: servers.ask(server, "node_uname_info"), "the node exporter")  # noqa: B023
            servers.wait_until(lambda: b'"health":"err"' in servers.get(f"{prometheus.url}/api/v1/rules"), "a bad rule")
            name = servers.ask(prometheus, "node_uname_info")[0]["metric"]["nodename"]
            listening = (b.listener("node_exporter", node.port), b.listener("nobody", 1))
            host = b.host(name, addresses=("10.0.0.1",), listeners=listening)
            yield {each.url: (_scan(each, name), host) for each in (prometheus, victoria)}


def _scan(server: servers.Server, local_host: str) -> Monitoring:
    monitoring, *_ = read_prometheus(
        Endpoint(url=server.url),
        since=dt.timedelta(days=28),
        clock=lambda: dt.datetime.now(dt.UTC),
        local_host=local_host,
    )
    return monitoring


@pytest.fixture(scope="module")
def findings(read: Mapping[str, tuple[Monitoring, Host]]) -> dict[str, dict[str, Finding]]:
    """Return the findings by kind of server and check."""
    rubric = published()
    found = {}
    for monitoring, host in read.values():
        verdict = assess(b.snapshot(host, monitoring=monitoring), rubric)
        found[monitoring.kind] = {each.check_id: each for each in verdict.findings}
    return found


@pytest.mark.parametrize("kind", ["prometheus", "victoria-metrics"])
def test_no_question_is_refused_by_the_server(read: Mapping[str, tuple[Monitoring, Host]], kind: str) -> None:
    (monitoring,) = (each for each, _ in read.values() if each.kind == kind)
    assert {each.id: each.detail for each in monitoring.queries if each.reason is not None} == {}


@pytest.mark.parametrize("kind", ["prometheus", "victoria-metrics"])
def test_what_is_measured_and_what_does_not_answer(findings, kind: str) -> None:
    found = findings[kind]["telemetry-coverage"]
    assert str(found.message) == ("2 of 3 known hosts and services are seen fresh in metrics; 1 targets do not answer.")
    assert found.subjects == ("nobody",)
    broken = [each.value for each in found.evidence if each.key == "broken_target"]
    assert [str(each).rsplit(": ", 1)[1] for each in broken] == ["refused"]


@pytest.mark.parametrize("kind", ["prometheus", "victoria-metrics"])
def test_a_server_that_has_just_started_has_no_history_and_is_too_young_for_holes(findings, kind: str) -> None:
    depth = findings[kind]["history-depth"]
    assert (depth.outcome, depth.interval.high) == ("measured", 0)
    holes = findings[kind]["collection-continuity"]
    assert (holes.outcome, holes.reason) == ("unknown", "too_few")


@pytest.mark.parametrize("kind", ["prometheus", "victoria-metrics"])
def test_loopback_targets_without_labels_join_nothing(findings, kind: str) -> None:
    found = findings[kind]["correlatable-labels"]
    assert found.interval.high == 0
    assert "missing: host 3, service 3, owner 3, change 1 times" in str(found.message)


def test_alerts_are_judged_where_rules_are_listed(findings) -> None:
    found = findings["prometheus"]["alerts-actionable"]
    assert found.subjects == ("Broken", "Dead")
    assert (found.interval.low, found.interval.high) == (b.Fraction(1, 2), b.Fraction(5, 6)), "an owner may be declared"
    (dead,) = (each for each in found.evidence if each.key == "missing_series")
    assert dead.value == "Dead: never_seen"
    assert dead.provenance.query == "count(last_over_time(never_seen[14d:5m]))"


def test_rules_that_fail_are_found_and_delivery_is_not_proved(findings) -> None:
    found = findings["prometheus"]["rules-healthy"]
    assert "Broken" in found.subjects
    assert found.interval.low == 0
    assert 0 < found.interval.high < 1


@pytest.mark.parametrize("check_id", ["alerts-actionable", "alert-noise", "rules-healthy"])
def test_a_server_that_evaluates_no_rule_says_nothing_of_alerts(findings, check_id: str) -> None:
    """VictoriaMetrics answers 200 and an empty list: vmalert has the rules."""
    found = findings["victoria-metrics"][check_id]
    assert found.outcome == "unknown"
    assert (found.interval.low, found.interval.high) == (0, 1)
