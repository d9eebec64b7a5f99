"""A Prometheus of any size that answers every query with one sample a target; counts what it is asked."""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class FakePrometheus:
    """Serves `targets` node exporters on a free loopback port, from a thread."""

    def __init__(self, targets: int) -> None:
        self.targets = targets
        self.queries = 0
        self.requests = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                split = urlsplit(self.path)
                fake.reply(self, split.path, parse_qs(split.query))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                fake.reply(self, urlsplit(self.path).path, parse_qs(body))

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()

    def reply(self, handler: BaseHTTPRequestHandler, path: str, words: dict[str, list[str]]) -> None:
        """Answer one request."""
        self.requests += 1
        data = self.answer(path, words)
        status = 200 if data is not None else 404
        body = json.dumps({"status": "success" if data is not None else "error", "data": data}).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def answer(self, path: str, words: dict[str, list[str]]) -> object:
        """Return the ``data`` of an answer, None for what does not exist."""
        if path.endswith("/query"):
            self.queries += 1
            return self.vector(words.get("query", [""])[0])
        simple: dict[str, object] = {
            "/api/v1/status/buildinfo": {"version": "2.42.0", "revision": "x", "goVersion": "go1.19.8"},
            "/api/v1/status/runtimeinfo": {"storageRetention": "30d", "startTime": "2026-01-01T00:00:00Z"},
            "/api/v1/status/flags": {"storage.tsdb.retention.time": "30d"},
            "/api/v1/status/config": {"yaml": "global:\n  external_labels: {env: prod}\n"},
            "/api/v1/status/tsdb": {
                "headStats": {
                    "numSeries": self.targets * 900,
                    "chunkCount": 1,
                    "minTime": 0,
                    "maxTime": 0,
                    "numLabelPairs": 1,
                },
                "seriesCountByMetricName": [{"name": "node_cpu_seconds_total", "value": self.targets * 8}],
                "labelValueCountByLabelName": [{"name": "instance", "value": self.targets}],
            },
            "/api/v1/labels": ["__name__", "instance", "job", "team"],
            "/api/v1/label/__name__/values": ["up", "node_load1", "node_uname_info", "ALERTS"],
            "/api/v1/alerts": {"alerts": []},
            "/api/v1/alertmanagers": {"activeAlertmanagers": [], "droppedAlertmanagers": []},
            "/api/v1/rules": {
                "groups": [{"name": "g", "file": "f", "interval": 60, "rules": [self.rule(n) for n in range(40)]}]
            },
        }
        if path.endswith("/targets"):
            return {"activeTargets": [self.target(n) for n in range(self.targets)], "droppedTargets": []}
        return simple.get(path)

    def target(self, number: int) -> dict[str, object]:
        """Return one healthy node exporter."""
        labels = {"job": "node", "instance": f"host{number:04}:9100", "team": "infra"}
        return {
            "labels": labels,
            "discoveredLabels": labels,
            "scrapePool": "node",
            "scrapeUrl": f"http://host{number:04}:9100/metrics",
            "lastError": "",
            "lastScrape": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "lastScrapeDuration": 0.01,
            "health": "up",
            "scrapeInterval": "15s",
            "scrapeTimeout": "10s",
        }

    @staticmethod
    def rule(number: int) -> dict[str, object]:
        """Return one healthy alerting rule."""
        return {
            "type": "alerting",
            "name": f"Alert{number}",
            "query": f"node_load1 > {number}",
            "duration": 300,
            "labels": {"severity": "page", "team": "infra"},
            "annotations": {"runbook_url": "https://example.org/rb"},
            "alerts": [],
            "health": "ok",
            "state": "inactive",
            "evaluationTime": 0.001,
            "lastEvaluation": "2026-01-01T00:00:00Z",
        }

    def values(self, shape: str) -> dict[str, object]:
        """Return what one series holds: a value, or one a day for four weeks."""
        now = time.time()
        if shape == "vector":
            return {"value": [now, "0.5"]}
        return {"values": [[now - (27 - day) * 86400, "0.5"] for day in range(28)]}

    def vector(self, query: str) -> object:
        """Return one sample a target, with the labels that the query groups by."""
        kept = re.search(r"by \(([^)]*)\)", query)
        names = [name.strip() for name in kept.group(1).split(",")] if kept else ["instance", "job"]
        shape = "matrix" if query.endswith("]") else "vector"
        if "alertname" in names or not names[0]:
            return {"resultType": shape, "result": []}
        values = {"instance": "host{n:04}:9100", "nodename": "host{n:04}", "job": "node"}
        result = [
            {
                "metric": {name: values.get(name, "x").format(n=number) for name in names},
                **self.values(shape),
            }
            for number in range(self.targets)
        ]
        return {
            "resultType": shape,
            "result": result,
            "stats": {"samples": {"totalQueryableSamples": self.targets * 10}},
        }
