"""Is configuration applied by a tool that runs?"""

from __future__ import annotations

from datetime import timedelta

from analyzers.measures.members import host_evidence, host_member, of_hosts, run_of, unseen_host
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import ConfigurationTool
from analyzers.model.interval import UNKNOWN, Interval

KEY = "hosts.configured"
RECENT = timedelta(days=7)
"""A tool that did not run for a week no longer holds what people change by hand (catalogue)."""


def managed(estate: Estate) -> Population:
    """Return hosts: 1 when a tool applied their configuration within seven days, without a failure, else 0.

    A tool of which nobody knows when it ran leaves the host open, and so does a host where traces could not be looked
    for: an administrator's home may hold them. Version control of /etc applies nothing.
    """
    members = tuple(_member(host, estate) for host in estate.hosts)
    return of_hosts(KEY, members, estate, "configuration")


def _member(host: EstateHost, estate: Estate) -> Member:
    tools = host.facts.configuration if host.facts is not None else None
    if tools is None:
        return unseen_host(host, "configuration")
    applying = [each for each in tools if each.applies]
    shown = tuple(_shown(host, each) for each in applying) or (host_evidence(host, "configuration", "tools", "none"),)
    if any(_ran(each, estate) and each.failed is not True for each in applying):
        return host_member(host, Interval.point(1), *shown)
    run = run_of(host, "configuration")
    if run.outcome != "ok":
        return host_member(host, UNKNOWN, *shown, reason=run.reason or "partial")
    if any(each.last_run is None for each in applying):
        return host_member(host, UNKNOWN, *shown, reason="partial")
    return host_member(host, Interval.point(0), *shown)


def _ran(tool: ConfigurationTool, estate: Estate) -> bool:
    return tool.last_run is not None and estate.taken_at - tool.last_run <= RECENT


def _shown(host: EstateHost, tool: ConfigurationTool) -> Evidence:
    when = tool.last_run.date().isoformat() if tool.last_run is not None else "unknown"
    return host_evidence(host, "configuration", f"last run of {tool.name}", when)
