"""Plain builders of facts, snapshots and estates: every field has a sane default, tests name only what matters.

All are dated against `NOW`, the clock of every built snapshot. Use: ``from tests import builders as b``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from analyzers.assess import assess
from analyzers.model import context as ctx
from analyzers.model import estate as nouns
from analyzers.model import facts
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Member, Population
from analyzers.model.finding import Finding
from analyzers.model.history import History
from analyzers.model.knowledge import AssetFiles, GitHistory, GitPerson, KnownFiles
from analyzers.model.monitoring import Alerting, EndpointAnswer, Monitoring, QueryResult, Sample, Target
from analyzers.model.past import PastFinding, PastVerdict
from analyzers.model.reasons import Reason
from analyzers.model.snapshot import BlindSpot, Declared, Origin, Snapshot, WithdrawnStatement
from analyzers.model.tickets import Ticket, TicketFile
from analyzers.rubric import published

NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
TODAY = NOW.date()
GIB = 1 << 30
PROMETHEUS = "http://127.0.0.1:9090"

COLLECTOR_OF = {
    "inventory": "inventory",
    "listeners": "flows",
    "connections": "flows",
    "units": "units",
    "jobs": "jobs",
    "packages": "packages",
    "clock": "clock",
    "access": "access",
    "firewall": "firewall",
    "backups": "backups",
    "certificates": "certificates",
    "logs": "logs",
    "configuration": "configuration",
    "agents": "agents",
    "pressure": "pressure",
}
"""Which collector reads which block of a host."""


def days_ago(days: float) -> dt.datetime:
    """Return a moment before `NOW`."""
    return NOW - dt.timedelta(days=days)


def run(name: str, outcome: str = "ok", reason: Reason | None = None, **fields: Any) -> facts.CollectorRun:
    """Return how a collector fared."""
    return facts.CollectorRun(name=name, outcome=outcome, reason=reason, source=f"read by {name}", **fields)  # type: ignore[arg-type]


def system(**fields: Any) -> facts.OperatingSystem:
    """Return a supported Debian 12."""
    given = {
        "id": "debian",
        "version_id": "12",
        "codename": "bookworm",
        "family": "debian",
        "pretty_name": "Debian GNU/Linux 12 (bookworm)",
        "support_end": dt.date(2028, 6, 30),
    }
    return facts.OperatingSystem(**(given | fields))


def mount(mountpoint: str = "/", used: float | None = 0.4, **fields: Any) -> facts.Mount:
    """Return an ext4 file system of 100 GiB, `used` in [0, 1]; None when statvfs did not answer."""
    total = 100 * GIB
    room = {} if used is None else {"total_bytes": total, "used_bytes": int(total * used)}
    if used is not None:
        room["available_bytes"] = total - room["used_bytes"]
    return facts.Mount(**({"device": "/dev/vda1", "mountpoint": mountpoint, "fstype": "ext4"} | room | fields))


def inventory(**fields: Any) -> facts.Inventory:
    """Return a virtual machine with 4 processors and 8 GiB, booted ten days ago."""
    given = {
        "os": system(),
        "kernel": "6.1.0-26-amd64",
        "architecture": "x86_64",
        "virtualization": "kvm",
        "cpu_logical": 4,
        "memory_bytes": 8 * GIB,
        "mounts": (mount(),),
        "boot_time": days_ago(10),
    }
    return facts.Inventory(**(given | fields))


def listener(service: str = "nginx", port: int = 80, **fields: Any) -> facts.Listener:
    """Return a TCP listener of a systemd service, on every address."""
    given = {
        "address": "0.0.0.0",
        "port": port,
        "protocol": "tcp",
        "service": service,
        "process": service,
        "unit": f"{service}.service",
    }
    return facts.Listener(**(given | fields))


def connection(peer: str, port: int = 5432, direction: str = "out", **fields: Any) -> facts.Connection:
    """Return a TCP flow of nginx with a peer, seen during the last hour."""
    given = {
        "direction": direction,
        "service": "nginx",
        "local_address": "10.0.0.1",
        "peer_address": peer,
        "port": port,
        "protocol": "tcp",
        "first_seen": NOW - dt.timedelta(hours=1),
        "last_seen": NOW,
        "observations": 4,
    }
    return facts.Connection(**(given | fields))


def unit(name: str = "nginx.service", **fields: Any) -> facts.Unit:
    """Return a running unit that never restarted."""
    return facts.Unit(**({"name": name, "restarts": 0, "sub": "running", "result": "success"} | fields))


def job(name: str = "backup.sh", **fields: Any) -> facts.Job:
    """Return a cron job of root of which nothing more is known."""
    return facts.Job(**({"name": name, "kind": "cron", "schedule": "0 3 * * *", "user": "root"} | fields))


def clock(**fields: Any) -> facts.Clock:
    """Return a clock kept by chrony within a millisecond."""
    return facts.Clock(**({"synchronized": True, "offset_seconds": 0.001, "source": "chrony", "servers": 4} | fields))


def pressure(**fields: Any) -> facts.Pressure:
    """Return a calm host, counted since ten days."""
    given = {
        "cpu_used_share": 0.2,
        "memory_used_share": 0.4,
        "cpu_stalled_share": 0.0,
        "memory_stalled_share": 0.0,
        "io_stalled_share": 0.0,
        "oom_kills": 0,
        "file_handles_share": 0.05,
        "conntrack_share": 0.01,
        "since_boot_seconds": 864000.0,
    }
    return facts.Pressure(**(given | fields))


def host(name: str = "web1", **blocks: Any) -> facts.Host:
    """Return a host that was read as root. A block that is given has a collector run that answered in full.

    ``runs`` completes or replaces those runs, by collector name.
    """
    extra = {each.name: each for each in blocks.pop("runs", ())}
    runs = {
        COLLECTOR_OF[block]: run(COLLECTOR_OF[block])
        for block, value in blocks.items()
        if block in COLLECTOR_OF and value is not None
    }
    given = {
        "id": f"id-{name}",
        "name": name,
        "fqdn": f"{name}.dupont.example",
        "collected_at": NOW,
        "privileged": True,
        "tool": "0.1.0",
        "runs": tuple((runs | extra).values()),
    }
    return facts.Host(**(given | blocks))


def refused(name: str = "web1", reason: Reason = "no_permission", **fields: Any) -> facts.Host:
    """Return a host that answers and of which every collector was refused."""
    runs = [run(each, "unknown", reason) for each in dict.fromkeys(COLLECTOR_OF.values())]
    return host(name, runs=runs, privileged=False, **fields)


def query(
    query_id: str,
    *samples: tuple[Mapping[str, str], float | None],
    reason: Reason | None = None,
    window: str = "7d",
    promql: str = "",
) -> QueryResult:
    """Return the answer of a named query, from (labels, value) pairs."""
    return QueryResult(
        id=query_id,
        query=promql or f"promql of {query_id}",
        window=window,
        collected_at=NOW,
        reason=reason,
        samples=tuple(Sample(labels=dict(labels), value=value) for labels, value in samples),
    )


def uname(*names: str) -> QueryResult:
    """Return the query that makes hosts known by their node exporter, ``name:9100``."""
    return query(
        "hosts.uname", *(({"nodename": each, "instance": f"{each}:9100", "job": "node"}, 1.0) for each in names)
    )


def target(instance: str = "web1:9100", job: str = "node", **fields: Any) -> Target:
    """Return a target that is up and scraped each minute."""
    given = {
        "job": job,
        "instance": instance,
        "labels": {"job": job, "instance": instance},
        "health": "up",
        "last_scrape": NOW,
        "scrape_interval_seconds": 60.0,
        "scrape_timeout_seconds": 10.0,
    }
    return Target(**(given | fields))


def monitoring(*queries: QueryResult, **fields: Any) -> Monitoring:
    """Return a Prometheus that answered these queries."""
    given = {"url": PROMETHEUS, "kind": "prometheus", "version": "2.42.0", "collected_at": NOW}
    return Monitoring(**(given | {"queries": queries} | fields))


def endpoint(path: str, reason: Reason | None = None) -> EndpointAnswer:
    """Return how an endpoint answered."""
    return EndpointAnswer(endpoint=path, reason=reason)


def service(name: str = "boutique", **fields: Any) -> ctx.Service:
    """Return an entry of the catalogue; ``match`` may be a plain mapping."""
    rule = fields.pop("match", None)
    return ctx.Service(name=name, match=ctx.Match(**rule) if isinstance(rule, Mapping) else rule, **fields)


def context(**blocks: Any) -> ctx.Context:
    """Return a context file written a month ago by a.martin."""
    given = {"schema": "pasencore.context/1", "date": TODAY - dt.timedelta(days=30), "author": "a.martin"}
    return ctx.Context(**(given | blocks))


def ticket(number: int | str = 1, opened: float = 1, hours: float | None = 2, **fields: Any) -> Ticket:
    """Return an incident opened some days ago, solved at first level within hours; None: it is still open."""
    closed = None if hours is None else days_ago(opened) + dt.timedelta(hours=hours)
    given = {"kind": "incident", "level": 1, "resolver": "Martin A.", "service": "boutique", "cause": f"cause {number}"}
    return Ticket(**({"id": str(number), "opened": days_ago(opened), "closed": closed} | given | fields))


ALL_COLUMNS = ("cause", "closed", "id", "kind", "level", "opened", "resolver", "service")


def ticket_file(*tickets: Ticket, columns: Iterable[str] = ALL_COLUMNS, **fields: Any) -> TicketFile:
    """Return an export that says everything of each ticket but the time spent."""
    kept = tuple(sorted(tickets, key=lambda each: each.opened))
    given = {"file": "tickets.csv", "tickets": kept, "columns": tuple(columns), "rows": len(kept)}
    return TicketFile(**(given | fields))


def past_verdict(days: float, rubric: str = "same", **highs: float) -> PastVerdict:
    """Return a verdict of some days ago; keywords give the high of each question, underscores for hyphens."""
    findings = tuple(
        PastFinding(check=name.replace("_", "-"), outcome="measured", low=0.0, high=high)
        for name, high in highs.items()
    )
    return PastVerdict(taken_at=days_ago(days), rubric=rubric, answer="pas encore", findings=findings)


def snapshot(
    *hosts: facts.Host,
    monitoring: Monitoring | None = None,
    context: ctx.Context | None = None,
    alerting: Alerting | None = None,
    tickets: Iterable[TicketFile] | None = None,
    past: Iterable[PastVerdict] | None = None,
    history: History | None = None,
    git: Iterable[GitHistory] | None = None,
    withdrawn: Iterable[WithdrawnStatement] = (),
    blind_spots: Iterable[BlindSpot] = (),
    origins: Iterable[Origin] = (),
) -> Snapshot:
    return Snapshot(
        taken_at=NOW,
        tool="0.1.0",
        hosts=hosts,
        monitoring=monitoring,
        alerting=alerting,
        declared=Declared(file="pasencore.yaml", context=context) if context is not None else None,
        tickets=tuple(tickets) if tickets is not None else None,
        past=tuple(past) if past is not None else None,
        history=history,
        git=tuple(git) if git is not None else None,
        withdrawn=tuple(withdrawn),
        blind_spots=tuple(blind_spots),
        origins=tuple(origins),
    )


def estate(*hosts: facts.Host, **sources: Any) -> nouns.Estate:
    """Return the estate of a snapshot; same arguments as `snapshot`."""
    return nouns.build(snapshot(*hosts, **sources))


def history(name: str = "infra", **assets: Mapping[str, int]) -> GitHistory:
    """Return a repository: for each asset, files by who knows them, a letter a person (``{"ab": 3, "": 1}``).

    The person ``a`` is "A Martin", a@dupont.example, and so on; underscores in the name of an asset are dashes.
    """
    who = sorted({person for groups in assets.values() for knowers in groups for person in knowers})
    return GitHistory(
        path=f"/srv/{name}",
        name=name,
        collected_at=NOW,
        head=TODAY,
        commits=len(who),
        people=tuple(
            GitPerson(names=(f"{each.upper()} Martin",), addresses=(f"{each}@dupont.example",), commits=1, last=TODAY)
            for each in who
        ),
        assets=tuple(
            AssetFiles(
                asset=asset.replace("_", "-"),
                groups=tuple(
                    KnownFiles(knowers=tuple(who.index(each) for each in knowers), files=files)
                    for knowers, files in groups.items()
                ),
            )
            for asset, groups in assets.items()
        ),
    )


def by_name(population: Population) -> dict[str, Member]:
    """Return the members of a population by name; names must be unique."""
    found = {each.name: each for each in population.members}
    assert len(found) == len(population.members), sorted(each.name for each in population.members)
    return found


def ends(member: Member, discount: Fraction = Fraction(3, 10)) -> tuple[Fraction, Fraction]:
    """Return the interval of a member as a pair."""
    interval = member.interval(discount)
    return interval.low, interval.high


def answer(check: Check, *hosts: facts.Host, **sources: Any) -> Measurement:
    """Return what a check says of an estate; same arguments as `snapshot`."""
    return check.measure(check.evidence(estate(*hosts, **sources)))


def finding(check: Check, *hosts: facts.Host, **sources: Any) -> Finding:
    """Return the finding of a check under the published rubric; same arguments as `snapshot`."""
    found = assess(snapshot(*hosts, **sources), published(), checks=(check,)).findings
    return next(each for each in found if each.check_id == check.id)
