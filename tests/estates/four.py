"""Four estates, one for each answer and each lack."""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.snapshot import BlindSpot, Origin, Snapshot
from tests import builders as b
from tests.estates import company, usage

LONG_AGO = b.TODAY - dt.timedelta(days=500)


def ideal() -> Snapshot:
    """Return an estate in which everything is in order, seen and declared: oui."""
    return b.snapshot(
        *company.hosts(),
        monitoring=company.monitoring(),
        alerting=company.alerting(),
        context=company.context(),
        tickets=company.tickets(),
        past=[b.past_verdict(days, patching=1.0) for days in (3, 2, 1)],
        history=company.history(),
        origins=_origins(),
    )


def chaotic() -> Snapshot:
    """Return an estate wholly seen in which nothing holds: the last backup of its only database is a month old."""
    old = b.system(
        version_id="9", codename="stretch", pretty_name="Debian GNU/Linux 9", support_end=dt.date(2022, 6, 30)
    )
    neglected = {
        "inventory": b.inventory(os=old, mounts=(b.mount(used=0.97),), boot_time=b.days_ago(900)),
        "units": (b.unit("boutique.service", active="failed", sub="failed"), b.unit("nginx.service", restarts=40)),
        "jobs": (
            b.job(
                "menage.sh", user="jdoe", personal=True, packaged=False, versioned=False, command="/home/jdoe/menage.sh"
            ),
        ),
        "packages": company.packages(
            pending=(facts.PendingUpdate(name="openssl", installed="1.1", candidate="1.1.1", security=True),),
            last_security_upgrade_at=b.days_ago(700),
        ),
        "clock": b.clock(synchronized=False, offset_seconds=4.2, servers=0),
        "access": _open_house(),
        "firewall": facts.Firewall(kind="nftables", active=False, default_drop=False),
        "backups": (company.backup(last_success=b.days_ago(31), last_integrity_check=None, scheduled=True),),
        "certificates": (company.certificate(not_after=b.NOW + dt.timedelta(days=3), renewal=False),),
        "pressure": b.pressure(
            memory_stalled_share=0.4, io_stalled_share=0.3, oom_kills=55, since_boot_seconds=900 * 86400.0
        ),
    }
    hosts = tuple(
        replace(company.host(name, **neglected), listeners=_wide_open(name), connections=_strangers(name))
        for name in company.HOSTS
    )
    broken = tuple(
        replace(each, health="down", last_error="connection refused") for each in company.monitoring().targets or ()
    )
    mute = company.alert("CPU", labels={}, annotations={}, duration_seconds=0.0, health="err", last_error="parse error")
    return b.snapshot(
        *hosts,
        monitoring=replace(_failing(), targets=broken, rules=(mute,), alertmanagers=()),
        context=_nothing_written(),
        history=company.history(per_week=23.0, mase=1.8, found=1),
        origins=_origins(),
    )


def middle() -> Snapshot:
    """Return a firm half-way: everything is seen, and foundations are missing."""
    half = {
        "db2": {"packages": company.packages(last_security_upgrade_at=b.days_ago(120), pending=_pending())},
        "app2": {
            "units": (b.unit("facturation.service", active="failed", sub="failed"),),
            "clock": b.clock(synchronized=False, offset_seconds=0.4),
        },
        "mon1": {"access": _open_house(), "jobs": (b.job("purge.sh", packaged=False, versioned=False, personal=True),)},
        "bkp1": {"inventory": b.inventory(mounts=(b.mount(used=0.91),))},
        "db1": {"access": _entered_at_night()},
    }
    partly = tuple(
        replace(each, owner=None, deputy=None, criticality=None, business_value=None)
        if each.name in {"rsync", "facturation", "nginx", "ssh", "node_exporter", "alertmanager"}
        else each
        for each in company.services()
        if each.name not in {"prometheus", "rsync", "facturation"}
    )
    noisy = company.monitoring(
        rules=tuple(company.alert(name, labels={}, annotations={}) for name in ("CPU", "Disk", "Ping"))
    )
    return b.snapshot(
        *company.hosts(**half),
        monitoring=noisy,
        alerting=company.alerting(),
        context=company.context(
            services=partly,
            decisions=(),
            documents=(ctx.Document(kind="network_map", url="docs/map.md", date=LONG_AGO),),
            rituals=(ctx.Ritual(kind="steering_committee", cadence_days=90, held=(LONG_AGO,)),),
            risks=(ctx.Risk(title="single ERP server"),),
            **_outsourced(),
        ),
        history=company.history(per_week=4.0, mase=0.9, found=5),
        origins=_origins(),
    )


