"""What sends logs off this host: programs made for it that run, and syslog daemons told to."""

from __future__ import annotations

import re

from agent.collectors.logs.files import texts
from agent.collectors.machine import Machine
from agent.collectors.traces import first_of

_MADE_FOR_IT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("alloy", ("alloy", "grafana-alloy")),
    ("amazon-cloudwatch-agent", ("amazon-cloudwatch-agent",)),
    ("auditbeat", ("auditbeat",)),
    ("elastic-agent", ("elastic-agent",)),
    ("filebeat", ("filebeat",)),
    ("fluent-bit", ("fluent-bit", "td-agent-bit")),
    ("fluentd", ("fluentd", "td-agent")),
    ("google-ops-agent", ("google_cloud_ops_agent_engine", "google-fluentd")),
    ("graylog-sidecar", ("graylog-sidecar",)),
    ("journalbeat", ("journalbeat",)),
    ("logstash", ("logstash",)),
    ("nxlog", ("nxlog",)),
    ("promtail", ("promtail",)),
    ("splunk", ("splunkd",)),
    ("systemd-journal-upload", ("systemd-journal-upload",)),
    ("vector", ("vector",)),
    ("wazuh-agent", ("wazuh-logcollector", "ossec-logcollector")),
)
"""Shipper, and the processes that are it."""

_RSYSLOG_SENDS = re.compile(
    r"""^[^\n"]*[\s;]@@?[\w\[(.:-]           # *.* @@host:514, also with options: @@(o)host
    | \btype\s*=\s*"(?:omfwd|omrelp|omelasticsearch|omkafka|omhttp|omazureeventhubs|omgelf)"
    | ^\s*\*?[^\n]*:omrelp:""",
    re.MULTILINE | re.VERBOSE | re.IGNORECASE,
)
_SYSLOG_NG_SENDS = re.compile(
    r"\bdestination\b[^{]*\{[^}]*\b(?:network|syslog|tcp6?|udp6?|elasticsearch-http|http|kafka|loki|opentelemetry)\s*\("
)
_DAEMONS = (
    ("rsyslog", "rsyslogd", ("/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf"), _RSYSLOG_SENDS),
    ("syslog-ng", "syslog-ng", ("/etc/syslog-ng/*.conf", "/etc/syslog-ng/conf.d/*.conf"), _SYSLOG_NG_SENDS),
)


def active(machine: Machine, running: frozenset[str]) -> tuple[str, ...]:
    """Return the shippers that run; a syslog daemon is one only if its configuration sends somewhere."""
    found = [name for name, names in _MADE_FOR_IT if first_of(names, running)]
    for name, process, patterns, sends in _DAEMONS:
        if process in running and any(sends.search(text) for text in texts(machine, *patterns)):
            found.append(name)
    if first_of(("datadog-agent", "trace-agent", "agent"), running):
        settings = "\n".join(texts(machine, "/etc/datadog-agent/datadog.yaml"))
        found.extend(["datadog-agent"] if re.search(r"(?m)^logs_enabled:\s*true", settings) else [])
    return tuple(found)
