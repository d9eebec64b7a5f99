"""How the example company uses its capacity: a value a day, what is left, and how its Prometheus itself fares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from analyzers.model.monitoring import MetricMetadata, Points, QueryResult
from tests import builders as b

DAYS = 56
HOST = {"room.cpus": 8.0, "room.memory_bytes": 32e9, "room.network_free": 110e6}
METADATA = {"node_load1": MetricMetadata(type="gauge", documented=True)}
VALUES_BY_LABEL = {"instance": 6, "job": 3}


def queries(hosts: Iterable[str]) -> list[QueryResult]:
    """Return a server that scrapes every host once, grows slowly, and eight weeks of calm use."""
    names = tuple(hosts)
    at = [{"instance": f"{name}:9100"} for name in names]
    return [
        *(b.query(key, *((labels, value) for labels in at)) for key, value in HOST.items()),
        b.query("room.disk_bytes", *(({**labels, "mountpoint": "/"}, 200e9) for labels in at)),
        b.query("hygiene.moving", ({"metric": "node_load1"}, 1.0), window="1d"),
        b.query("hygiene.series", ({"metric": "node_load1"}, float(len(names)))),
        b.query("hygiene.hosts_scraped", *(({"nodename": name}, 1.0) for name in names)),
        b.query("hygiene.buckets"),
        b.query("scale.growth", ({}, 0.02)),
        b.query("scale.churn", ({}, 0.01), window="6h"),
        b.query("scale.query_slots", ({}, 0.1), window="1d"),
        *days(names, cpu=0.3, memory=0.5, disk=0.4),
    ]


def days(hosts: Iterable[str], *, slope: float = 0.0, **used: float) -> list[QueryResult]:
    """Return each resource of each host ending at its value after growing by `slope` a day."""
    return [
        QueryResult(
            id=f"capacity.{resource}",
            query=f"promql of capacity.{resource}",
            window=f"{DAYS}d",
            collected_at=b.NOW,
            points=tuple(
                Points(
                    labels={"instance": f"{name}:9100"} | ({"mountpoint": "/"} if resource == "disk" else {}),
                    start=b.NOW - dt.timedelta(days=DAYS - 1),
                    step_seconds=86400,
                    values=tuple(round(value - slope * (DAYS - 1 - day), 4) for day in range(DAYS)),
                )
                for name in hosts
            ),
        )
        for resource, value in used.items()
    ]