def _outsourced() -> dict[str, object]:
    """Return what a firm writes of its provider when nobody steers it."""
    contract = ctx.Contract(
        provider="InfoServ",
        model="partial",
        signed=LONG_AGO,
        scope_review=LONG_AGO,
        assets=ctx.ContractAssets(hosts=("db1", "db2", "old1"), services=("postgresql",)),
        sla=ctx.Sla(availability=99.9, measured_by="InfoServ"),
        access=ctx.ContractAccess(
            windows=("Mon-Fri 08:00-19:00",), ranges=("198.51.100.0/28",), last_review=b.TODAY - dt.timedelta(days=90)
        ),
        reversibility=ctx.Reversibility(clause=True, notice_months=3, data_owner="us"),
        kpis=ctx.Kpis(first_level=0.9, budget_deviation=0.22),
        invoices=(ctx.Invoice(month="2026-10", units={"hosts": 3}),),
    )
    return {
        "providers": (ctx.Provider(name="InfoServ", ranges=("198.51.100.0/28",)),),
        "contracts": (contract,),
        "responsibilities": {"postgresql": ctx.Responsibilities(patching="InfoServ", backup="InfoServ")},
    }


def blind() -> Snapshot:
    """Return an estate that is in order and was hardly seen: no rights, no monitoring, no context file."""
    hosts = tuple(b.refused(name, addresses=(address,)) for name, address in company.HOSTS.items())
    spots = tuple(
        BlindSpot(what="accounts, sudo rules", where=name, reason="no_permission", grant="sudo pasencore collect")
        for name in company.HOSTS
    )
    return b.snapshot(*hosts, blind_spots=spots, origins=(Origin(kind="host", where="app1"),))


ESTATES = {"ideal": ideal, "chaotic": chaotic, "middle": middle, "blind": blind}


def _origins() -> tuple[Origin, ...]:
    return (
        *(Origin(kind="host", where=name) for name in company.HOSTS),
        Origin(kind="prometheus", where=b.PROMETHEUS),
        Origin(kind="context", where="pasencore.yaml"),
    )


def _pending() -> tuple[facts.PendingUpdate, ...]:
    return (facts.PendingUpdate(name="postgresql-15", installed="15.3", candidate="15.18", security=True),)


def _open_house() -> facts.Access:
    shared = facts.Account(
        name="admin", uid=1002, interactive=True, groups=("sudo",), home="/home/admin", last_login=b.TODAY,
        login_days_90d=80, distinct_sources_90d=6, concurrent_sources=True, keys=4,
    )  # fmt: skip
    return company.access(
        accounts=(shared,),
        sudo_rules=(facts.SudoRule(who="admin", no_password=True),),
        sshd=facts.SshPolicy(permit_root_login="yes", password_authentication=True, effective=True),
        authorized_keys=(
            facts.AuthorizedKey(account="admin", type="ssh-rsa", fingerprint="SHA256:cccc", bits=1024),
            facts.AuthorizedKey(account="root", type="ssh-rsa", fingerprint="SHA256:cccc", bits=1024),
        ),
        sessions=tuple(
            facts.Session(account="admin", day=b.TODAY - dt.timedelta(days=1), source=f"10.0.9.{last}")
            for last in range(6)
        ),
    )


def _entered_at_night() -> facts.Access:
    night = facts.Session(account="amartin", day=b.TODAY - dt.timedelta(days=4), source="198.51.100.7", hours=(3,))
    return company.access(sessions=(night,))


def _wide_open(name: str) -> tuple[facts.Listener, ...]:
    services = (*company.SERVICES[name], ("telnetd", 23))
    return tuple(b.listener(service, port, unit="", process=service) for service, port in services)


def _strangers(name: str) -> tuple[facts.Connection, ...]:
    return tuple(b.connection(f"203.0.113.{last}", 4444, local_address=company.HOSTS[name]) for last in range(1, 9))


def _failing():
    worst = {
        "headroom.cpu_p95": 0.99,
        "headroom.memory_p95": 0.99,
        "headroom.disk_used": 0.97,
        "saturation.memory_share": 0.9,
        "saturation.io_share": 0.9,
        "elasticity.cpu_changed": 0.0,
        "clock.offset": 4.2,
        "clock.sync": 0.0,
        "units.failed": 3.0,
        "units.restarts": 40.0,
        "certificates.expiry": 3.0,
        "backup.age_seconds": 31 * 86400.0,
        "continuity.samples": 900.0,
        "targets.up": 0.0,
        "history.load": 2.0,
        "history.cpu": 2.0,
        "history.memory": 2.0,
        "history.filesystem": 2.0,
        "history.up": 2.0,
        "alerts.activations": 400.0,
        "alerts.firing_share": 0.99,
        "rules.failures": 300.0,
        "notifications.alertmanagers": 0.0,
        "notifications.failed": 12.0,
    }
    good = company.monitoring()
    changed = tuple(
        replace(each, samples=tuple(replace(sample, value=worst[each.id]) for sample in each.samples))
        if each.id in worst
        else each
        for each in good.queries
    )
    filling = {each.id: each for each in usage.days(company.HOSTS, slope=0.004, cpu=0.99, memory=0.99, disk=0.97)}
    kept = tuple(filling.get(each.id, each) for each in changed if each.id != "alerts.series:node_load1")
    return replace(good, queries=kept)


def _nothing_written() -> ctx.Context:
    return b.context(
        services=(),
        decisions=(),
        rituals=(ctx.Ritual(kind="steering_committee", cadence_days=90, held=()),),
        risks=(ctx.Risk(title="single ERP server"),),
        documents=(),
        restore_tests=(),
    )
