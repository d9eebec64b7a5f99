"""A small estate watched for a week, in which tests plant what they look for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyzers.measures.reach import LONG_ENOUGH
from analyzers.model.facts import FlowWatch, Host
from tests import builders as b

PORTS = {"boutique": 8080, "postgresql": 5432, "redis": 6379, "mailer": 2525, "erp": 9000}
WATCHED = FlowWatch(since=b.NOW - LONG_ENOUGH, polls=1000)

Calls = Mapping[str, Sequence[tuple[str, str]]]


def hosts(running: Mapping[str, Sequence[str]], calls: Sequence[tuple[str, str]] = (), **blocks: Any) -> list[Host]:
    """Return hosts that run services; `calls` are pairs of services, each instance of the first calling the second."""
    addresses = {name: f"10.0.0.{number}" for number, name in enumerate(running, start=1)}
    where = {each: [name for name, services in running.items() if each in services] for each in PORTS}
    return [
        b.host(
            name,
            addresses=(addresses[name],),
            listeners=tuple(b.listener(each, PORTS[each], address="0.0.0.0") for each in services),
            connections=tuple(
                b.connection(addresses[there], PORTS[called], service=caller, local_address=addresses[name])
                for caller, called in calls
                if caller in services
                for there in where[called]
            ),
            **({"flow_watch": WATCHED} | blocks),
        )
        for name, services in running.items()
    ]


def catalogue(*needs: tuple[str, Sequence[str]], critical: Sequence[str] = ("boutique",), **blocks: Any):
    """Return a context file in which services say what they need."""
    services = tuple(
        b.service(name, depends_on=tuple(wanted), criticality=5 if name in critical else 2) for name, wanted in needs
    )
    return b.context(services=services, **blocks)
