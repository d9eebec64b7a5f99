"""Hypothesis strategies: random small estates, and what may happen to one.

Names come from small pools, so that hosts, targets and statements often speak of the same thing.
`snapshots` gives whole ones; a test that needs less draws `hosts`, `monitorings` or `contexts` alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from hypothesis import strategies as st

from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.estate import Estate, build
from analyzers.model.monitoring import Monitoring, QueryResult
from analyzers.model.reasons import REASONS, Reason
from analyzers.model.snapshot import Snapshot
from tests import builders as b

HOSTS = ("web1", "db1", "bkp1")
ADDRESSES = {"web1": "10.0.0.1", "db1": "10.0.0.2", "bkp1": "10.0.0.3"}
PEERS = (
    *ADDRESSES.values(),
    "10.0.9.9",
    "203.0.113.5",
    "198.51.100.7",
    "2001:db8::5",
    "192.168.4.20",
    "127.0.0.1",
    "::1",
)
SERVICES = ("nginx", "postgres", "boutique", "facturation")
PORTS = (22, 80, 443, 5432, 8080)
PEOPLE = ("a.martin", "b.leroy", "c.prov")
PROVIDERS = ("InfoServ", "PayCorp")
DATES = tuple(b.TODAY - dt.timedelta(days=days) for days in (0, 20, 100, 200, 400, 800))

Labels: TypeAlias = Mapping[str, Sequence[str]]

INSTANCES = ("web1:9100", "10.0.0.2:9100", "bkp1.dupont.example:9100", "nas1:9100", "localhost:9100")
ON_HOST: Labels = {"instance": INSTANCES}
ON_MOUNT: Labels = ON_HOST | {"mountpoint": ("/", "/srv")}
ON_UNIT: Labels = ON_HOST | {"name": ("nginx.service", "backup.service")}
QUERY_LABELS: dict[str, Labels] = {
    "hosts.uname": ON_HOST | {"nodename": (*HOSTS, "nas1"), "job": ("node",)},
    "headroom.cpu_p95": ON_HOST,
    "headroom.memory_p95": ON_HOST,
    "headroom.disk_used": ON_MOUNT,
    "saturation.memory_share": ON_HOST,
    "saturation.io_share": ON_HOST,
    "saturation.cpu_share": ON_HOST,
    "saturation.oom": ON_HOST,
    "saturation.files": ON_HOST,
    "saturation.conntrack": ON_HOST,
    "saturation.inodes": ON_MOUNT,
    "elasticity.cpu_changed": ON_HOST,
    "elasticity.memory_changed": ON_HOST,
    "elasticity.history_days": ON_HOST,
    "clock.offset": ON_HOST,
    "clock.sync": ON_HOST,
    "units.failed": ON_HOST,
    "units.failed_names": ON_UNIT,
    "units.restarts": ON_HOST,
    "units.restarting_names": ON_UNIT,
}
"""Labels of the answers of each named query; a test module draws those that its measures read."""

reasons: st.SearchStrategy[Reason] = st.sampled_from(REASONS)
shares = st.one_of(st.sampled_from((0.0, 0.02, 0.5, 0.69, 0.7, 0.8, 0.85, 0.95, 1.0)), st.floats(0, 1))
counts = st.integers(0, 8)
moments = st.integers(0, 90 * 86400).map(lambda seconds: b.NOW - dt.timedelta(seconds=seconds))
dates = st.sampled_from(DATES)
levels = st.integers(1, 5)
words = st.sampled_from(("docs/map.md", "weekly", "any", "off-site", "https://wiki.dupont.example/x"))
yes_no_unknown = st.sampled_from((True, False, None))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the strategy, or None."""
    return st.none() | strategy


