"""Which monitoring agents are here, ours or another's, and what shows it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.collectors.machine import Collector, Machine
from agent.collectors.traces import Units, command_words, peek, processes, units
from analyzers.model.facts import MonitoringAgent

_OURS = "pasencore"
_LISTENING = "0A"


@dataclass(frozen=True, slots=True)
class _Agent:
    """How one agent is known: names of its processes, pattern of its units, a port that nothing else uses."""

    name: str
    processes: tuple[str, ...]
    unit: str
    port: int | None = None


_AGENTS = (
    _Agent("alloy", ("alloy", "grafana-alloy"), r"(grafana-)?alloy\.service"),
    _Agent("amazon-cloudwatch-agent", ("amazon-cloudwatch-agent",), r"amazon-cloudwatch-agent\.service"),
    _Agent("centreon", ("centagent", "centengine"), r"(centagent|centreon-monitoring-agent|centengine)\.service"),
    _Agent(
        "checkmk",
        ("cmk-agent-ctl", "check_mk_agent"),
        r"(check-mk-agent|cmk-agent-ctl-daemon)(@?\.socket|\.service)",
        6556,
    ),
    _Agent("collectd", ("collectd",), r"collectd\.service"),
    _Agent("datadog", ("datadog-agent", "trace-agent"), r"datadog-agent\.service"),
    _Agent("dynatrace", ("oneagentwatchdog", "oneagentos"), r"oneagent\.service"),
    _Agent("elastic-agent", ("elastic-agent", "metricbeat"), r"(elastic-agent|metricbeat)\.service"),
    _Agent("glpi-agent", ("glpi-agent", "fusioninventory-agent"), r"(glpi|fusioninventory)-agent\.service"),
    _Agent("google-ops-agent", ("google_cloud_ops_agent_engine", "otelopscol"), r"google-cloud-ops-agent\.service"),
    _Agent("icinga2", ("icinga2",), r"icinga2\.service"),
    _Agent("monit", ("monit",), r"monit\.service"),
    _Agent("munin-node", ("munin-node",), r"munin-node\.service", 4949),
    _Agent("netdata", ("netdata",), r"netdata\.service", 19999),
    _Agent("newrelic", ("newrelic-infra", "newrelic-infra-service"), r"newrelic-infra\.service"),
    _Agent("node_exporter", ("node_exporter", "prometheus-node-exporter"), r"(prometheus-)?node[-_]exporter\.service"),
    _Agent("nrpe", ("nrpe",), r"(nrpe|nagios-nrpe-server)\.service", 5666),
    _Agent("nsclient", ("nscp",), r"nscp\.service", 12489),
    _Agent("ocsinventory-agent", ("ocsinventory-agent",), r"ocsinventory-agent\.service"),
    _Agent("opentelemetry-collector", ("otelcol", "otelcol-contrib"), r"otelcol(-contrib)?\.service"),
    _Agent("sensu", ("sensu-agent",), r"sensu-agent\.service"),
    _Agent("snmpd", ("snmpd",), r"snmpd\.service"),
    _Agent("telegraf", ("telegraf",), r"telegraf\.service"),
    _Agent("wazuh", ("wazuh-agentd", "ossec-agentd"), r"wazuh-agent\.service"),
    _Agent("zabbix", ("zabbix_agentd", "zabbix_agent2"), r"zabbix-agent2?\.service", 10050),
)


def collect(machine: Machine) -> tuple[MonitoringAgent, ...]:
    """Return the agents that run, listen or are installed, each with the strongest evidence of it."""
    running = processes(machine)
    known = units(machine)
    listening = _listening(machine)
    found = [
        MonitoringAgent(name=agent.name, evidence=evidence)
        for agent in _AGENTS
        if (evidence := next(_evidence(agent, running, known, listening), None)) is not None
    ]
    return (*found, *_ours(machine, known))


def _evidence(agent: _Agent, running: frozenset[str], known: Units, listening: frozenset[int]) -> Iterator[str]:
    for name in agent.processes:
        if name in running:
            yield f"process {name}"
    if agent.port in listening:
        yield f"port tcp/{agent.port}"
    names = known.named(agent.unit)
    for name in names:
        if name in known.enabled:
            yield f"unit {name}, enabled"
    for name in names:
        yield f"unit {name}, installed"


def _listening(machine: Machine) -> frozenset[int]:
    """Return the TCP ports that somebody listens on (proc_net(5)), whoever it is."""
    text = (machine.read("/proc/net/tcp") or "") + (machine.read("/proc/net/tcp6") or "")
    rows = re.findall(rf"^\s*\d+: [0-9A-F]+:([0-9A-F]{{4}}) \S+ {_LISTENING} ", text, re.MULTILINE)
    return frozenset(int(port, 16) for port in rows)


def _ours(machine: Machine, known: Units) -> Iterator[MonitoringAgent]:
    """Yield our own long-running agent; a scan that runs now is not one."""
    if any(_is_agent(machine, number) for number in machine.list("/proc") if number.isdigit()):
        yield MonitoringAgent(name=_OURS, evidence=f"process {_OURS} agent")
    elif names := known.named(rf"{_OURS}(-agent)?\.service"):
        state = "enabled" if names[0] in known.enabled else "installed"
        yield MonitoringAgent(name=_OURS, evidence=f"unit {names[0]}, {state}")


def _is_agent(machine: Machine, number: str) -> bool:
    if not peek(machine, f"/proc/{number}/comm").startswith((_OURS, "python")):
        return False
    words = [word.rpartition("/")[2] for word in command_words(machine, number)]
    return (_OURS, "agent") in itertools.pairwise(words) or (words[1:4] == ["-m", "agent", "agent"])


COLLECTOR = Collector(
    name="agents",
    block="agents",
    source="/proc, systemd units, listening ports",
    collect=collect,
    limit_seconds=5.0,
)
