"""A scan of real servers, from the command line: what each question found, not only that it was asked."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import servers

pytestmark = servers.marks("prometheus", "prometheus-node-exporter", "prometheus-alertmanager", "victoria-metrics")

DAY = 86400
HISTORY_DAYS = 10
GAP_DAYS = (5.0, 4.0)
"""Prometheus stood still between five days and four days ago."""

HOST = socket.gethostname()

RULES = {
    "groups": [
        {
            "name": "good",
            "interval": "1s",
            "rules": [
                {
                    "alert": "NodeDown",
                    "expr": 'up{job="node"} == 0',
                    "for": "5m",
                    "labels": {"severity": "page", "team": "infra"},
                    "annotations": {"runbook_url": "https://wiki.dupont.example/rb/node"},
                },
                {"record": "instance:load:ratio", "expr": "node_load1 / 4"},
            ],
        },
        {
            "name": "bad",
            "interval": "1s",
            "rules": [
                {"alert": "Mute", "expr": "metric_that_nobody_exports > 1"},
                {"record": "broken:rule", "expr": "up * on () scrape_duration_seconds"},
            ],
        },
    ]
}

CONTEXT = """
schema: pasencore.context/1
date: {today}
author: a.martin
standards: {{os: [debian 12]}}
services:
- {{name: prometheus, owner: a.martin, deputy: b.leroy, criticality: 4, business_value: 3}}
- {{name: prometheus-node-exporter, owner: a.martin, criticality: 2}}
decisions: []
waivers: []
risks: [{{title: one server for everything, owner: b.leroy, accepted: {today}, expires: 2030-01-01}}]
documents: [{{kind: network_map, url: docs/map.md, date: {today}}}]
rituals: [{{kind: steering_committee, cadence_days: 90, held: [{today}]}}]
"""

Findings = dict[str, dict[str, Any]]


def scan(tmp: Path, *words: str) -> dict[str, Any]:
    """Run a scan as a user would; return its verdict.json."""
    out = tmp / "out"
    environment = {**os.environ, "PASENCORE_STATE": str(tmp / "state")}
    done = subprocess.run(
        [sys.executable, "-m", "agent", "scan", "--lang", "en", "--out", str(out), *words],
        cwd=tmp,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads((out / "verdict.json").read_text())


def history(node: str) -> Iterator[str]:
    """Ten days of a node exporter, one sample a minute, with a day in which Prometheus did not run."""
    now = time.time()
    end = now - 3 * 3600
    begin, over = (now - days * DAY for days in GAP_DAYS)

    def alive(value: float) -> Any:
        return lambda moment: None if begin <= moment < over else value

    labels = f'{{job="node",instance="{node}"}}'
    series = {f"up{labels}": alive(1.0), f"node_load1{labels}": alive(0.5)}
    return servers.openmetrics_blocks(series, end - HISTORY_DAYS * DAY, end)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Findings]:
    tmp = tmp_path_factory.mktemp("end-to-end")
    context = tmp / "pasencore.yaml"
    context.write_text(CONTEXT.format(today=time.strftime("%Y-%m-%d")))
    context.chmod(0o600)
    closed = f"127.0.0.1:{servers.free_port()}"
    with servers.node_exporter(tmp) as node, servers.alertmanager(tmp) as alertmanager:
        config = {"alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager.address]}]}]}}
        with servers.prometheus(
            tmp,
            jobs={"node": [node], "broken": [closed], "alertmanager": [alertmanager]},
            rules=RULES,
            config=config,
            openmetrics=history(node.address),
        ) as prometheus:
            servers.wait_until(lambda: servers.ask(prometheus, "instance:load:ratio"), "a rule is evaluated")
            servers.wait_until(lambda: servers.ask(prometheus, 'up{job="broken"}'), "the broken target is tried")
            servers.wait_until(
                lambda: b'"health":"err"' in servers.get(f"{prometheus.url}/api/v1/rules"), "the broken rule fails"
            )
            verdict = scan(tmp, "--prometheus", prometheus.url)
            again = scan(tmp, "--prometheus", prometheus.url)
            assert prometheus.process.poll() is None
    assert {each["check"] for each in again["findings"]} == {each["check"] for each in verdict["findings"]}
    return verdict, {each["check"]: each for each in verdict["findings"]}


def evidence(finding: dict[str, Any], key: str) -> list[Any]:
    return [each["value"] for each in finding["evidence"] if each["key"].startswith(key)]


def test_the_answer_is_pas_encore_with_both_lacks(found) -> None:
    verdict, _ = found
    assert verdict["verdict"]["answer"] == "pas encore"
    assert "evidence" in verdict["verdict"]["lack"]


def test_every_source_was_read_and_its_cost_is_told(found) -> None:
    verdict, _ = found
    asked = {each["kind"]: each["reason"] for each in verdict["origins"]}
    assert asked.pop("host") in {None, "partial"}
    assert asked == {"prometheus": None, "alertmanager": None, "context": None, "history": None}
    assert verdict["cost"]["queries"] > 20
    assert verdict["cost"]["samples"] > 1000


def test_a_target_that_refuses_is_not_telemetry(found) -> None:
    _, findings = found
    coverage = findings["telemetry-coverage"]
    assert coverage["outcome"] == "measured"
    assert HOST not in coverage["subjects"]
    assert "1 targets do not answer" in coverage["message"]


def test_the_day_without_prometheus_is_found_and_laid_at_its_door(found) -> None:
    _, findings = found
    continuity = findings["collection-continuity"]
    assert continuity["outcome"] == "measured"
    assert continuity["low"] < 1


def test_ten_days_of_history_are_not_enough(found) -> None:
    _, findings = found
    depth = findings["history-depth"]
    assert depth["outcome"] == "measured"
    assert depth["high"] < 0.5
    assert depth["subjects"]


def test_the_alert_that_can_never_fire_is_named(found) -> None:
    _, findings = found
    actionable = findings["alerts-actionable"]
    assert actionable["subjects"] == ["Mute"]
    assert 0.4 < actionable["low"] <= actionable["high"] < 0.8


def test_the_rule_that_fails_is_named(found) -> None:
    _, findings = found
    assert "broken:rule" in findings["rules-healthy"]["subjects"]
    assert findings["rules-healthy"]["high"] < 1


def test_no_alert_is_noisy(found) -> None:
    _, findings = found
    assert findings["alert-noise"]["outcome"] == "measured"
    assert findings["alert-noise"]["high"] == 1


def test_loopback_labels_join_the_host_they_stand_for_but_nothing_else(found) -> None:
    _, findings = found
    assert findings["correlatable-labels"]["outcome"] == "measured"
    assert findings["correlatable-labels"]["low"] == 0


def test_listening_servers_without_an_entry_are_named(found) -> None:
    _, findings = found
    catalogued = findings["services-catalogued"]
    assert "prometheus-alertmanager" in catalogued["subjects"]
    assert "prometheus" not in catalogued["subjects"]
    assert 0 < catalogued["high"] < 1


def test_owner_and_deputy_count_half_each(found) -> None:
    _, findings = found
    subjects = findings["owners-named"]["subjects"]
    assert "prometheus-node-exporter" in subjects
    assert "prometheus" not in subjects


def test_what_is_declared_never_earns_a_full_point(found) -> None:
    _, findings = found
    assert (findings["risk-acceptances"]["low"], findings["risk-acceptances"]["high"]) == (0.7, 1)
    assert (findings["steering-committee"]["low"], findings["steering-committee"]["high"]) == (0.7, 1)
    assert (findings["decision-log"]["low"], findings["decision-log"]["high"]) == (0, 0)
    assert findings["minimal-documentation"]["low"] == pytest.approx(0.7 / 3, abs=0.001)


def test_the_rest_of_the_first_thirty_says_something_with_its_provenance(found) -> None:
    _, findings = found
    for check in ("blind-spots", "stack-heterogeneity", "saturation-events", "headroom-now"):
        finding = findings[check]
        assert finding["outcome"] == "measured", (check, finding["reason"])
        for each in finding["evidence"]:
            assert each["provenance"]["source"]
            assert each["provenance"]["query"]


def test_questions_that_are_not_built_stay_visible(found) -> None:
    verdict, findings = found
    assert len(verdict["findings"]) == 74
    for finding in findings.values():
        if finding["reason"] == "not_implemented":
            assert (finding["outcome"], finding["low"], finding["high"]) == ("unknown", 0, 1)


def test_victoria_metrics_leaves_unknown_what_it_does_not_know(tmp_path: Path) -> None:
    with servers.node_exporter(tmp_path) as node, servers.victoria_metrics(tmp_path, jobs={"node": [node]}) as victoria:
        servers.wait_until(lambda: servers.ask(victoria, "node_load1"), "a scrape")
        verdict = scan(tmp_path, "--prometheus", victoria.url)
        assert victoria.process.poll() is None
    findings = {each["check"]: each for each in verdict["findings"]}
    for check in ("alerts-actionable", "rules-healthy", "alert-noise"):
        assert (findings[check]["outcome"], findings[check]["reason"]) == ("unknown", "backend_404"), check
    assert findings["telemetry-coverage"]["outcome"] == "measured"
    assert HOST not in findings["telemetry-coverage"]["subjects"]
