"""The estate of a small company, as good as it can be; the four estates are made from it by taking things away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.history import (
    Backtest,
    EpisodeFact,
    Explaining,
    History,
    HostHistory,
    JudgedDetector,
    SeriesHistory,
)
from analyzers.model.monitoring import Alerting, Monitoring, QueryResult, Rule
from analyzers.model.tickets import TicketFile
from tests import builders as b
from tests.estates import usage

HOSTS = {
    "app1": "10.0.0.11",
    "app2": "10.0.0.12",
    "db1": "10.0.0.21",
    "db2": "10.0.0.22",
    "bkp1": "10.0.0.31",
    "mon1": "10.0.0.41",
}

SERVICES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "app1": (("nginx", 443), ("boutique", 8080)),
    "app2": (("nginx", 443), ("facturation", 8090)),
    "db1": (("postgresql", 5432),),
    "db2": (("postgresql", 5432),),
    "bkp1": (("rsync", 873),),
    "mon1": (("prometheus", 9090), ("alertmanager", 9093)),
}
"""Listening services of each host, besides sshd and node_exporter."""

CRITICAL = ("boutique", "facturation", "postgresql")
EVERYWHERE = (("ssh", 22), ("node_exporter", 9100))
NEEDS = {"boutique": ("postgresql",), "prometheus": ("node_exporter",)}
OBJECTIVES = {
    "postgresql": ctx.Objectives(availability=99.5, rpo_hours=24, rto_hours=4),
    "boutique": ctx.Objectives(rto_hours=4),
    "facturation": ctx.Objectives(rto_hours=8),
}
GROUP = "/etc/prometheus/rules.yml;infra"
PEOPLE = ("a.martin", "b.leroy")
SCRAPES = ("tried", "succeeded")


def host(name: str, **blocks: object) -> facts.Host:
    """Return a host that was wholly read and is in order; `blocks` replace what it says."""
    address = HOSTS[name]
    services = (*SERVICES[name], *EVERYWHERE)
    given: dict[str, object] = {
        "addresses": (address,),
        "inventory": b.inventory(),
        "listeners": tuple(
            b.listener(service, port, address="0.0.0.0" if service == "nginx" else address)
            for service, port in services
        ),
        "connections": _connections(name),
        "flow_watch": facts.FlowWatch(since=b.days_ago(28), polls=80_000),
        "units": tuple(b.unit(f"{service}.service") for service, _ in services),
        "jobs": (
            b.job("logrotate", packaged=True, versioned=False),
            b.job("apt-daily.timer", kind="timer", packaged=True),
        ),
        "packages": packages(),
        "clock": b.clock(),
        "access": access(),
        "firewall": facts.Firewall(kind="nftables", active=True, default_drop=True, open_ports=("tcp/22", "tcp/443")),
        "backups": (backup(),) if name.startswith("db") else (),
        "certificates": (certificate(),) if name.startswith("app") else (),
        "logs": facts.Logs(
            journal=True, persistent=True, oldest_entry=b.days_ago(90), shippers=("rsyslog",), admin_trail=True
        ),
        "configuration": (
            facts.ConfigurationTool(name="ansible", evidence="/home/amartin/.ansible/tmp", last_run=b.days_ago(2)),
        ),
        "agents": (facts.MonitoringAgent(name="node_exporter", evidence="unit node_exporter.service"),),
        "pressure": b.pressure(),
    }
    return b.host(name, **(given | blocks))


def hosts(**changed: Mapping[str, object]) -> tuple[facts.Host, ...]:
    """Return every host; keywords give the blocks that one of them has otherwise."""
    return tuple(host(name, **changed.get(name, {})) for name in HOSTS)


def packages(**fields: object) -> facts.Packages:
    """Return an up-to-date Debian."""
    given: dict[str, object] = {
        "manager": "dpkg",
        "installed": 500,
        "pending": (),
        "lists_updated_at": b.days_ago(0.5),
        "last_security_upgrade_at": b.days_ago(5),
        "automatic_updates": True,
        "reboot_required": False,
    }
    return facts.Packages(**(given | fields))


def access(**fields: object) -> facts.Access:
    """Return a host that two named persons administer, with keys."""
    given: dict[str, object] = {
        "accounts": (
            facts.Account(name="root", uid=0, interactive=True, system=True, home="/root", login_days_90d=0, keys=0),
            _person("amartin", 1000),
            _person("bleroy", 1001),
        ),
        "sudo_rules": (facts.SudoRule(who="amartin"), facts.SudoRule(who="bleroy")),
        "sshd": facts.SshPolicy(
            permit_root_login="no", password_authentication=False, allow_groups=("ssh-users",), effective=True
        ),
        "sshd_present": True,
        "authorized_keys": (
            facts.AuthorizedKey(account="amartin", type="ssh-ed25519", fingerprint="SHA256:aaaa", bits=256),
            facts.AuthorizedKey(account="bleroy", type="ssh-ed25519", fingerprint="SHA256:bbbb", bits=256),
        ),
        "sessions": (
            facts.Session(account="amartin", day=b.TODAY - dt.timedelta(days=3), source="10.0.9.5"),
            facts.Session(account="bleroy", day=b.TODAY - dt.timedelta(days=6), source="10.0.9.6"),
        ),
    }
    return facts.Access(**(given | fields))


def _person(name: str, uid: int) -> facts.Account:
    return facts.Account(
        name=name,
        uid=uid,
        interactive=True,
        groups=("ssh-users", "sudo"),
        home=f"/home/{name}",
        last_login=b.TODAY - dt.timedelta(days=3),
        login_days_90d=12,
        distinct_sources_90d=1,
        keys=1,
    )


def backup(**fields: object) -> facts.BackupTool:
    """Return a pgbackrest that worked last night and was verified last week."""
    given: dict[str, object] = {
        "name": "pgbackrest",
        "evidence": ("unit pgbackrest.timer",),
        "scheduled": True,
        "last_success": b.days_ago(0.3),
        "last_integrity_check": b.days_ago(7),
        "off_site": True,
        "covers": ("postgresql",),
    }
    return facts.BackupTool(**(given | fields))


def certificate(**fields: object) -> facts.Certificate:
    """Return a certificate that renews itself."""
    given: dict[str, object] = {
        "path": "/etc/letsencrypt/live/boutique/fullchain.pem",
        "subject": "boutique.dupont.example",
        "not_after": b.NOW + dt.timedelta(days=60),
        "renewal": True,
        "used_by": ("nginx",),
    }
    return facts.Certificate(**(given | fields))


def _connections(name: str) -> tuple[facts.Connection, ...]:
    if name.startswith("app"):
        return (b.connection(HOSTS["db1"], 5432, service="boutique", local_address=HOSTS[name]),)
    if name == "mon1":
        return tuple(
            b.connection(address, 9100, service="prometheus", local_address=HOSTS[name])
            for each, address in HOSTS.items()
            if each != "mon1"
        )
    return ()


def monitoring(*, without: tuple[str, ...] = (), **fields: object) -> Monitoring:
    """Return a Prometheus that sees every host for 28 days and more; `without` names queries that were not answered."""
    targets = tuple(
        b.target(
            f"{name}:9100",
            labels={"job": "node", "instance": f"{name}:9100", "team": "infra", "service": "system", "env": "prod"},
            scrape_interval_seconds=30.0,
        )
        for name in HOSTS
    )
    given: dict[str, object] = {
        "targets": targets,
        "rules": (
            alert("BoutiqueStuck"),
            alert("DiskAlmostFull"),
            alert("Watchdog"),
            *(objective(service) for service in CRITICAL),
        ),
        "alerts": (),
        "alertmanagers": ("http://mon1:9093/api/v2/alerts",),
        "metric_names": (
            "up",
            "node_load1",
            "node_uname_info",
            "ALERTS",
            "node_cpu_seconds_total",
            "process_start_time_seconds",
        ),
        "label_names": ("job", "instance", "team", "service", "env"),
        "retention": "90d",
        "metadata": usage.METADATA,
        "values_by_label": usage.VALUES_BY_LABEL,
        "endpoints": tuple(
            b.endpoint(f"/api/v1/{path}") for path in ("targets", "rules", "alerts", "alertmanagers", "labels")
        ),
    }
    queries = tuple(each for each in _queries() if each.id not in without)
    return b.monitoring(*queries, **(given | fields))


def objective(service: str) -> Rule:
    """Return a recording rule that keeps the error budget of a service."""
    return Rule(
        kind="recording",
        name=f"slo:error_budget:ratio_{service}",
        group="infra",
        file="/etc/prometheus/rules.yml",
        query="1 - node_load1",
        labels={"service": service},
        health="ok",
        interval_seconds=60.0,
        evaluation_seconds=0.001,
    )


def tickets() -> tuple[TicketFile, ...]:
    """Return a year of tickets: an incident a week, each with a cause of its own, and work that was planned."""
    found = []
    for week in range(1, 51):
        found.append(b.ticket(f"I{week}", 7 * week, 2))
        if week % 4 == 0:
            found.append(b.ticket(f"C{week}", 7 * week - 4, 8, kind="change", cause=""))
            found.append(b.ticket(f"R{week}", 7 * week - 5, 12, kind="request", cause=""))
    found.append(b.ticket("restart", 10.5, 24, kind="change", cause="", service=""))
    return (b.ticket_file(*found),)


def alert(name: str, **fields: object) -> Rule:
    """Return an alerting rule with its severity, owner, hold time and runbook."""
    given: dict[str, object] = {
        "kind": "alerting",
        "name": name,
        "group": "infra",
        "file": "/etc/prometheus/rules.yml",
        "query": "node_load1 > 10",
        "labels": {"severity": "page", "team": "infra"},
        "annotations": {"runbook_url": "https://wiki.dupont.example/rb"},
        "health": "ok",
        "duration_seconds": 300.0,
        "interval_seconds": 60.0,
        "evaluation_seconds": 0.001,
    }
    return Rule(**(given | fields))


def _queries() -> list[QueryResult]:
    each_host = {
        "headroom.cpu_p95": 0.3,
        "headroom.memory_p95": 0.5,
        "saturation.memory_share": 0.0,
        "saturation.io_share": 0.0,
        "saturation.cpu_share": 0.0,
        "saturation.oom": 0.0,
        "saturation.files": 0.0,
        "saturation.conntrack": 0.0,
        "elasticity.cpu_changed": 1.0,
        "elasticity.memory_changed": 0.0,
        "elasticity.history_days": 99.0,
        "clock.offset": 0.001,
        "clock.sync": 1.0,
        "units.failed": 0.0,
        "units.restarts": 0.0,
    }
    each_target = {
        "continuity.first_seen": 604800.0,
        "continuity.exporter": 1.0,
        "continuity.interval": 120.0,
        "history.load": 30.0,
        "history.cpu": 30.0,
        "history.memory": 30.0,
        "history.filesystem": 30.0,
        "history.up": 30.0,
        "targets.up": 1.0,
    }
    found = [b.uname(*HOSTS)]
    found += [
        b.query(key, *(({"instance": f"{name}:9100"}, value) for name in HOSTS)) for key, value in each_host.items()
    ]
    found += [
        b.query(key, *(({"job": "node", "instance": f"{name}:9100"}, value) for name in HOSTS))
        for key, value in each_target.items()
    ]
    node = [{"job": "node", "instance": f"{name}:9100"} for name in HOSTS]
    disks = [({"instance": f"{name}:9100", "mountpoint": "/"}, 0.4) for name in HOSTS]
    inodes = [(labels, 0.0) for labels, _ in disks]
    running = [
        ({"instance": f"{name}:9100", "name": f"{service}.service"}, 1.0)
        for name in HOSTS
        for service, _ in (*SERVICES[name], *EVERYWHERE)
    ]
    return [
        *found,
        b.query("headroom.disk_used", *disks),
        b.query("saturation.inodes", *inodes),
        b.query("units.active", *running),
        b.query("units.failed_names"),
        b.query("units.restarting_names"),
        b.query("certificates.expiry", ({"instance": "https://boutique.dupont.example"}, 60.0)),
        b.query("backup.age_seconds", ({"tool": "pgbackrest"}, 8 * 3600.0)),
        b.query("continuity.samples", *((labels | {"scrapes": each}, 20160.0) for labels in node for each in SCRAPES)),
        b.query("continuity.targets_before", ({"job": "node"}, float(len(HOSTS)))),
        b.query("changes.process", ({"job": "node"}, float(len(HOSTS)))),
        b.query("changes.build", ({"job": "node"}, float(len(HOSTS)))),
        b.query("alerts.series:node_load1", ({}, float(len(HOSTS)))),
        b.query("alerts.activations", ({"alertname": "BoutiqueStuck", "severity": "page"}, 1.0)),
        b.query("alerts.firing_share", ({"alertname": "Watchdog", "severity": "page"}, 1.0)),
        b.query("alerts.observed_seconds", ({}, 604800.0)),
        b.query("rules.failures", ({"rule_group": GROUP}, 0.0), window="1d"),
        b.query("rules.missed", ({"rule_group": GROUP}, 0.0), window="1d"),
        b.query("rules.duration_share", ({"rule_group": GROUP}, 0.01)),
        b.query("notifications.alertmanagers", ({"instance": "mon1:9090"}, 1.0), window="1d"),
        b.query("notifications.sent", ({"integration": "email"}, 12.0), window="1d"),
        b.query("notifications.failed", ({"integration": "email"}, 0.0), window="1d"),
        *usage.queries(HOSTS),
    ]


def alerting() -> Alerting:
    """Return an Alertmanager without a silence."""
    return Alerting(
        url="http://mon1:9093",
        version="0.25.0",
        collected_at=b.NOW,
        active=0,
        silenced=0,
        silences=(),
        receivers=("team-infra",),
    )


def services(**changed: object) -> tuple[ctx.Service, ...]:
    """Return the whole catalogue, valued and owned; `changed` replaces fields of every entry."""
    names = sorted({service for listed in (*SERVICES.values(), EVERYWHERE) for service, _ in listed})
    critical = set(CRITICAL)
    return tuple(
        b.service(
            name,
            **(
                {
                    "owner": "a.martin",
                    "deputy": "b.leroy",
                    "criticality": 5 if name in critical else 2,
                    "business_value": 5 if name in critical else 2,
                    "depends_on": NEEDS.get(name, ()),
                    "public": name == "nginx",
                    "data_class": "personal" if name == "postgresql" else "none",
                    "monthly_cost": 120.0,
                    "objectives": OBJECTIVES.get(name),
                }
                | changed
            ),
        )
        for name in names
    )


def context(**blocks: object) -> ctx.Context:
    """Return a context file in which everything is answered, and well."""
    day = b.TODAY - dt.timedelta(days=40)
    given: dict[str, object] = {
        "organisation": ctx.Organisation(name="Atelier Dupont", people=60, growth_percent_per_year=10),
        "standards": ctx.Standards(os=("debian 12",)),
        "services": services(),
        "people": tuple(
            ctx.Person(
                id=name, team="infra", employer="internal", identities=ctx.Identities(login=(name.replace(".", ""),))
            )
            for name in PEOPLE
        ),
        "providers": (),
        "decisions": (
            ctx.Decision(
                date=day,
                title="Move e-mail to a hosted service",
                options=3,
                criteria=ctx.Criteria(value=4, criticality=3, effort=2, risk=3),
                hypotheses=("prices hold for three years",),
                decider="board",
                review=day + dt.timedelta(days=365),
            ),
        ),
        "waivers": (),
        "risks": (
            ctx.Risk(
                title="single ERP server", owner="b.leroy", accepted=day, expires=b.TODAY + dt.timedelta(days=200)
            ),
        ),
        "rituals": (ctx.Ritual(kind="steering_committee", cadence_days=90, held=(day, day - dt.timedelta(days=90))),),
        "restore_tests": (ctx.RestoreTest(service="postgresql", date=day, kind="full", minutes=55, by="b.leroy"),),
        "documents": tuple(
            ctx.Document(kind=kind, url=f"docs/{kind}.md", date=day)
            for kind in ("network_map", "application_list", "continuity")
        ),
        "ai_workloads": (
            ctx.AiWorkload(name="assistant", vcpu=2, memory_gb=4, disk_gb=50, network_mbps=100, replicas=2),
        ),
        "capacity": ctx.Capacity(provisioning_days=1, drilled=day),
        "ai_policy": ctx.AiPolicy(
            approver="board", data_allowed=("internal",), kill_switch=True, review=b.TODAY + dt.timedelta(days=200)
        ),
        "tensions": ctx.Tensions(
            speed_robustness="Robust first, but for the shop window.",
            innovation_security="Nothing new touches customer data before its review.",
            performance_cost="Cheap, until customers wait two seconds.",
            standard_flexibility="The standard, unless the board says otherwise.",
        ),
        "automatable": (
            ctx.Automatable(
                name="restart boutique when stuck",
                trigger="BoutiqueStuck",
                action="restart unit",
                runbook="rb/boutique.md",
                reversible=True,
                limits=ctx.Limits(per_hour=2, windows="any", rollback="none needed", kill_switch="silence"),
                approver="a.martin",
            ),
        ),
        "runbooks": (
            ctx.Runbook(
                name="rb/boutique.md",
                alerts=("BoutiqueStuck",),
                rehearsed=tuple(ctx.Rehearsal(date=day, by=name) for name in PEOPLE),
            ),
        ),
        "recovery_drills": (ctx.RecoveryDrill(services=CRITICAL, date=day, rto_minutes=180, rpo_minutes=600),),
    }
    return b.context(**(given | blocks))


def history(*, per_week: float = 0.25, mase: float = 0.6, found: int = 12) -> History:
    """Return four weeks of metric history: episodes a week of each host, forecasts, a backtest of 12 incidents."""
    start = b.days_ago(28)
    baselines = ("first difference", "global z", "seasonal median", "fixed threshold")
    shares = {name: max(0, found - 2 - index) for index, name in enumerate(baselines)}
    detectors = (
        JudgedDetector(name="pasencore", found=found, false_per_host_week=0.4, lead_minutes=12.0, by_chance=0.02),
        *(JudgedDetector(name=name, found=share, false_per_host_week=0.9) for name, share in shares.items()),
    )
    return History(
        source=b.PROMETHEUS,
        backend="remote read",
        collected_at=b.NOW,
        start=start,
        end=b.NOW,
        matchers=('{__name__=~"node_.+"}',),
        series_found=len(HOSTS),
        series_read=len(HOSTS),
        samples=40320 * len(HOSTS),
        series=tuple(
            SeriesHistory(
                name="node_load1", host=name, first=start, last=b.NOW, samples=40320, day_strength=0.7, mase=mase
            )
            for name in HOSTS
        ),
        gaps=(),
        hosts=tuple(HostHistory(host=name, series=1, judged_days=21.0, per_week=per_week) for name in HOSTS),
        episodes=tuple(
            EpisodeFact(
                host=name,
                start=b.days_ago(3 + index),
                end=b.days_ago(3 + index) + dt.timedelta(minutes=40),
                peak=b.days_ago(3 + index) + dt.timedelta(minutes=5),
                score=0.5,
                series=(Explaining(series="node_load1", share=0.6, usual=1.2, seen=9.5),),
            )
            for index, name in enumerate(HOSTS)
        ),
        episodes_total=len(HOSTS),
        backtest=Backtest(
            hosts=len(HOSTS),
            host_weeks=3.0 * len(HOSTS),
            incidents=12,
            origins={"ticket": 12},
            detectors=detectors,
            shuffles=200,
            gain=round((found - shares["first difference"]) / 12, 4),
            gain_by_chance=0.0,
        ),
    )
