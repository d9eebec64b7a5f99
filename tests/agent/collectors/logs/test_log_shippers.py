from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors.logs import shippers
from tests.agent.collectors.fake_hosts import machine


@pytest.mark.parametrize(
    ("process", "name"),
    [
        ("promtail", "promtail"),
        ("alloy", "alloy"),
        ("vector", "vector"),
        ("fluent-bit", "fluent-bit"),
        ("td-agent", "fluentd"),
        ("filebeat", "filebeat"),
        ("systemd-journal-upload", "systemd-journal-upload"),
        ("splunkd", "splunk"),
        ("wazuh-logcollector", "wazuh-agent"),
    ],
)
def test_programs_made_to_ship_logs(tmp_path: Path, process: str, name: str) -> None:
    assert shippers.active(machine(tmp_path), frozenset([process, "sshd"])) == (name,)


@pytest.mark.parametrize(
    ("line", "sends"),
    [
        ("*.* @@logs.example.lan:514", True),
        ("*.* @10.0.0.9", True),
        ("*.*;auth.none  @@(o)logs.example.lan:6514", True),
        ("*.* @[2001:db8::1]:514", True),
        ('*.* action(type="omfwd" target="logs" port="514")', True),
        ('action(type="omrelp" target="logs")', True),
        ("*.* :omrelp:logs.example.lan:2514", True),
        ("# *.* @@logs.example.lan:514", False),
        ("*.* /var/log/all.log", False),
        ("mail.* -/var/log/mail.log", False),
        ("$ActionFileDefaultTemplate RSYSLOG_TraditionalFileFormat", False),
        ('action(type="omfile" file="/var/log/x@y")', False),
        ("*.emerg :omusrmsg:*", False),
        ("", False),
    ],
)
def test_rsyslog_ships_when_it_is_told_to(tmp_path: Path, line: str, sends: bool) -> None:
    host = machine(
        tmp_path, {"/etc/rsyslog.conf": 'module(load="imuxsock")\n', "/etc/rsyslog.d/50-x.conf": f"{line}\n"}
    )
    assert bool(shippers.active(host, frozenset(["rsyslogd"]))) is sends
    assert shippers.active(host, frozenset(["sshd"])) == ()


@pytest.mark.parametrize(
    ("text", "sends"),
    [
        ('destination d_net { network("logs.example.lan" port(514)); };', True),
        ('destination d_net {\n  syslog("logs.example.lan"\n    transport("tls"));\n};', True),
        ('destination d_loki { loki(url("logs:9096")); };', True),
        ('destination d_file { file("/var/log/all.log"); };', False),
        ("source s_net { network(port(514)); };", False),
        ('# destination d { tcp("logs"); };', False),
    ],
)
def test_syslog_ng_ships_when_it_is_told_to(tmp_path: Path, text: str, sends: bool) -> None:
    host = machine(tmp_path, {"/etc/syslog-ng/syslog-ng.conf": text})
    assert bool(shippers.active(host, frozenset(["syslog-ng"]))) is sends


@pytest.mark.parametrize(
    ("setting", "ships"), [("logs_enabled: true\n", True), ("# logs_enabled: true\n", False), ("", False)]
)
def test_an_agent_of_metrics_may_ship_logs_too(tmp_path: Path, setting: str, ships: bool) -> None:
    host = machine(tmp_path, {"/etc/datadog-agent/datadog.yaml": setting})
    assert bool(shippers.active(host, frozenset(["trace-agent"]))) is ships
