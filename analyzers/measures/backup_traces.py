"""Traces of backups, and what each proves of one data service: from tools on hosts, and from a monitoring server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analyzers.measures.data_services import DataService, mentions
from analyzers.measures.members import host_evidence, query_evidence, run_of
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence
from analyzers.model.facts import BackupTool
from analyzers.model.monitoring import Monitoring, QueryResult, Sample

AGE = "backup.age_seconds"

SUBJECTS = ("schedule", "stanza", "server", "repository", "client_hostname", "service", "database", "name", "job")
"""Labels of backup metrics that may tell what is backed up."""

CONTINUOUS = frozenset({"pgbackrest", "barman", "wal-g", "wal-e"})
"""Tools that also ship every change between two backups: the age of the last one is not what would be lost."""

CENTRAL = frozenset(
    {"amanda", "backuppc", "bacula", "bareos", "barman", "burp", "rsnapshot", "urbackup", "veeam", "vzdump"}
)
"""Tools that back up other hosts than the one they run on."""

EVERYTHING = frozenset({"/", "*", "all"})

CLOCKS_APART = dt.timedelta(hours=1)
"""A success this far in the future is no success, it is a wrong clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One backup tool or metric, as far as it speaks of one data service.

    Attributes
    ----------
    sure
        It names the service, its software, its folders or its host; else it only may cover it.
    idle
        It is only installed: nothing starts it, nothing says that it ever ran, nor for what.
    tool
        Its name, lower case; empty when nothing tells.
    expected
        Something is meant to keep it recent: a schedule, or a metric that names the service. An old dump that nobody
        repeats tells nothing of how the service is backed up now.
    continuous
        It also ships what changes between two backups.
    succeeded, checked, restored
        When it last did so, None when nothing proves that it ever did.
    """

    sure: bool
    tool: str = ""
    expected: bool = False
    continuous: bool = False
    scheduled: bool = False
    idle: bool = False
    succeeded: dt.datetime | None = None
    checked: dt.datetime | None = None
    restored: dt.datetime | None = None
    evidence: tuple[Evidence, ...]


def of_service(data: DataService, estate: Estate) -> tuple[Trace, ...]:
    """Return the traces that cover a data service, or may."""
    return (*_of_hosts(data, estate), *_of_metrics(data, estate))


def all_read(estate: Estate) -> bool:
    """Tell whether every place that could hold a trace was read: every known host in full, and the server asked."""
    hosts = all(run_of(host, "backups").outcome in {"ok", "not_applicable"} for host in estate.hosts)
    answer = estate.monitoring.query(AGE) if estate.monitoring is not None else None
    return hosts and (answer is None or answer.reason is None)


def _of_hosts(data: DataService, estate: Estate) -> Iterator[Trace]:
    for host in estate.read_hosts:
        assert host.facts is not None
        for tool in host.facts.backups or ():
            sure = _covers(tool, host, data, estate)
            if sure is not None:
                yield _trace(tool, host, estate, sure=sure)


def _covers(tool: BackupTool, host: EstateHost, data: DataService, estate: Estate) -> bool | None:
    """Tell whether a tool surely covers a data service; None when it speaks of something else."""
    said = [each for each in tool.covers if each.strip()]
    name = tool.name.lower()
    if data.service.declared is not None and mentions([data.service.name], " ".join(said)):
        return True
    made_for_it = any(name in kind.tools for kind in data.kinds) or any(mentions(data.words, each) for each in said)
    if host.name in data.hosts:
        surely = made_for_it or any(_holds(each, data) for each in said)
        return True if surely else None if said else False
    if any(_is_host_of(each, data, estate) for each in said):
        return True
    return False if name in CENTRAL and (made_for_it or not said) else None


def _is_host_of(text: str, data: DataService, estate: Estate) -> bool:
    host = estate.host_named(text)
    return host is not None and host.name in data.hosts


def _holds(folder: str, data: DataService) -> bool:
    """Tell whether a folder that is backed up holds a folder where the data are."""
    if folder.lower() in EVERYTHING:
        return True
    root = folder.rstrip("/*")
    held = (each for kind in data.kinds for each in kind.folders)
    return root.startswith("/") and any(each == root or each.startswith(f"{root}/") for each in held)


def _trace(tool: BackupTool, host: EstateHost, estate: Estate, *, sure: bool) -> Trace:
    limit = estate.taken_at + CLOCKS_APART
    times = {
        "last_success": tool.last_success,
        "last_integrity_check": tool.last_integrity_check,
        "last_restore": tool.last_restore,
    }
    believed = {key: at for key, at in times.items() if at is not None and at <= limit}
    return Trace(
        sure=sure,
        tool=tool.name.lower(),
        expected=tool.scheduled is True,
        continuous=tool.name.lower() in CONTINUOUS,
        scheduled=tool.scheduled is True,
        idle=not sure and tool.scheduled is False and "last_success" not in believed,
        succeeded=believed.get("last_success"),
        checked=believed.get("last_integrity_check"),
        restored=believed.get("last_restore"),
        evidence=(
            host_evidence(host, "backups", "tool", tool.name),
            host_evidence(host, "backups", f"scheduled by {tool.name}", tool.scheduled),
            *(host_evidence(host, "backups", f"{key} of {tool.name}", at.isoformat()) for key, at in believed.items()),
        ),
    )


def _of_metrics(data: DataService, estate: Estate) -> Iterator[Trace]:
    monitoring = estate.monitoring
    answer = monitoring.query(AGE) if monitoring is not None else None
    if monitoring is None or answer is None:
        return
    for sample in answer.samples:
        sure = _speaks_of(sample, data, estate)
        if sure is not None and sample.value is not None and sample.value >= -CLOCKS_APART.total_seconds():
            named = sure and mentions(data.words, " ".join(_said(sample)))
            yield replace(_measured(sample, monitoring, answer), sure=sure, expected=named)


def _said(sample: Sample) -> tuple[str, ...]:
    return tuple(value for name in SUBJECTS if (value := sample.labels.get(name, "")))


def _speaks_of(sample: Sample, data: DataService, estate: Estate) -> bool | None:
    said = _said(sample)
    if data.service.declared is not None and mentions([data.service.name], " ".join(said)):
        return True
    named = (estate.host_named(value) for value in (sample.labels.get("instance", ""), *said))
    if not any(host is not None and host.name in data.hosts for host in named):
        return None
    tool = sample.labels.get("tool", "").lower()
    return any(tool in kind.tools for kind in data.kinds) or any(mentions(data.words, each) for each in said)


def _measured(sample: Sample, monitoring: Monitoring, answer: QueryResult) -> Trace:
    assert sample.value is not None
    labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
    age = max(0.0, sample.value)
    tool = sample.labels.get("tool", "").lower()
    return Trace(
        sure=False,
        tool=tool,
        continuous=tool in CONTINUOUS,
        succeeded=answer.collected_at - dt.timedelta(seconds=age),
        evidence=(query_evidence(monitoring, answer, f"age{{{labels}}}", round(age), "seconds"),),
    )