def some(strategy: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return up to `most` of them, maybe none."""
    return st.lists(strategy, max_size=most).map(tuple)


def unique(strategy: st.SearchStrategy[Any], key: str, most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return up to `most` of them, all different in one attribute."""
    return st.lists(strategy, max_size=most, unique_by=lambda each: getattr(each, key)).map(tuple)


systems = st.builds(
    b.system,
    id=st.sampled_from(("debian", "ubuntu", "rocky", "")),
    version_id=st.sampled_from(("11", "12", "22.04", "9.4", "")),
    support_end=maybe(dates | st.just(dt.date(2030, 1, 1))),
)

mounts = st.builds(
    b.mount,
    mountpoint=st.sampled_from(("/", "/var", "/srv", "/proc", "/run")),
    used=maybe(shares),
    fstype=st.sampled_from(("ext4", "xfs", "tmpfs", "squashfs", "overlay", "nfs4")),
    remote=st.booleans(),
    read_only=st.booleans(),
    inodes_total=maybe(st.just(1000)),
    inodes_free=maybe(st.integers(0, 1000)),
)

inventories = st.builds(
    b.inventory,
    os=systems,
    mounts=unique(mounts, "mountpoint"),
    boot_time=moments,
    free_extents_bytes=maybe(st.sampled_from((0, b.GIB))),
)

listeners = st.builds(
    b.listener,
    service=st.sampled_from(SERVICES),
    port=st.sampled_from(PORTS),
    address=st.sampled_from(("0.0.0.0", "127.0.0.1", "::", "10.0.0.1")),
    protocol=st.sampled_from(("tcp", "udp")),
) | st.builds(
    b.listener,
    service=st.sampled_from(SERVICES),
    port=st.just(0),
    address=st.just(""),
    protocol=st.just("unix"),
    path=st.sampled_from(("/run/x.sock", "/run/y.sock")),
)

connections = st.builds(
    b.connection,
    peer=st.sampled_from(PEERS),
    port=st.sampled_from(PORTS),
    direction=st.sampled_from(("in", "out")),
    service=st.sampled_from(SERVICES),
    protocol=st.sampled_from(("tcp", "udp")),
    observations=st.integers(1, 50),
)

units = st.builds(
    b.unit,
    name=st.sampled_from(("nginx.service", "postgres.service", "backup.service", "data.mount")),
    active=st.sampled_from(("active", "inactive", "failed", "activating")),
    restarts=maybe(counts),
)

jobs = st.builds(
    b.job,
    name=st.sampled_from(("backup.sh", "logrotate.timer", "sync.sh", "report.py")),
    kind=st.sampled_from(("cron", "timer", "at", "rc.local", "anacron")),
    user=st.sampled_from(("root", "postgres", "amartin", "")),
    file=st.sampled_from(("/etc/cron.d/x", "/var/spool/cron/crontabs/amartin", "")),
    packaged=yes_no_unknown,
    versioned=yes_no_unknown,
    personal=st.booleans(),
)

pending = st.builds(facts.PendingUpdate, name=st.sampled_from(("openssl", "bash")), security=st.booleans())
packages = st.builds(
    facts.Packages,
    manager=st.sampled_from(("dpkg", "rpm")),
    installed=counts,
    pending=maybe(some(pending)),
    lists_updated_at=maybe(moments),
    last_upgrade_at=maybe(moments),
    last_security_upgrade_at=maybe(moments),
    automatic_updates=yes_no_unknown,
    reboot_required=yes_no_unknown,
)

clocks = st.builds(
    b.clock,
    synchronized=yes_no_unknown,
    offset_seconds=maybe(st.sampled_from((0.0, 0.001, -0.049, 0.05, -0.2, 3.0))),
)

accounts = st.builds(
    facts.Account,
    name=st.sampled_from(("root", "amartin", "infoserv", "postgres", "admin")),
    uid=st.sampled_from((0, 112, 1000, 1001)),
    interactive=st.booleans(),
    system=st.booleans(),
    last_login=maybe(dates),
    login_days_90d=maybe(counts),
    distinct_sources_90d=maybe(counts),
    concurrent_sources=st.booleans(),
    keys=maybe(counts),
)
accesses = st.builds(
    facts.Access,
    accounts=maybe(unique(accounts, "name")),
    sudo_rules=maybe(
        some(
            st.builds(
                facts.SudoRule,
                who=st.sampled_from(("amartin", "%sudo")),
                commands=st.sampled_from(("ALL", "/usr/bin/systemctl")),
                no_password=st.booleans(),
            )
        )
    ),
    sshd=maybe(
        st.builds(
            facts.SshPolicy,
            permit_root_login=st.sampled_from(("no", "yes", "prohibit-password", "")),
            password_authentication=yes_no_unknown,
            allow_groups=some(st.just("ssh"), 1),
            effective=st.booleans(),
        )
    ),
    sshd_present=yes_no_unknown,
    authorized_keys=maybe(
        some(
            st.builds(
                facts.AuthorizedKey,
                account=st.sampled_from(("root", "amartin")),
                type=st.sampled_from(("ssh-ed25519", "ssh-rsa")),
                fingerprint=st.sampled_from(("SHA256:aaaa", "SHA256:bbbb")),
            )
        )
    ),
    sessions=maybe(
        some(
            st.builds(
                facts.Session,
                account=st.sampled_from(("amartin", "infoserv")),
                day=dates,
                source=st.sampled_from(("", "198.51.100.7", "10.0.9.9")),
                hours=some(st.integers(0, 23)),
            )
        )
    ),
    remote_access_tools=some(st.just("tailscale"), 1),
)

firewalls = st.builds(
    facts.Firewall,
    kind=st.sampled_from(("nftables", "iptables", "ufw")),
    active=yes_no_unknown,
    default_drop=yes_no_unknown,
    open_ports=some(st.sampled_from(("80/tcp", "5432/tcp"))),
)
backups = st.builds(
    facts.BackupTool,
    name=st.sampled_from(("restic", "borg", "pgbackrest")),
    scheduled=yes_no_unknown,
    last_success=maybe(moments),
    last_integrity_check=maybe(moments),
    last_restore=maybe(moments),
    off_site=yes_no_unknown,
    covers=some(st.sampled_from(("postgres", "/srv"))),
)
certificates = st.builds(
    facts.Certificate,
    path=st.sampled_from(("/etc/ssl/web.pem", "/etc/ssl/api.pem")),
    subject=st.just("CN=boutique.dupont.example"),
    not_after=st.sampled_from((b.days_ago(3), b.days_ago(-10), b.days_ago(-90))),
    self_signed=st.booleans(),
    authority=st.booleans(),
    renewal=yes_no_unknown,
)
logs = st.builds(
    facts.Logs,
    journal=yes_no_unknown,
    persistent=yes_no_unknown,
    oldest_entry=maybe(moments),
    rotated_at=maybe(moments),
    shippers=some(st.just("vector"), 1),
    admin_trail=yes_no_unknown,
)
configurations = st.builds(
    facts.ConfigurationTool,
    name=st.sampled_from(("puppet", "ansible", "etckeeper")),
    evidence=st.just("last_run_summary.yaml"),
    last_run=maybe(moments),
    failed=yes_no_unknown,
    applies=st.booleans(),
)
agents = st.builds(
    facts.MonitoringAgent, name=st.sampled_from(("node_exporter", "zabbix")), evidence=st.just("unit active")
)
pressures = st.builds(
    facts.Pressure,
    cpu_used_share=maybe(shares),
    memory_used_share=maybe(shares),
    swap_used_share=maybe(shares),
    cpu_stalled_share=maybe(shares),
    memory_stalled_share=maybe(shares),
    io_stalled_share=maybe(shares),
    oom_kills=maybe(counts),
    file_handles_share=maybe(shares),
    conntrack_share=maybe(shares),
    since_boot_seconds=maybe(st.sampled_from((600.0, 86400.0, 864000.0))),
)

BLOCKS: dict[str, st.SearchStrategy[Any]] = {
    "inventory": inventories,
    "listeners": some(listeners),
    "connections": some(connections),
    "units": unique(units, "name"),
    "jobs": some(jobs),
    "packages": packages,
    "clock": clocks,
    "access": accesses,
    "firewall": firewalls,
    "backups": some(backups, 2),
    "certificates": some(certificates, 2),
    "logs": logs,
    "configuration": some(configurations, 2),
    "agents": some(agents, 2),
    "pressure": pressures,
}
"""Strategy of each block of a host."""


@st.composite
def hosts(draw: st.DrawFn, name: str = "web1", blocks: Sequence[str] = tuple(BLOCKS)) -> facts.Host:
    """Return a host whose `blocks` may each be read, partly read, refused or not applicable."""
    read: dict[str, Any] = {block: draw(maybe(BLOCKS[block])) for block in blocks}
    collectors = dict.fromkeys(b.COLLECTOR_OF[block] for block in blocks)
    runs = [
        _run(draw, each, read=any(read[block] is not None for block in blocks if b.COLLECTOR_OF[block] == each))
        for each in collectors
    ]
    privileged = draw(st.booleans())
    return b.host(name, addresses=(ADDRESSES.get(name, "10.0.0.9"),), runs=runs, privileged=privileged, **read)


def _run(draw: st.DrawFn, collector: str, *, read: bool) -> facts.CollectorRun:
    outcome = draw(st.sampled_from(("ok", "partial") if read else ("unknown", "not_applicable")))
    told = draw(reasons) if outcome in {"unknown", "partial"} else None
    return b.run(collector, outcome, told)


@st.composite
def answers(draw: st.DrawFn, query_id: str, labels: Labels) -> QueryResult:
    """Return an answer of a named query: refused, empty, or up to four series."""
    if draw(st.integers(0, 4)) == 0:
        return b.query(query_id, reason=draw(reasons))
    kinds = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in labels.items()})
    keys = draw(st.lists(kinds, max_size=4, unique_by=lambda each: tuple(sorted(each.items()))))
    values = st.none() | shares | st.floats(-10, 1000)
    return b.query(query_id, *((each, draw(values)) for each in keys), window=draw(st.sampled_from(("1d", "7d"))))


