"""What a scan of a thousand targets costs this machine and the server: in its own process, for an honest memory."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from agent.sources.prometheus.durations import duration
from agent.sources.prometheus.endpoints import METADATA, NAMES, RULES, TARGETS
from tests.agent.sources.recordings import replay, shape, success
from tests.fake_http import Asked, Reply, serve

TARGET_COUNT = 1000
INTERVAL = 15.0

SCAN = """
import datetime as dt, json, resource, sys
from agent.sources.prometheus.source import read_prometheus
from analyzers.model.context import Endpoint
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
clock = lambda: dt.datetime.now(dt.UTC)
monitoring, cost, *_ = read_prometheus(Endpoint(url=sys.argv[1]), since=dt.timedelta(days=28), clock=clock)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({
    "targets": len(monitoring.targets), "unanswered": [each.id for each in monitoring.queries if each.reason],
    "requests": cost.queries, "samples": cost.samples, "seconds": cost.seconds, "grown_kib": grown,
}))
"""

WHO = [{"job": "node", "instance": f"web{n}:9100"} for n in range(TARGET_COUNT)]


def target(labels: dict[str, str]) -> dict[str, object]:
    discovered = {f"__meta_kubernetes_pod_label_{n}": "x" * 40 for n in range(25)}
    return {"labels": labels, "discoveredLabels": discovered, "health": "up", "scrapeInterval": "15s"}


def read_by(promql: str) -> int:
    """Return what a server with these targets would read for a query."""
    series = 20 if re.search("prometheus_|alertmanager_|probe_", promql) else TARGET_COUNT
    window = re.search(r"\[(\w+)(?::(\w+))?\]", promql)
    if window is None:
        return series
    step = duration(window[2]) if window[2] else INTERVAL
    return int(series * (duration(window[1]) or 0) / (step or INTERVAL))


def test_a_thousand_targets_fit_every_budget() -> None:
    rules = [
        {"type": "alerting", "name": f"a{n}", "query": "up == 0", "duration": 300, "labels": {}, "annotations": {}}
        for n in range(300)
    ]
    names = [f"metric_{n}_total" for n in range(5000)]
    usual = replay(
        "prometheus",
        {
            TARGETS: success({"activeTargets": [target(each) for each in WHO], "droppedTargets": []}),
            RULES: success({"groups": [{"name": "g", "interval": 30, "rules": rules}]}),
            NAMES: success(names),
            METADATA: success({name: [{"type": "counter", "help": "Something."}] for name in names}),
        },
    )
    result = [{"metric": each, "value": [1.5, "0.25"]} for each in WHO]

    def answer(asked: Asked) -> Reply:
        promql = asked.query.get("query", "1")
        if promql == "1" or "engine_queries" in promql:
            return usual(asked)
        stats = {"samples": {"totalQueryableSamples": read_by(promql)}}
        days = [{"metric": each, "values": [[86400.0 * day, "0.25"] for day in range(14)]} for each in WHO]
        found = days if shape(promql) == "matrix" else result
        return success({"resultType": shape(promql), "result": found, "stats": stats})

    with serve(answer) as server:
        command = [sys.executable, "-c", SCAN, server.url]
        root = Path(__file__).parents[4]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True, cwd=root)
    told = json.loads(done.stdout)
    assert (told["targets"], told["unanswered"]) == (TARGET_COUNT, [])
    assert told["requests"] < 100
    assert told["samples"] < 50_000_000
    assert told["seconds"] < 20
    assert told["grown_kib"] < 100 << 10
