"""One host, read by all collectors."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.collectors.identity import identify
from agent.collectors.machine import Collector, Machine
from agent.collectors.registry import COLLECTORS
from agent.collectors.runner import Runner
from analyzers.model.facts import Host


def collect_host(
    *,
    root: Path = Path("/"),
    collectors: Sequence[Collector] = COLLECTORS,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    runner: Runner | None = None,
    tool: str = "",
) -> Host:
    """Return what the collectors read of this host; what they could not read, their runs say.

    Parameters
    ----------
    root
        Where the file system of the host starts.
    clock
        Says the time of collection, in UTC.
    runner
        One that is kept from call to call knows which collectors still hang; a new one by default.
    tool
        Name and version that go into the facts.
    """
    now = clock()
    identity = identify(Machine(root=root, clock=clock))
    collected = (runner or Runner()).run(collectors, root=root, clock=clock)
    blocks: dict[str, Any] = {name: value for each in collected for name, value in each.blocks.items()}
    return Host(
        id=identity.id,
        name=identity.name,
        fqdn=identity.fqdn,
        addresses=identity.addresses,
        collected_at=now,
        privileged=os.geteuid() == 0,
        tool=tool,
        runs=tuple(each.run for each in collected),
        **blocks,
    )
