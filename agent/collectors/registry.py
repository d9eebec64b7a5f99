"""All collectors, one line each, in the order in which they start and their runs are listed."""

from __future__ import annotations

from agent.collectors import (
    access,
    backups,
    certificates,
    clock,
    configuration,
    firewall,
    inventory,
    jobs,
    logs,
    monitoring_agents,
    packages,
    pressure,
    sockets,
    units,
)
from agent.collectors.machine import Collector

COLLECTORS: tuple[Collector, ...] = (
    pressure.COLLECTOR,
    inventory.COLLECTOR,
    sockets.COLLECTOR,
    units.COLLECTOR,
    jobs.COLLECTOR,
    packages.COLLECTOR,
    clock.COLLECTOR,
    access.COLLECTOR,
    firewall.COLLECTOR,
    backups.COLLECTOR,
    certificates.COLLECTOR,
    logs.COLLECTOR,
    configuration.COLLECTOR,
    monitoring_agents.COLLECTOR,
)
