"""Activations of alerts as the rule engines themselves write them: Prometheus, and vmalert beside VictoriaMetrics."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.sources.prometheus.queries_alerts import activations
from tests import servers

pytestmark = servers.marks("prometheus", "victoria-metrics", "vmalert")

BURSTS = 2
RULES = {
    "groups": [
        {
            "name": "demo",
            "interval": "1s",
            "rules": [
                {"alert": "Direct", "expr": "demo > 0", "labels": {"severity": "page"}},
                {"alert": "Held", "expr": "demo > 0", "for": "2s"},
                {"alert": "Always", "expr": "vector(1)"},
                {"alert": "Never", "expr": "demo > 5"},
            ],
        }
    ]
}


class Exporter(http.server.ThreadingHTTPServer):
    """Serve one gauge, ``demo``, whose value a test sets."""

    value = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)


class Page(http.server.BaseHTTPRequestHandler):
    server: Exporter

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(f"demo {self.server.value}\n".encode())

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


@contextmanager
def exporter() -> Iterator[Exporter]:
    with Exporter() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def vmalert(folder: Path, victoria: servers.Server) -> Iterator[servers.Server]:
    rules = folder / "vmalert.yml"
    rules.write_text(yaml.safe_dump(RULES), "utf-8")
    words = [
        "vmalert",
        f"-rule={rules}",
        f"-datasource.url={victoria.url}",
        f"-remoteWrite.url={victoria.url}",
        "-remoteWrite.flushInterval=200ms",
        "-notifier.url=http://127.0.0.1:9",
        "-loggerLevel=FATAL",
    ]
    with servers._run(words, folder, "-httpListenAddr=127.0.0.1:{port}", "http", "/health") as server:
        yield server


def firing(server: servers.Server) -> set[str]:
    return {each["metric"]["alertname"] for each in servers.ask(server, 'ALERTS{alertstate="firing"}')}


def counted(server: servers.Server, kind: str) -> dict[str, float]:
    query = activations("1s")
    return {
        each["metric"]["alertname"]: float(each["value"][1]) for each in servers.ask(server, query.text("5m", kind))
    }


def test_each_burst_counts_once(tmp_path: Path) -> None:
    with exporter() as source:
        jobs = {"demo": [f"127.0.0.1:{source.server_port}"]}
        with (
            servers.prometheus(tmp_path, jobs=jobs, rules=RULES) as prometheus,
            servers.victoria_metrics(tmp_path, jobs=jobs) as victoria,
            vmalert(tmp_path, victoria),
        ):
            for burst in range(BURSTS):
                source.value = 1
                for server in (prometheus, victoria):
                    servers.wait_until(lambda: firing(server) >= {"Direct", "Held"}, f"fires, {burst}")  # noqa: B023
                source.value = 0
                for server in (prometheus, victoria):
                    servers.wait_until(lambda: firing(server) == {"Always"}, f"stops, {burst}")  # noqa: B023
            expected = {"Direct": BURSTS, "Held": BURSTS, "Always": 1}
            assert counted(prometheus, "prometheus") == expected
            assert counted(victoria, "victoria-metrics") == expected


def test_victoria_metrics_counts_otherwise_than_prometheus() -> None:
    """Its ``changes()`` counts the first point, and vmalert keeps no start of an alert without hold time."""
    query = activations("1m")
    assert "changes_prometheus(" in query.text("7d", "victoria-metrics")
    assert "changes_prometheus(" not in query.text("7d")


@pytest.mark.parametrize(("step", "points"), [("1m", 20160), ("15s", 80640)])
def test_a_finer_step_costs_more(step: str, points: int) -> None:
    assert activations(step).samples_per_series("7d", 60.0) == points
