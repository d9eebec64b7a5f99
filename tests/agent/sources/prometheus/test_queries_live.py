"""Every query, on the real servers of Debian's packages, over an estate with planted faults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import pytest

from agent.sources.address import parse_address
from agent.sources.http import HttpClient
from agent.sources.prometheus.client import PrometheusClient
from agent.sources.prometheus.queries import QUERIES, Query
from agent.sources.prometheus.queries_dynamic import alert_queries, past_queries
from analyzers.model.monitoring import QueryResult, Rule, Sample
from tests import servers
from tests.agent.sources.prometheus import planted

pytestmark = [*servers.marks("prometheus", "promtool", "victoria-metrics"), pytest.mark.xdist_group("planted")]

Found: TypeAlias = Mapping[tuple[str, ...], float]
Ask: TypeAlias = Callable[..., Found]

BY_ID = {each.id: each for each in QUERIES}
KINDS = ("prometheus", "victoria-metrics")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, servers.Server]]:
    folder = tmp_path_factory.mktemp("planted")
    with (
        servers.prometheus(folder, openmetrics=planted.openmetrics()) as prometheus,
        servers.victoria_metrics(folder) as victoria,
    ):
        planted.load(victoria)
        yield dict(zip(KINDS, (prometheus, victoria), strict=True))


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ask(running: Mapping[str, servers.Server], kind: str) -> Ask:
    def found(query: Query, window: str = "", labels: tuple[str, ...] = ("instance",)) -> Found:
        answer = servers.ask(running[kind], query.text(window, kind), planted.AT)
        return {tuple(each["metric"].get(name, "") for name in labels): float(each["value"][1]) for each in answer}

    return found


APP1, APP2, APP3 = ("app1:9100",), ("app2:9100",), ("app3:9100",)
NODE1, NODE2, YOUNG = ("node", "app1:9100"), ("node", "app2:9100"), ("node", "young:9100")
GONE = ("web", "gone:80")
JOB = ("job", "instance")

EXPECTED: dict[str, tuple[tuple[str, ...], Found]] = {
    "hosts.uname": (("nodename", *JOB), {("app1", *NODE1): 1, ("app2", *NODE2): 1}),
    "targets.up": (JOB, {NODE1: 1, NODE2: 1, YOUNG: 1}),
    "units.active": (
        ("instance", "name"),
        {(*APP1, "cron.service"): 1, (*APP1, "nginx.service"): 1, (*APP2, "cron.service"): 1},
    ),
    "headroom.cpu_p95": (("instance",), {APP1: 0.25, APP2: 0.75}),
    "headroom.memory_p95": (("instance",), {APP1: 0.25, APP2: 0.975}),
    "headroom.disk_used": (
        ("instance", "mountpoint"),
        {(*APP1, "/"): 0.4, (*APP1, "/srv"): 0.9, (*APP2, "/"): 0.4, (*APP2, "/srv"): 0.9},
    ),
    "saturation.memory_share": (("instance",), {APP1: 0, APP2: 0.25}),
    "saturation.io_share": (("instance",), {APP1: 0, APP2: 0.25}),
    "saturation.cpu_share": (("instance",), {APP1: 0, APP2: 0.25}),
    "saturation.oom": (("instance",), {APP1: 0, APP2: 3}),
    "saturation.files": (("instance",), {APP1: 0, APP2: 0.5}),
    "saturation.conntrack": (("instance",), {APP1: 0, APP2: 1, APP3: 0}),
    "saturation.inodes": (
        ("instance", "mountpoint"),
        {
            **{(*app, mount): 0 for app in (APP1, APP2) for mount in ("/", "/srv", "/ro")},
            (*APP2, "/srv"): 1,
        },
    ),
    "elasticity.cpu_changed": (("instance",), {APP1: 1, APP2: 0}),
    "elasticity.memory_changed": (("instance",), {APP1: 0, APP2: 1}),
    "elasticity.history_days": (("instance",), {APP1: 99, APP2: 6.85}),
    "clock.offset": (("instance",), {APP1: 0.001, APP2: 0.4, APP3: 0}),
    "clock.sync": (("instance",), {APP1: 1, APP2: 0, APP3: 1}),
    "units.failed": (("instance",), {APP1: 0, APP2: 1}),
    "units.failed_names": (("instance", "name"), {(*APP2, "nginx.service"): 1}),
    "units.restarts": (("instance",), {APP1: 0, APP2: 10}),
    "units.restarting_names": (("instance", "name"), {(*APP2, "nginx.service"): 10}),
    "certificates.expiry": (("instance",), {("https://shop.example/",): 10}),
    "sla.availability": (("job", "instance", "service"), {("blackbox", "https://shop.example/", "shop"): 0.75}),
    "sla.samples": (("job", "instance", "service"), {("blackbox", "https://shop.example/", "shop"): 1440}),
    "backup.age_seconds": (
        ("tool", "instance"),
        {
            ("velero", "k1"): 3600,
            ("pgbackrest", "db1"): 7200,
            ("barman", "bk"): 10800,
            ("restic", "bk"): 14400,
            ("borg", "bk"): 18000,
            ("erp_backup_last_success_timestamp_seconds", "erp1:9100"): 21600,
        },
    ),
    "continuity.samples": (
        (*JOB, "scrapes"),
        {
            (*NODE1, "tried"): 9360,
            (*NODE1, "succeeded"): 9360,
            (*NODE2, "tried"): 9360,
            (*NODE2, "succeeded"): 7920,
            (*YOUNG, "tried"): 2880,
            (*YOUNG, "succeeded"): 2880,
            (*GONE, "tried"): 4320,
            (*GONE, "succeeded"): 4320,
        },
    ),
    "continuity.first_seen": (JOB, {NODE1: 604_500, NODE2: 604_500, GONE: 604_500, YOUNG: 172_800}),
    "continuity.exporter": (JOB, {NODE1: 1, NODE2: 0.5}),
    "continuity.targets_before": (("job",), {("node",): 2, ("web",): 1}),
    "continuity.interval": (JOB, {NODE1: 60, NODE2: 60, YOUNG: 60}),
    "history.load": (JOB, {NODE1: 19.85, NODE2: 6.85}),
    "history.cpu": (JOB, {NODE1: 29.85, NODE2: 6.85}),
    "history.memory": (JOB, {NODE1: 29.85, NODE2: 6.85}),
    "history.filesystem": (JOB, {NODE1: 0.85, NODE2: 0.85}),
    "history.up": (JOB, {NODE1: 29.85, NODE2: 6.85, GONE: 6.85, YOUNG: 1.85}),
    "changes.process": (("job",), {("node",): 1}),
    "changes.build": (("job",), {("node",): 1, ("web",): 1}),
    "alerts.activations": (
        ("alertname", "severity"),
        {
            ("Twelve", "warning"): 12,
            ("Two", "page"): 2,
            ("Five", "warning"): 5,
            ("Old", "warning"): 0,
            ("Stays", "warning"): 1,
        },
    ),
    "alerts.observed_seconds": ((), {(): 561_600}),
    "rules.failures": (("rule_group",), {("a.yml;good",): 0, ("a.yml;bad",): 24}),
    "rules.missed": (("rule_group",), {("a.yml;good",): 0, ("a.yml;bad",): 12}),
    "rules.duration_share": (("rule_group",), {("a.yml;good",): 0.05, ("a.yml;bad",): 0.75}),
    "notifications.alertmanagers": (("instance",), {("prom:9090",): 0.25}),
    "notifications.sent": (("integration",), {("email",): 100, ("webhook",): 50}),
    "notifications.failed": (("integration",), {("email",): 0, ("webhook",): 25}),
    "room.cpus": (("instance",), {APP1: 2, APP2: 2}),
    "room.memory_bytes": (("instance",), {APP1: 8e9, APP2: 16e9}),
    "room.disk_bytes": (
        ("instance", "mountpoint"),
        {(*host, mountpoint): 100e9 for host in (APP1, APP2) for mountpoint in ("/", "/srv")},
    ),
    "room.network_free": (("instance",), {APP1: 100e6, APP2: 100e6}),
    "hygiene.moving": (
        ("metric",),
        {
            ("node_load1",): 0,
            ("node_memory_MemAvailable_bytes",): 0,
            ("node_context_switches_total",): 0.5,
        },
    ),
    "hygiene.series": (
        ("metric",),
        {
            ("node_load1",): 2,
            ("node_memory_MemAvailable_bytes",): 2,
            ("node_context_switches_total",): 2,
        },
    ),
    "hygiene.hosts_scraped": (("nodename",), {("app1",): 1, ("app2",): 1}),
    "hygiene.buckets": (
        ("__name__", "le"),
        {("checkout_seconds_bucket", le): count for le, count in (("0.1", 600), ("1", 700), ("+Inf", 1000))},
    ),
    "scale.growth": ((), {(): 0.5}),
    "scale.churn": ((), {(): 0.2}),
    "scale.query_slots": ((), {(): 0.25}),
}
"""What each query must find over its longest window: labels to look at, and values within 2 %."""

SHARES_OF_TIME = {"alerts.firing_share"}
"""Queries whose value depends on how far each server looks back: they have their own test."""


BY_DAY: dict[str, Found] = {
    "capacity.cpu": {APP1: 0.25, APP2: 0.75},
    "capacity.memory": {APP1: 0.25, APP2: 0.975},
    "capacity.disk": {(*APP1, "/"): 0.4, (*APP1, "/srv"): 0.9, (*APP2, "/"): 0.4, (*APP2, "/srv"): 0.9},
}
"""What each query that asks for values over time must find on its last day."""


def test_every_query_has_an_expectation() -> None:
    assert EXPECTED.keys() | SHARES_OF_TIME | BY_DAY.keys() == BY_ID.keys()


@pytest.mark.parametrize("query_id", BY_DAY)
@pytest.mark.parametrize("index", range(3))
def test_values_over_time_are_one_a_day_to_the_last(
    query_id: str, index: int, running: Mapping[str, servers.Server], kind: str
) -> None:
    query = BY_ID[query_id]
    window = query.windows[index]
    at = dt.datetime.fromtimestamp(planted.AT, tz=dt.UTC)
    with HttpClient(parse_address(running[kind].url)) as http:
        client = PrometheusClient(http)
        points = client.query(query.text(window, kind), at, seconds=30, over_time=query.over_time).points
    labels = ("instance", "mountpoint") if query_id == "capacity.disk" else ("instance",)
    found = {tuple(each.labels.get(name, "") for name in labels): each for each in points}
    last = {name: each.values[-1] for name, each in found.items()}
    assert {name: last[name] for name in BY_DAY[query_id]} == pytest.approx(BY_DAY[query_id], rel=0.02)
    for each in found.values():
        assert each.step_seconds in {0, planted.DAY}
        assert len(each.values) <= int(window[:-1]) + 1, "VictoriaMetrics counts both ends"


@pytest.mark.parametrize("query_id", EXPECTED)
def test_a_query_finds_what_was_planted(query_id: str, ask: Ask) -> None:
    labels, expected = EXPECTED[query_id]
    assert ask(BY_ID[query_id], labels=labels) == pytest.approx(expected, rel=0.02, abs=0.003)


@pytest.mark.parametrize("query_id", [each.id for each in QUERIES if len(each.windows) > 1 and not each.over_time])
def test_a_query_answers_over_its_shorter_windows(query_id: str, ask: Ask) -> None:
    for window in BY_ID[query_id].windows[1:]:
        assert ask(BY_ID[query_id], window)


def test_the_share_of_time_firing(ask: Ask) -> None:
    found = ask(BY_ID["alerts.firing_share"], labels=("alertname",))
    assert found[("Old",)] == 1
    assert found[("Stays",)] == pytest.approx(0.27, abs=0.01)
    assert 0.035 < found[("Twelve",)] < 0.05
    assert ("Pending",) not in found


def test_activations_do_not_count_pending_alerts_nor_those_active_before(ask: Ask) -> None:
    found = ask(BY_ID["alerts.activations"], "1d", labels=("alertname",))
    assert found == {("Two",): 1, ("Old",): 0, ("Stays",): 0}


def test_selectors_of_alerts_are_asked_for_now_then_in_the_past(ask: Ask) -> None:
    rules = [
        Rule(kind="alerting", name="Live", query='up{job="node"} == 0'),
        Rule(kind="alerting", name="Lately", query='up{instance="gone:80",job="web"} == 0'),
        Rule(kind="alerting", name="Dead", query='rate(never_seen_total{a=~"x\\\\.y"}[5m]) > 1'),
    ]
    now = [_result(each, ask(each, labels=())) for each in alert_queries(rules)]
    assert {each.id: [s.value for s in each.samples] for each in now} == {
        'alerts.series:up{job="node"}': [3.0],
        'alerts.series:up{instance="gone:80",job="web"}': [],
        'alerts.series:never_seen_total{a=~"x\\\\.y"}': [],
    }
    past = [_result(each, ask(each, labels=())) for each in past_queries(now)]
    assert {each.id: [s.value for s in each.samples] for each in past} == {
        'alerts.series_14d:up{instance="gone:80",job="web"}': [1.0],
        'alerts.series_14d:never_seen_total{a=~"x\\\\.y"}': [],
    }


def _result(query: Query, found: Found) -> QueryResult:
    samples = tuple(Sample(labels={}, value=value) for value in found.values())
    return QueryResult(
        id=query.id, query=query.promql, window="", collected_at=dt.datetime.now(dt.UTC), samples=samples
    )
