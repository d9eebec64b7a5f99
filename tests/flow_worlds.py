"""Small worlds in which who calls whom, and who says so, is planted."""

from __future__ import annotations

from collections.abc import Collection

from analyzers.measures.reach import LONG_ENOUGH
from analyzers.model.estate import Estate
from analyzers.model.facts import FlowWatch
from tests import builders as b
from tests import strategies as s

Edge = tuple[str, str]

EDGES: list[Edge] = [(source, target) for source in s.SERVICES for target in s.SERVICES if source != target]
WATCHED = FlowWatch(since=b.NOW - LONG_ENOUGH, polls=1000)


def world(
    seen: Collection[Edge], said: Collection[Edge], dark: Collection[str] = (), criticality: int | None = None
) -> Estate:
    """Return an estate of one service a host, read for a week, with these flows and these declarations.

    Parameters
    ----------
    dark
        Services whose host nobody could read.
    """
    addresses = {name: f"10.0.1.{rank}" for rank, name in enumerate(s.SERVICES, 1)}
    hosts = [
        b.refused(f"h-{name}", addresses=(addresses[name],))
        if name in dark
        else b.host(
            f"h-{name}",
            addresses=(addresses[name],),
            listeners=(b.listener(name, 9000, address=addresses[name]),),
            connections=tuple(
                b.connection(addresses[target], 9000, service=source, local_address=addresses[source])
                for source, target in sorted(seen)
                if source == name
            ),
            flow_watch=WATCHED,
        )
        for name in s.SERVICES
    ]
    entries = tuple(
        b.service(
            name,
            criticality=criticality,
            depends_on=tuple(target for source, target in sorted(said) if source == name),
        )
        for name in s.SERVICES
    )
    return b.estate(*hosts, context=b.context(services=entries))
