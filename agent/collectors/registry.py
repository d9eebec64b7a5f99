"""All collectors, one line each, in the order in which they start and their runs are listed."""

from __future__ import annotations

from agent.collectors import inventory, jobs, sockets, units
from agent.collectors.machine import Collector

COLLECTORS: tuple[Collector, ...] = (
    inventory.COLLECTOR,
    sockets.COLLECTOR,
    units.COLLECTOR,
    jobs.COLLECTOR,
)
