"""Ten services of a company that steers its estate, with a provider that it holds well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec.structs import replace

from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.knowledge import AssetFiles, GitHistory, GitPerson, KnownFiles
from analyzers.model.monitoring import Monitoring
from analyzers.model.snapshot import Origin, Snapshot
from tests import builders as b
from tests.estates import company

MORE: Mapping[str, tuple[tuple[str, int], ...]] = {
    "app1": (("keycloak", 8443),),
    "app2": (("intranet", 8100),),
    "mon1": (("grafana", 3000),),
}
"""Services besides those of the example company."""

SERVICES = (
    "alertmanager",
    "boutique",
    "facturation",
    "grafana",
    "intranet",
    "keycloak",
    "nginx",
    "postgresql",
    "prometheus",
    "rsync",
)
PROVIDER = "InfoServ"
RANGE = "198.51.100.0/28"
RECENT = b.TODAY - dt.timedelta(days=60)
SKILLS = ("it-business", "security", "provider-audit")
TICKET_NAMES = {"a.martin": "Martin A.", "b.leroy": "Leroy B."}
DOMAINS = ("patching", "backup", "access", "incident", "recovery", "monitoring", "compliance")
PROMISED = 99.9
PROBED = {"postgresql": "db1", "rsync": "bkp1"}
"""Services that a probe watches, and the host where it does."""

PROBES = {"continuity.first_seen": 604800.0, "continuity.interval": 60.0, "targets.up": 1.0, "history.up": 30.0}
"""What Prometheus says of each probe, by query."""


def snapshot(**changed: object) -> Snapshot:
    """Return the estate: seen by every source, declared in full, its provider kept to its contract."""
    given: dict[str, object] = {
        "monitoring": monitoring(),
        "alerting": company.alerting(),
        "context": context(),
        "tickets": company.tickets(),
        "past": [b.past_verdict(days, patching=1.0) for days in (3, 2, 1)],
        "history": company.history(),
        "origins": origins(),
    }
    found = b.snapshot(*hosts(), **(given | changed))
    return replace(found, git=(git(),))


def hosts() -> tuple[facts.Host, ...]:
    """Return every host; the provider entered the one it keeps, in its window and from its addresses."""
    return tuple(_with_more(company.host(name, **_blocks(name))) for name in company.HOSTS)


def _blocks(name: str) -> dict[str, object]:
    if name != "bkp1":
        return {}
    entered = facts.Session(account="infoserv", day=b.TODAY - dt.timedelta(days=4), source="198.51.100.7", hours=(10,))
    known = company.access()
    return {"access": replace(known, sessions=(*(known.sessions or ()), entered))}


def _with_more(host: facts.Host) -> facts.Host:
    more = MORE.get(host.name, ())
    address = company.HOSTS[host.name]
    return replace(
        host,
        listeners=(*(host.listeners or ()), *(b.listener(name, port, address=address) for name, port in more)),
        units=(*(host.units or ()), *(b.unit(f"{name}.service") for name, _ in more)),
    )


def monitoring(availability: float = 1.0) -> Monitoring:
    """Return a Prometheus that also sees the other services, and probes what the provider promises."""
    good = company.monitoring()
    running = [
        ({"instance": f"{host}:9100", "name": f"{name}.service"}, 1.0)
        for host, more in MORE.items()
        for name, _ in more
    ]
    probed = [{"job": "blackbox", "instance": f"{host}:9115", "service": name} for name, host in PROBED.items()]
    more = {
        "units.active": running,
        "continuity.samples": [({**each, "scrapes": how}, 10080.0) for each in probed for how in company.SCRAPES],
        **{key: [({"job": "blackbox"}, float(len(probed)))] for key in ("changes.build", "changes.process")},
        **{key: [(each, value) for each in probed] for key, value in PROBES.items()},
    }
    grown = tuple(
        replace(each, samples=(*each.samples, *b.query(each.id, *more.get(each.id, ())).samples))
        for each in good.queries
    )
    probes = (
        b.query("sla.availability", *((labels, availability) for labels in probed), window="30d"),
        b.query("sla.samples", *((labels, 43200.0) for labels in probed), window="30d"),
    )
    targets = tuple(
        b.target(each["instance"], job="blackbox", labels={**each, "team": "infra", "env": "prod"}) for each in probed
    )
    return replace(good, targets=(*(good.targets or ()), *targets), queries=(*grown, *probes))


def contract(**fields: object) -> ctx.Contract:
    """Return a contract over the host of backups: its perimeter, figures and way out are written."""
    given: dict[str, object] = {
        "provider": PROVIDER,
        "model": "partial",
        "signed": b.TODAY - dt.timedelta(days=400),
        "scope_review": RECENT,
        "assets": ctx.ContractAssets(hosts=("bkp1",), services=("rsync",)),
        "sla": ctx.Sla(availability=PROMISED, measured_by="us"),
        "access": ctx.ContractAccess(windows=("Mon-Fri 08:00-19:00",), ranges=(RANGE,), last_review=RECENT),
        "reversibility": ctx.Reversibility(
            clause=True, notice_months=3, formats=("tar",), data_owner="us", documentation=True, last_drill=RECENT
        ),
        "kpis": ctx.Kpis(
            budget_deviation=0.04, first_level=0.9, satisfaction=0.92, security_incidents_change=-0.6,
            tco_change=-0.3, resolution_trend=-0.1,
        ),
        "invoices": (ctx.Invoice(month="2026-10", units={"hosts": 1}),),
    }  # fmt: skip
    return ctx.Contract(**(given | fields))


def services(**changed: object) -> tuple[ctx.Service, ...]:
    """Return the whole catalogue, valued and owned."""
    more = tuple(
        b.service(
            name, owner="b.leroy", deputy="a.martin", criticality=2, business_value=2, depends_on=(), public=False,
            data_class="none", monthly_cost=60.0,
        )
        for listed in MORE.values()
        for name, _ in listed
    )  # fmt: skip
    return tuple(replace(each, **changed) for each in (*company.services(), *more))


def context(**blocks: object) -> ctx.Context:
    """Return a context file in which the company and its provider are held to what they say."""
    inside = tuple(
        replace(each, skills=SKILLS, identities=replace(each.identities, ticket=(TICKET_NAMES[each.id],)))
        for each in company.context().people or ()
    )
    provider = ctx.Person(id="p.durand", employer=PROVIDER, identities=ctx.Identities(login=("infoserv",)))
    day = b.TODAY - dt.timedelta(days=40)
    given: dict[str, object] = {
        "organisation": ctx.Organisation(name="Atelier Dupont", people=60, growth_percent_per_year=10),
        "services": services(),
        "people": (*inside, provider),
        "providers": (ctx.Provider(name=PROVIDER, ranges=(RANGE,)),),
        "contracts": (contract(),),
        "responsibilities": {each.name: responsibilities(each.name) for each in services()},
        "risks": (
            ctx.Risk(
                title="the shop and invoicing run once", owner="b.leroy", accepted=day,
                expires=b.TODAY + dt.timedelta(days=200), subjects=("boutique", "facturation"),
            ),
        ),
        "rituals": tuple(
            ctx.Ritual(kind=kind, provider=PROVIDER, cadence_days=days, held=(day, day - dt.timedelta(days=days)))
            for kind, days in (("steering_committee", 90), ("satisfaction_review", 365), ("technical_audit", 730))
        ),
    }  # fmt: skip
    return company.context(**(given | blocks))


def responsibilities(service: str) -> ctx.Responsibilities:
    """Return who is accountable for each domain of a service: the provider for running its own, the company else."""
    theirs = {"patching", "backup", "monitoring"} if service == "rsync" else set()
    return ctx.Responsibilities(**{each: PROVIDER if each in theirs else "a.martin" for each in DOMAINS})


def git() -> GitHistory:
    """Return the repository of the infrastructure: both administrators know the files of every service."""
    people = tuple(
        GitPerson(names=(name,), addresses=(f"{name}@dupont.example",), commits=120, last=b.TODAY)
        for name in company.PEOPLE
    )
    assets = tuple(AssetFiles(asset=each.name, groups=(KnownFiles(knowers=(0, 1), files=12),)) for each in services())
    return GitHistory(
        path="/srv/git/infra", name="infra", collected_at=b.NOW, head=b.TODAY, commits=240, people=people, assets=assets
    )


def origins() -> tuple[Origin, ...]:
    """Return the sources that answered."""
    return (
        *(Origin(kind="host", where=name) for name in company.HOSTS),
        Origin(kind="prometheus", where=b.PROMETHEUS),
        Origin(kind="context", where="pasencore.yaml"),
        Origin(kind="tickets", where="tickets.csv"),
        Origin(kind="git", where="/srv/git/infra"),
    )