@st.composite
def monitorings(draw: st.DrawFn, labels_by_id: Mapping[str, Labels] | None = None) -> Monitoring:
    """Return a server that answered some of the named queries; by default those of `QUERY_LABELS`.

    Hosts are always named, unless `labels_by_id` says otherwise.
    """
    asked = QUERY_LABELS if labels_by_id is None else {"hosts.uname": QUERY_LABELS["hosts.uname"], **labels_by_id}
    queries = [draw(answers(query_id, labels)) for query_id, labels in asked.items() if draw(st.integers(0, 3))]
    return b.monitoring(*queries, local_host=draw(st.sampled_from(("", "web1"))))


objectives = st.builds(
    ctx.Objectives,
    availability=maybe(st.sampled_from((99.0, 99.9))),
    rpo_hours=maybe(st.sampled_from((4.0, 24.0))),
    rto_hours=maybe(st.sampled_from((4.0, 24.0))),
)
services = st.builds(
    b.service,
    name=st.sampled_from(SERVICES),
    match=maybe(
        st.sampled_from(({"units": ("nginx.service",)}, {"hosts": ("db*",), "ports": (5432,)}, {"hosts": ("db1",)}))
    ),
    owner=maybe(st.sampled_from(PEOPLE)),
    deputy=maybe(st.sampled_from(PEOPLE)),
    criticality=maybe(levels),
    business_value=maybe(levels),
    depends_on=maybe(some(st.sampled_from((*SERVICES, "paiement")), 2)),
    public=yes_no_unknown,
    data_class=maybe(st.sampled_from(("none", "personal"))),
    monthly_cost=maybe(st.just(900.0)),
    objectives=maybe(objectives),
    date=maybe(dates),
)
externals = st.builds(
    b.service,
    name=st.just("paiement"),
    external=st.just(True),
    provider=maybe(st.sampled_from(PROVIDERS)),
    addresses=some(st.sampled_from(("203.0.113.0/28", "2001:db8::5", "not an address")), 2),
)
people = st.builds(
    ctx.Person,
    id=st.sampled_from(PEOPLE),
    team=maybe(st.just("infra")),
    employer=maybe(st.sampled_from(("internal", "InfoServ"))),
)
providers = st.builds(
    ctx.Provider, name=st.sampled_from(PROVIDERS), ranges=some(st.sampled_from(("198.51.100.0/28", "nonsense")), 2)
)
contracts = st.builds(
    ctx.Contract,
    provider=st.sampled_from(PROVIDERS),
    model=maybe(st.sampled_from(("total", "partial"))),
    date=maybe(dates),
    assets=maybe(
        st.builds(
            ctx.ContractAssets, hosts=some(st.sampled_from((*HOSTS, "nas1"))), services=some(st.sampled_from(SERVICES))
        )
    ),
)
cells = {each: maybe(st.sampled_from((*PEOPLE, "InfoServ"))) for each in ctx.Responsibilities.__struct_fields__}
responsibilities = st.dictionaries(st.sampled_from(SERVICES), st.builds(ctx.Responsibilities, **cells), max_size=3)
decisions = st.builds(
    ctx.Decision,
    date=dates,
    title=st.just("Move e-mail to SaaS"),
    options=maybe(counts),
    criteria=maybe(st.builds(ctx.Criteria, value=maybe(levels), effort=maybe(levels), risk=maybe(levels))),
    decider=maybe(st.sampled_from(PEOPLE)),
)
rituals = st.builds(
    ctx.Ritual, kind=st.just("steering_committee"), cadence_days=st.sampled_from((30, 90)), held=some(dates)
)
automatables = st.builds(
    ctx.Automatable,
    name=st.sampled_from(("restart boutique", "run backup.sh")),
    trigger=maybe(st.just("BoutiqueStuck")),
    action=maybe(st.sampled_from(("restart unit", "backup.sh"))),
    date=maybe(dates),
)
runbooks = st.builds(
    ctx.Runbook,
    name=st.sampled_from(("rb/boutique.md", "rb/backup.sh.md")),
    alerts=some(st.just("BoutiqueStuck"), 1),
    rehearsed=some(st.builds(ctx.Rehearsal, date=dates, by=st.sampled_from(PEOPLE)), 2),
    date=maybe(dates),
)
documents = st.builds(
    ctx.Document,
    kind=st.sampled_from(("network_map", "application_list", "continuity", "other")),
    url=words,
    date=dates,
)

