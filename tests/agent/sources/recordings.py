"""Answers of servers, recorded: ``recorded/<server>.json`` maps paths to status, type, and body (JSON) or text.

``prometheus`` (2.42), ``victoria_metrics`` (1.79, which scrapes nothing) and ``alertmanager`` (0.25) come from real
servers; ``mimir`` and ``thanos`` are written after their documentation.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fake_http import Asked, Reply

FOLDER = Path(__file__).parent / "recorded"


def empty(promql: str) -> dict[str, Any]:
    """Return the answer of a query that was not recorded: nothing, in the shape that it asks for."""
    data = {"resultType": shape(promql), "result": []}
    return {"status": 200, "type": "application/json", "body": {"status": "success", "data": data}}


def shape(promql: str) -> str:
    """Return what a server answers to a query: one that ends in a range gives values over time."""
    return "matrix" if promql.endswith("]") else "vector"


def load(name: str) -> dict[str, dict[str, Any]]:
    """Return the recorded answers of a server, by path."""
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def reply(entry: dict[str, Any]) -> Reply:
    """Return a recorded answer, ready to be sent."""
    body = json.dumps(entry["body"]) if "body" in entry else entry["text"]
    return Reply(status=entry["status"], body=body.encode(), content_type=entry["type"] or "")


def replay(name: str, changes: dict[str, Reply] | None = None, prefix: str = "") -> Callable[[Asked], Reply]:
    """Return a server that answers as recorded, but for the paths in `changes`."""
    recorded = load(name)

    def answer(asked: Asked) -> Reply:
        path = asked.path.removeprefix(prefix)
        if changes and path in changes:
            return changes[path]
        if path == "/api/v1/query":
            key = f"{path}?query={asked.query['query']}&stats=all"
        elif asked.query.get("state") == "dropped":
            key = f"{path}?state=dropped"
        else:
            key = path
        entry = recorded.get(key) or (empty(asked.query["query"]) if path == "/api/v1/query" else None)
        return reply(entry) if entry else Reply(status=404, body=b"404 page not found\n", content_type="text/plain")

    return answer


def success(data: object, **more: object) -> Reply:
    """Return an answer of the Prometheus API."""
    return Reply(body=json.dumps({"status": "success", "data": data} | more).encode())


def failure(status: int, error_type: str, error: str) -> Reply:
    """Return a refusal of the Prometheus API."""
    body = {"status": "error", "errorType": error_type, "error": error}
    return Reply(status=status, body=json.dumps(body).encode())


def vector(*samples: tuple[dict[str, str], str], cost: int | None = None, **more: object) -> Reply:
    """Return an instant vector, with what it cost the server when that is given."""
    result = [{"metric": labels, "value": [1795413082.5, value]} for labels, value in samples]
    stats = {} if cost is None else {"stats": {"samples": {"totalQueryableSamples": cost}}}
    return success({"resultType": "vector", "result": result} | stats, **more)
