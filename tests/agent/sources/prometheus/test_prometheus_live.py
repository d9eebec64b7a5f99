"""Scans of real servers: a Prometheus with good and bad rules, targets and history, and VictoriaMetrics."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest

from agent.sources.prometheus.endpoints import ALERTS, LABELS, NAMES, RULES, RUNTIME, TARGETS
from agent.sources.prometheus.guard import Budget
from agent.sources.prometheus.queries import QUERIES
from agent.sources.prometheus.query import Query
from agent.sources.prometheus.questions import BUSIEST, BUSY_NOW
from agent.sources.prometheus.source import Reading, read_prometheus
from analyzers.model.context import Endpoint
from analyzers.model.monitoring import Monitoring
from tests import servers

pytestmark = servers.marks(
    "prometheus", "promtool", "prometheus-node-exporter", "prometheus-alertmanager", "victoria-metrics"
)

HOUR = 3600
RULE_FILE = {
    "groups": [
        {
            "name": "good",
            "rules": [
                {
                    "alert": "Down",
                    "expr": "up == 0",
                    "labels": {"severity": "page"},
                    "annotations": {"runbook_url": "rb"},
                },
                {"alert": "Slow", "expr": "up == 5", "for": "5m", "keep_firing_for": "1m"},
                {"record": "job:up:sum", "expr": "sum by (job) (up)"},
            ],
        },
        {"name": "bad", "rules": [{"alert": "Impossible", "expr": 'up / on () group_left () {job=~".+"}'}]},
    ]
}


@dataclass
class Estate:
    """Real servers, and the scan of the Prometheus among them."""

    prometheus: servers.Server
    scraping: servers.Server
    idle: servers.Server
    reading: Reading

    @property
    def monitoring(self) -> Monitoring:
        return self.reading[0]


def scan(server: servers.Server, **more: object) -> Reading:
    return read_prometheus(
        Endpoint(url=server.url),
        since=dt.timedelta(days=28),
        clock=lambda: dt.datetime.now(dt.UTC),
        local_host="vm1",
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    tmp = tmp_path_factory.mktemp("live")
    now = time.time()
    history = servers.openmetrics_blocks(
        {
            'up{job="node",instance="old1:9100"}': lambda _: 1.0,
            'node_load1{job="node",instance="old1:9100"}': lambda moment: moment % 7,
        },
        now - 30 * HOUR,
        now - 4 * HOUR,
    )
    with (
        servers.node_exporter(tmp) as node,
        servers.alertmanager(tmp) as alertmanager,
        servers.victoria_metrics(tmp, jobs={"node": [node]}) as scraping,
        servers.victoria_metrics(tmp) as idle,
    ):
        config = {
            "global": {
                "scrape_interval": "1s",
                "scrape_timeout": "1s",
                "evaluation_interval": "1s",
                "external_labels": {"site": "lyon"},
            },
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager.address]}]}]},
        }
        jobs: dict[str, list[str | servers.Server]] = {
            "node": [node],
            "dead": ["127.0.0.1:1"],
            "absent": ["nobody.invalid:9100"],
            "alertmanager": [alertmanager],
        }
        with servers.prometheus(
            tmp, jobs=jobs, config=config, rules=RULE_FILE, openmetrics=history, itself=True
        ) as prom:
            servers.wait_until(lambda: servers.ask(prom, 'ALERTS{alertname="Down"}'), "an alert")
            servers.wait_until(lambda: len(servers.ask(prom, "up")) == len(jobs) + 1, "a scrape of each target")
            servers.wait_until(lambda: servers.ask(prom, "prometheus_engine_queries"), "its own metrics")
            servers.wait_until(
                lambda: b'"health":"err"' in servers.get(f"{prom.url}/api/v1/rules"), "a rule that fails"
            )
            servers.wait_until(lambda: servers.ask(scraping, "node_load1"), "the node's metrics in VictoriaMetrics")
            yield Estate(prom, scraping, idle, scan(prom))


def test_everything_is_answered(estate: Estate) -> None:
    monitoring, cost, origins, spots = estate.reading
    assert (monitoring.kind, monitoring.retention, monitoring.local_host) == ("prometheus", "10y", "vm1")
    assert monitoring.version
    assert {each.reason for each in monitoring.endpoints} == {None}
    assert {(each.id, each.reason, each.detail) for each in monitoring.queries if each.reason} == set()
    assert (origins[0].reason, spots, monitoring.warnings) == (None, (), ())
    assert cost.queries < 100
    assert 0 < cost.samples < 5_000_000
    assert cost.seconds < 30


def test_targets_tell_why_they_fail(estate: Estate) -> None:
    assert estate.monitoring.targets is not None
    found = {each.job: each for each in estate.monitoring.targets}
    assert found["node"].health == "up"
    assert {found[job].health for job in ("dead", "absent")} == {"down"}
    assert "connection refused" in found["dead"].last_error
    assert "lookup nobody.invalid" in found["absent"].last_error
    assert (found["node"].scrape_interval_seconds, found["node"].scrape_timeout_seconds) == (1.0, 1.0)


def test_rules_tell_whether_they_evaluate(estate: Estate) -> None:
    assert estate.monitoring.rules is not None
    found = {each.name: each for each in estate.monitoring.rules}
    assert (found["Down"].health, found["Down"].state, found["Down"].labels) == ("ok", "firing", {"severity": "page"})
    assert found["Down"].annotations == {"runbook_url": "rb"}
    assert (found["Slow"].duration_seconds, found["Slow"].keep_firing_for_seconds) == (300.0, 60.0)
    assert found["job:up:sum"].kind == "recording"
    assert found["Impossible"].health == "err"
    assert found["Impossible"].last_error


def test_alerts_labels_and_sizes(estate: Estate) -> None:
    monitoring = estate.monitoring
    assert "Down" in {each.name for each in monitoring.alerts or ()}
    assert monitoring.external_labels == {"site": "lyon"}
    assert monitoring.head_series is not None
    assert monitoring.head_series > 100
    assert "node_load1" in (monitoring.metric_names or ())
    assert monitoring.metadata is not None
    assert monitoring.metadata["node_load1"].type == "gauge"
    assert monitoring.alertmanagers is not None
    assert len(monitoring.alertmanagers) == 1


def test_queries_reach_back_into_history(estate: Estate) -> None:
    oldest = estate.monitoring.query("history.load")
    assert oldest is not None
    days = {sample.labels["instance"]: sample.value for sample in oldest.samples}
    assert days["old1:9100"] == pytest.approx(1.25, abs=0.3)


def test_the_whole_fits_a_snapshot(estate: Estate) -> None:
    packed = msgspec.json.encode(estate.monitoring)
    assert len(packed) < 500_000
    assert msgspec.json.decode(packed, type=Monitoring) == estate.monitoring


def test_its_own_account_of_its_load_is_understood(estate: Estate) -> None:
    for promql in (BUSIEST, BUSY_NOW.replace("{own}", "0")):
        (answer,) = servers.ask(estate.prometheus, promql)
        assert 0 <= float(answer["value"][1]) <= 1


def test_its_own_price_is_the_cost(estate: Estate) -> None:
    query = Query(id="a", promql="count_over_time(node_load1[1d])")
    _, cost, *_ = scan(estate.prometheus, queries=[query])
    (counted,) = servers.ask(estate.prometheus, "sum(count_over_time(node_load1[1d]))")
    assert cost.samples == pytest.approx(float(counted["value"][1]), abs=10)


def test_too_many_samples_for_the_server_shortens_the_window(tmp_path_factory: pytest.TempPathFactory) -> None:
    now = time.time()
    history = servers.openmetrics_blocks({'up{job="a"}': lambda _: 1.0}, now - 10 * HOUR, now - 4 * HOUR)
    query = Query(id="a", promql="count_over_time(up[{window}])", windows=("1d", "5h"), cost="scrapes")
    small = ["--query.max-samples=200"]
    with servers.prometheus(tmp_path_factory.mktemp("small"), openmetrics=history, flags=small) as server:
        monitoring, *_ = scan(server, queries=[query])
    (answer,) = monitoring.queries
    assert (answer.window, answer.reason) == ("5h", None)
    assert answer.samples[0].value == pytest.approx(60, abs=2)


def test_a_budget_of_samples_holds_on_a_real_server(estate: Estate) -> None:
    monitoring, cost, *_ = scan(estate.prometheus, budget=Budget(samples=30_000))
    assert cost.samples < 60_000
    assert "budget_exhausted" in {each.reason for each in monitoring.queries}


def test_victoria_metrics_that_scrapes(estate: Estate) -> None:
    monitoring, cost, origins, _ = scan(estate.scraping)
    assert monitoring.kind == "victoria-metrics"
    assert [each.job for each in monitoring.targets or ()] == ["node"]
    assert (monitoring.rules, monitoring.alerts) == (None, None)
    assert monitoring.answer(RUNTIME).reason == "backend_404"
    assert {(each.id, each.detail) for each in monitoring.queries if each.reason} == set()
    uname = monitoring.query("hosts.uname")
    assert uname is not None
    assert uname.samples[0].labels["nodename"]
    assert origins[0].reason == "partial"
    assert cost.queries < 100


def test_victoria_metrics_that_scrapes_nothing(estate: Estate) -> None:
    monitoring, *_ = scan(estate.idle)
    assert monitoring.kind == "victoria-metrics"
    for path in (TARGETS, RULES, ALERTS):
        assert monitoring.answer(path).reason == "backend_404"
    assert (monitoring.targets, monitoring.rules, monitoring.alerts) == (None, None, None)
    assert monitoring.answer(LABELS).reason is None
    assert monitoring.answer(NAMES).reason is None
    assert (monitoring.label_names, monitoring.metric_names) == ((), ())


@pytest.mark.parametrize("kind", ["prometheus", "victoria-metrics"])
def test_every_query_is_understood(estate: Estate, kind: str) -> None:
    server = estate.prometheus if kind == "prometheus" else estate.scraping
    monitoring, *_ = scan(server)
    assert [each.id for each in monitoring.queries][: len(QUERIES)] == [each.id for each in QUERIES]
    assert not [(each.id, each.detail) for each in monitoring.queries if each.reason]