CONTEXT_BLOCKS: dict[str, st.SearchStrategy[Any]] = {
    "organisation": st.builds(ctx.Organisation, people=maybe(counts), growth_percent_per_year=maybe(st.just(25.0))),
    "standards": st.builds(
        ctx.Standards, os=some(st.sampled_from(("debian 12", "rocky 9", "debian"))), date=maybe(dates)
    ),
    "services": st.tuples(unique(services, "name"), some(externals, 1)).map(lambda two: two[0] + two[1]),
    "people": unique(people, "id"),
    "providers": unique(providers, "name"),
    "contracts": some(contracts, 2),
    "responsibilities": responsibilities,
    "decisions": some(decisions),
    "rituals": some(rituals, 2),
    "automatable": some(automatables, 2),
    "runbooks": some(runbooks, 2),
    "documents": some(documents, 4),
    "capacity": st.builds(
        ctx.Capacity,
        provisioning_days=maybe(st.sampled_from((0.5, 5.0, 40.0))),
        drilled=maybe(dates),
        date=maybe(dates),
    ),
}
"""Strategy of each block of a context file."""


@st.composite
def contexts(draw: st.DrawFn, blocks: Sequence[str] = tuple(CONTEXT_BLOCKS)) -> ctx.Context:
    """Return a context file in which each of `blocks` may be absent, empty or full."""
    return b.context(date=draw(dates), **{block: draw(maybe(CONTEXT_BLOCKS[block])) for block in blocks})


