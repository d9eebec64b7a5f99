from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors import monitoring_agents
from agent.collectors.machine import Machine
from analyzers.model.facts import MonitoringAgent
from tests.agent.collectors.fake_hosts import machine

INIT = {"/proc/1/comm": "systemd\n"}


NODE_EXPORTER = {"/proc/9/comm": "prometheus-node\n", "/proc/9/cmdline": "/usr/bin/prometheus-node-exporter\0--x\0"}


def listening(port: int) -> dict[str, str]:
    row = f"   0: 00000000:{port:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1\n"
    return {"/proc/net/tcp": f"  sl  local_address rem_address   st\n{row}", "/proc/net/tcp6": ""}


def enabled(unit: str) -> dict[str, str]:
    file = f"/lib/systemd/system/{unit}"
    return {file: "", f"/etc/systemd/system/multi-user.target.wants/{unit}": f"-> {file}"}


@pytest.mark.parametrize(
    ("files", "name", "evidence"),
    [
        ({"/proc/9/comm": "zabbix_agentd\n"}, "zabbix", "process zabbix_agentd"),
        ({"/proc/9/comm": "zabbix_agent2\n"}, "zabbix", "process zabbix_agent2"),
        (listening(10050), "zabbix", "port tcp/10050"),
        (enabled("zabbix-agent2.service"), "zabbix", "unit zabbix-agent2.service, enabled"),
        ({"/lib/systemd/system/zabbix-agent.service": ""}, "zabbix", "unit zabbix-agent.service, installed"),
        (NODE_EXPORTER, "node_exporter", "process prometheus-node-exporter"),
        ({"/proc/9/comm": "nrpe\n"}, "nrpe", "process nrpe"),
        (enabled("nagios-nrpe-server.service"), "nrpe", "unit nagios-nrpe-server.service, enabled"),
        (listening(12489), "nsclient", "port tcp/12489"),
        (enabled("check-mk-agent.socket"), "checkmk", "unit check-mk-agent.socket, enabled"),
        ({"/proc/9/comm": "centagent\n"}, "centreon", "process centagent"),
        ({"/proc/9/comm": "telegraf\n"}, "telegraf", "process telegraf"),
        ({"/proc/9/comm": "netdata\n"}, "netdata", "process netdata"),
        ({"/proc/9/comm": "alloy\n"}, "alloy", "process alloy"),
        (enabled("datadog-agent.service"), "datadog", "unit datadog-agent.service, enabled"),
        ({"/proc/9/comm": "newrelic-infra\n"}, "newrelic", "process newrelic-infra"),
        ({"/proc/9/comm": "wazuh-agentd\n"}, "wazuh", "process wazuh-agentd"),
        (enabled("pasencore-agent.service"), "pasencore", "unit pasencore-agent.service, enabled"),
    ],
)
def test_an_agent_and_what_shows_it(tmp_path: Path, files: dict[str, str], name: str, evidence: str) -> None:
    assert monitoring_agents.collect(machine(tmp_path, {**INIT, **files})) == (
        MonitoringAgent(name=name, evidence=evidence),
    )


def test_a_process_is_stronger_than_a_port_and_a_port_than_a_unit(tmp_path: Path) -> None:
    files = {**INIT, **listening(10050), **enabled("zabbix-agent.service")}
    (found,) = monitoring_agents.collect(machine(tmp_path / "a", files))
    assert found.evidence == "port tcp/10050"
    (found,) = monitoring_agents.collect(machine(tmp_path / "b", {**files, "/proc/9/comm": "zabbix_agentd\n"}))
    assert found.evidence == "process zabbix_agentd"


@pytest.mark.parametrize(
    ("comm", "words", "ours"),
    [
        ("pasencore", ("/usr/bin/python3", "/usr/bin/pasencore", "agent", "--listen", "x"), True),
        ("pasencore", ("/opt/pasencore/bin/pasencore", "agent"), True),
        ("python3", ("/usr/bin/python3", "-m", "agent", "agent"), True),
        ("pasencore", ("/usr/bin/python3", "/usr/bin/pasencore", "scan", "--agents", "agent"), False),
        ("python3", ("/usr/bin/python3", "-m", "agent", "collect"), False),
        ("vi", ("vi", "pasencore", "agent"), False),
    ],
)
def test_a_scan_is_no_agent(tmp_path: Path, comm: str, words: tuple[str, ...], ours: bool) -> None:
    files = {**INIT, "/proc/9/comm": f"{comm}\n", "/proc/9/cmdline": "\0".join((*words, ""))}
    found = monitoring_agents.collect(machine(tmp_path, files))
    assert found == ((MonitoringAgent(name="pasencore", evidence="process pasencore agent"),) if ours else ())


@pytest.mark.parametrize(
    "files",
    [
        {},
        listening(9100),
        listening(80),
        {"/proc/net/tcp": "garbage\n"},
        {"/proc/net/tcp": listening(10050)["/proc/net/tcp"].replace(" 0A ", " 01 ")},
    ],
)
def test_hosts_without_an_agent(tmp_path: Path, files: dict[str, str]) -> None:
    assert monitoring_agents.collect(machine(tmp_path, {**INIT, **files})) == ()


def test_every_agent_has_one_name_and_a_process() -> None:
    names = [each.name for each in monitoring_agents._AGENTS]
    assert names == sorted(set(names))
    assert all(each.processes for each in monitoring_agents._AGENTS)


def test_the_real_host_is_read() -> None:
    host = Machine()
    monitoring_agents.collect(host)
    assert host.could_not_see == []
