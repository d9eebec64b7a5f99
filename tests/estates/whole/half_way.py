"""A firm of sixty with a provider that nobody steers: most is in order, and what is not is planted here."""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.snapshot import Snapshot
from tests import builders as b
from tests.estates import company
from tests.estates.whole import mature

LONG_AGO = b.TODAY - dt.timedelta(days=500)
OURS = mature.PROVIDER


def snapshot(**changed: object) -> Snapshot:
    """Return the firm: seen by every source but git, with what is planted."""
    given: dict[str, object] = {
        "monitoring": monitoring(),
        "alerting": company.alerting(),
        "context": context(),
        "tickets": company.tickets(),
        "past": [b.past_verdict(days, patching=0.2) for days in (3, 2, 1)],
        "history": company.history(),
        "origins": mature.origins()[:-1],
    }
    return b.snapshot(*hosts(), **(given | changed))


def hosts() -> tuple[facts.Host, ...]:
    """Return the hosts of the mature company with a shadow, a stranger, a night session and neglect on four of them."""
    planted = {
        "app2": _shadow,
        "db1": _entered_at_night,
        "db2": _unpatched,
        "mon1": _personal_job,
    }
    return tuple(planted.get(host.name, lambda same: same)(host) for host in mature.hosts())


def _shadow(host: facts.Host) -> facts.Host:
    """A database that the catalogue does not know, and a stranger that it calls."""
    address = company.HOSTS[host.name]
    return replace(
        host,
        listeners=(*(host.listeners or ()), b.listener("mongod", 27017, address=address)),
        units=(*(host.units or ()), b.unit("mongod.service")),
        connections=(
            *(host.connections or ()),
            b.connection("203.0.113.9", 4444, service="mongod", local_address=address),
        ),
    )


def _entered_at_night(host: facts.Host) -> facts.Host:
    night = facts.Session(account="infoserv", day=b.TODAY - dt.timedelta(days=4), source="198.51.100.7", hours=(3,))
    return replace(host, access=company.access(sessions=(night,)))


def _unpatched(host: facts.Host) -> facts.Host:
    pending = facts.PendingUpdate(name="postgresql-15", installed="15.3", candidate="15.18", security=True)
    packages = company.packages(pending=(pending,), last_security_upgrade_at=b.days_ago(120))
    return replace(host, packages=packages, clock=b.clock(synchronized=False, offset_seconds=2.0))


def _personal_job(host: facts.Host) -> facts.Host:
    job = b.job("purge.sh", packaged=False, versioned=False, personal=True, user="amartin")
    return replace(host, jobs=(*(host.jobs or ()), job))


def monitoring():
    """Return what probes measure of the promise, and an alert that nobody owns."""
    good = mature.monitoring(availability=0.985)
    orphan = company.alert("Ping", labels={}, annotations={})
    return replace(good, rules=(*(good.rules or ()), orphan))


def contract() -> ctx.Contract:
    """Return a contract that lists a host that is gone, forgets one, and promises more than is measured."""
    return mature.contract(
        scope_review=LONG_AGO,
        assets=ctx.ContractAssets(hosts=("db1", "old1"), services=("postgresql",)),
        sla=ctx.Sla(availability=mature.PROMISED, measured_by=OURS),
        reversibility=ctx.Reversibility(clause=True, notice_months=3, data_owner="us"),
        kpis=ctx.Kpis(budget_deviation=0.22, first_level=0.9),
        invoices=(ctx.Invoice(month="2026-10", units={"hosts": 3}),),
    )


def services() -> tuple[ctx.Service, ...]:
    """Return the catalogue with a ghost, and with services that nobody owns."""
    orphans = {"facturation", "nginx", "rsync", "grafana"}
    known = tuple(
        replace(each, owner=None, deputy=None, criticality=None, business_value=None) if each.name in orphans else each
        for each in mature.services()
    )
    ghost = b.service(
        "fax", owner="a.martin", criticality=2, business_value=2, match={"units": ("hylafax.service",)}, depends_on=()
    )
    needing = tuple(
        replace(each, depends_on=("postgresql", "fax")) if each.name == "intranet" else each for each in known
    )
    return (*needing, ghost)


def context() -> ctx.Context:
    """Return what such a firm writes: a contract with grey zones, late rituals, few decisions."""
    return mature.context(
        services=services(),
        contracts=(contract(),),
        responsibilities={
            "postgresql": ctx.Responsibilities(patching=OURS, backup=OURS, access="a.martin", monitoring=OURS),
        },
        decisions=(),
        tensions=None,
        risks=(ctx.Risk(title="single ERP server"),),
        rituals=(ctx.Ritual(kind="steering_committee", provider=OURS, cadence_days=90, held=(LONG_AGO,)),),
        documents=(ctx.Document(kind="network_map", url="docs/map.md", date=b.TODAY - dt.timedelta(days=40)),),
        recovery_drills=(),
        runbooks=(),
        ai_policy=None,
    )