@st.composite
def snapshots(
    draw: st.DrawFn,
    blocks: Sequence[str] = tuple(BLOCKS),
    queries: Mapping[str, Labels] | None = None,
    context_blocks: Sequence[str] = tuple(CONTEXT_BLOCKS),
    always: Sequence[str] = (),
) -> Snapshot:
    """Return an estate of up to three read hosts, with or without a server and a context file.

    Parameters
    ----------
    blocks, queries, context_blocks
        What to draw at all: a law about clocks draws faster without jobs.
    always
        Hosts that are there each time.
    """
    others = [name for name in HOSTS if name not in always]
    names = [*always, *draw(st.lists(st.sampled_from(others), unique=True) if others else st.just([]))]
    return b.snapshot(
        *(draw(hosts(name, blocks)) for name in names),
        monitoring=draw(maybe(monitorings(queries))),
        context=draw(maybe(contexts(context_blocks))),
    )


def estates(**what: Any) -> st.SearchStrategy[Estate]:
    """Return the estates of `snapshots`."""
    return snapshots(**what).map(build)


def unreadable(snapshot: Snapshot, name: str, reason: Reason = "timed_out") -> Snapshot:
    """Return the snapshot in which nothing of one host could be read."""
    dark = tuple(_dark(each, reason) if each.name == name else each for each in snapshot.hosts)
    return msgspec.structs.replace(snapshot, hosts=dark)


def _dark(host: facts.Host, reason: Reason) -> facts.Host:
    nothing: dict[str, Any] = dict.fromkeys(BLOCKS)
    runs = tuple(b.run(each, "unknown", reason) for each in dict.fromkeys(b.COLLECTOR_OF.values()))
    return msgspec.structs.replace(host, runs=runs, **nothing)


def improved(snapshot: Snapshot, name: str, **blocks: Any) -> Snapshot:
    """Return the snapshot with some blocks of one host replaced."""
    better = tuple(msgspec.structs.replace(each, **blocks) if each.name == name else each for each in snapshot.hosts)
    return msgspec.structs.replace(snapshot, hosts=better)
