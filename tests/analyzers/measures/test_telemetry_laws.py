"""Laws of the measures of telemetry, over servers that say anything, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzers.checks import ALL_CHECKS
from analyzers.measures import alert_noise, alerts, continuity, correlation, coverage, history_depth, rule_health
from analyzers.measures.promql import PAST, PRESENT
from analyzers.model import context as ctx
from analyzers.model.check import Check
from analyzers.model.estate import Estate, build
from analyzers.model.evidence import Population
from analyzers.model.interval import Interval
from analyzers.model.monitoring import Monitoring, QueryResult, Rule, Target
from analyzers.model.snapshot import Snapshot
from tests import builders as b
from tests import strategies as s

DISCOUNT = Fraction(3, 10)
few = settings(max_examples=40, deadline=None)


@dataclass(frozen=True)
class Case:
    """A measure, and how the ids of the queries that it reads begin."""

    measure: Callable[[Estate], Population]
    reads: tuple[str, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        return tuple(each for each in QUERIES if each.startswith(self.reads))

    def interval(self, snapshot: Snapshot) -> Interval:
        return self.measure(build(snapshot)).interval(DISCOUNT)


CASES = {
    "telemetry-coverage": Case(coverage.of_inventory, ("targets.", "units.")),
    "collection-continuity": Case(continuity.of_targets, ("targets.", "continuity.")),
    "history-depth": Case(history_depth.of_key_series, ("targets.", "history.", "continuity.interval")),
    "correlatable-labels": Case(correlation.of_targets, ("targets.", "changes.")),
    "alerts-actionable": Case(alerts.of_rules, (PRESENT, PAST)),
    "alert-noise": Case(
        alert_noise.of_alerts, ("alerts.activations", "alerts.firing_share", "alerts.observed_seconds")
    ),
    "rules-healthy": Case(rule_health.of_rules, ("rules.", "notifications.")),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)

JOBS = ("node", "boutique", "")
INSTANCES = (*s.INSTANCES, "https://boutique.dupont.example/", "web1:80", "10.9.9.9:9100", "[::1]:9100", "")
ON_TARGET: s.Labels = {"job": JOBS, "instance": INSTANCES}
ON_ALERT: s.Labels = {"alertname": ("Down", "Disk", "Watchdog"), "severity": ("", "page", "warning")}
ON_GROUP: s.Labels = {"rule_group": ("a.yml;infra", "b.yml;infra", "")}
ON_CHANNEL: s.Labels = {"integration": ("email", "webhook")}
EXPRESSIONS = ("up == 0", "up / dead", "dead or up", "absent(up)", "vector(1)", "range_median(up[5m])", "", "up ==")
QUERIES: Mapping[str, s.Labels] = {
    "targets.up": {**ON_TARGET, "team": ("", "infra"), "service": ("", "boutique")},
    "units.active": {"instance": INSTANCES, "name": ("nginx.service", "backup.service")},
    "continuity.samples": {**ON_TARGET, "scrapes": ("tried", "succeeded", "")},
    "continuity.first_seen": ON_TARGET,
    "continuity.exporter": ON_TARGET,
    "continuity.targets_before": {"job": JOBS},
    "continuity.interval": ON_TARGET,
    **dict.fromkeys((*history_depth.OF_HOSTS, history_depth.UP), ON_TARGET),
    "changes.process": {"job": JOBS},
    "changes.build": {"job": JOBS},
    "alerts.activations": ON_ALERT,
    "alerts.firing_share": ON_ALERT,
    "alerts.observed_seconds": {},
    "rules.failures": ON_GROUP,
    "rules.missed": ON_GROUP,
    "rules.duration_share": ON_GROUP,
    "notifications.alertmanagers": {"instance": ("127.0.0.1:9090", "other:9090")},
    "notifications.sent": ON_CHANNEL,
    "notifications.failed": ON_CHANNEL,
    **{f"{prefix}{each}": {} for prefix in (PRESENT, PAST) for each in ("up", "dead")},
}
ENDPOINTS = ("/api/v1/targets", "/api/v1/rules", "/api/v1/alertmanagers")

values = st.none() | st.sampled_from((0.0, 1.0, 0.5, 30.0, 604_800.0, 10_080.0)) | st.floats(-10, 1e6)
labels = st.dictionaries(
    st.sampled_from(("team", "owner", "service", "app", "host", "severity", "job", "é")),
    st.sampled_from(("", "infra", "boutique", "web1", "page", "nginx")),
    max_size=4,
)


@st.composite
def answers(draw: st.DrawFn, query_id: str) -> QueryResult:
    if draw(st.integers(0, 5)) == 0:
        return b.query(query_id, reason=draw(s.reasons))
    kinds = st.fixed_dictionaries({name: st.sampled_from(given_) for name, given_ in QUERIES[query_id].items()})
    keys = draw(st.lists(kinds, max_size=5, unique_by=lambda each: tuple(sorted(each.items()))))
    window = draw(st.sampled_from(("1d", "7d", "8d", "30d", "now", "")))
    return b.query(query_id, *((each, draw(values)) for each in keys), window=window)


@st.composite
def targets(draw: st.DrawFn) -> Target:
    job, instance = draw(st.sampled_from(JOBS)), draw(st.sampled_from(INSTANCES))
    return b.target(
        instance,
        job,
        labels=draw(labels) | {"job": job, "instance": instance},
        health=draw(st.sampled_from(("up", "down", "unknown", "???"))),
        last_error=draw(st.sampled_from(("", "connection refused", "x509: bad", "☃"))),
        last_scrape=draw(st.none() | s.moments),
        scrape_interval_seconds=draw(st.sampled_from((None, 0.0, 15.0, 60.0, 7200.0))),
    )


rules = st.builds(
    Rule,
    kind=st.sampled_from(("alerting", "recording")),
    name=st.sampled_from(("Down", "Disk", "Watchdog")),
    group=st.sampled_from(("infra", "")),
    file=st.sampled_from(("a.yml", "b.yml")),
    query=st.sampled_from(EXPRESSIONS),
    labels=labels,
    annotations=st.dictionaries(st.sampled_from(("runbook_url", "runbook", "summary")), s.words, max_size=2),
    health=st.sampled_from(("ok", "err", "unknown")),
    interval_seconds=st.sampled_from((None, 0.0, 60.0)),
    evaluation_seconds=st.sampled_from((None, 0.0, 45.0)),
)


@st.composite
def servers(draw: st.DrawFn, asked: Sequence[str] = tuple(QUERIES), listed: bool = True) -> Monitoring:
    """Return a server that answered some of the queries; with `listed`, some of its endpoints too."""
    queries = [draw(answers(each)) for each in asked if draw(st.integers(0, 3))]
    hosts = draw(s.answers("hosts.uname", s.QUERY_LABELS["hosts.uname"]))
    endpoints = [b.endpoint(each, draw(st.none() | s.reasons)) for each in ENDPOINTS if draw(st.booleans())]
    return b.monitoring(
        hosts,
        *queries,
        kind=draw(st.sampled_from(("prometheus", "victoria-metrics", "thanos", "unknown"))),
        local_host=draw(st.sampled_from(("", "web1"))),
        endpoints=tuple(endpoints),
        targets=draw(s.maybe(s.some(targets(), 4))) if listed else None,
        rules=draw(s.maybe(s.some(rules, 4))) if listed else None,
        alertmanagers=draw(st.sampled_from((None, (), ("http://mon1:9093",)))) if listed else None,
        external_labels=draw(labels),
    )


@st.composite
def snapshots(draw: st.DrawFn, server: st.SearchStrategy[Monitoring | None]) -> Snapshot:
    names = draw(st.lists(st.sampled_from(s.HOSTS), max_size=3, unique=True))
    hosts = [draw(s.hosts(name, ("listeners", "agents"))) for name in names]
    context = draw(s.maybe(s.contexts(("services", "runbooks"))))
    return b.snapshot(*hosts, monitoring=draw(server), context=context)


def changed(snapshot: Snapshot, **fields: object) -> Snapshot:
    assert snapshot.monitoring is not None
    return msgspec.structs.replace(snapshot, monitoring=msgspec.structs.replace(snapshot.monitoring, **fields))


@every_case
@few
@given(st.data())
def test_whatever_a_server_says_members_are_named_and_values_are_proved(case: Case, data: st.DataObject) -> None:
    population = case.measure(build(data.draw(snapshots(s.maybe(servers(case.asked))))))
    names = [(each.kind, each.name) for each in population.members]
    assert len(names) == len(set(names))
    for member in population.members:
        assert (member.measured is None and member.declared is None) or member.evidence
        for each in member.evidence:
            assert each.provenance.source
            assert each.provenance.query
            assert each.kind == "declared" or each.key
        assert member.coverage == 1 or member.reason is not None
        assert member.measured is None or 0 <= member.measured.low <= member.measured.high <= 1


@pytest.mark.parametrize("check", [each for each in ALL_CHECKS if each.id in CASES], ids=lambda each: each.id)
@few
@given(st.data())
def test_every_answer_can_be_said(check: Check, data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(s.maybe(servers(CASES[check.id].asked))))
    measurement = check.measure(check.evidence(build(snapshot)))
    assert str(measurement.message)
    assert measurement.unseen is None or str(measurement.unseen)


@every_case
@few
@given(snapshots(st.none() | servers(asked=(), listed=False)))
def test_a_server_that_says_nothing_passes_nothing(case: Case, snapshot: Snapshot) -> None:
    population = case.measure(build(snapshot))
    assert population.interval(DISCOUNT).low == 0
    assert population.measured_only.high == 1
    assert not (population.complete and not population.members)
    assert population.members or population.missing is not None


@every_case
@few
@given(st.data())
def test_a_query_that_times_out_never_raises_low(case: Case, data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(servers(case.asked)))
    assert snapshot.monitoring is not None
    assume(len(snapshot.monitoring.queries) > 1)
    lost = data.draw(st.sampled_from(snapshot.monitoring.queries[1:]))
    silent = msgspec.structs.replace(lost, reason="timed_out", samples=())
    for queries in (
        tuple(silent if each is lost else each for each in snapshot.monitoring.queries),
        tuple(each for each in snapshot.monitoring.queries if each is not lost),
    ):
        assert case.interval(changed(snapshot, queries=queries)).low <= case.interval(snapshot).low


@every_case
@few
@given(st.data())
def test_endpoints_that_fall_silent_never_make_a_pass(case: Case, data: st.DataObject) -> None:
    """The list of targets is replaced by the series `up`, another population; without both nothing is known."""
    snapshot = data.draw(snapshots(servers(case.asked)))
    assert snapshot.monitoring is not None
    left = tuple(each for each in snapshot.monitoring.queries if not each.id.startswith(("targets.", "alerts.")))
    dark = changed(snapshot, targets=None, rules=None, alertmanagers=None, queries=left)
    assert case.interval(dark).low == 0


def undeclared(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot without what its context file says of owners and of runbooks."""
    if snapshot.declared is None:
        return snapshot
    context = snapshot.declared.context
    services = (
        None
        if context.services is None
        else tuple(msgspec.structs.replace(each, owner=None, deputy=None, date=None) for each in context.services)
    )
    silent = msgspec.structs.replace(context, services=services, runbooks=None)
    return msgspec.structs.replace(snapshot, declared=msgspec.structs.replace(snapshot.declared, context=silent))


OWNED = b.context(
    services=(b.service("boutique", owner="a.martin", deputy="b.leroy"),),
    runbooks=(ctx.Runbook(name="rb/down.md", alerts=("Down", "Disk")),),
)


@pytest.mark.parametrize("name", ["correlatable-labels", "alerts-actionable"])
@few
@given(st.data())
def test_owners_and_runbooks_that_are_declared_change_nothing_of_what_is_measured(
    name: str, data: st.DataObject
) -> None:
    case = CASES[name]
    aimed = labels.map(lambda each: each | {"service": "boutique"})
    seen = data.draw(st.lists(targets(), min_size=1, max_size=3))
    listed = tuple(msgspec.structs.replace(each, labels=each.labels | data.draw(aimed)) for each in seen)
    alerting = tuple(
        msgspec.structs.replace(each, kind="alerting", labels=each.labels | {"service": "boutique"})
        for each in data.draw(st.lists(rules, min_size=1, max_size=3))
    )
    server = msgspec.structs.replace(data.draw(servers(case.asked)), targets=listed, rules=alerting, endpoints=())
    snapshot = b.snapshot(b.host("web1"), monitoring=server, context=OWNED)
    said, unsaid = (case.measure(build(each)) for each in (snapshot, undeclared(snapshot)))
    assert said.measured_only == unsaid.measured_only
    assert unsaid.interval(DISCOUNT).contains(said.interval(DISCOUNT))


def with_more(snapshot: Snapshot, field: str, thing: object) -> Snapshot:
    """Return the snapshot with one more target or rule of its server."""
    assert snapshot.monitoring is not None
    return changed(snapshot, **{field: (*(getattr(snapshot.monitoring, field) or ()), thing)})


def rises(case: Case, before: Snapshot, after: Snapshot) -> bool:
    """Tell whether neither end falls."""
    was, is_ = case.interval(before), case.interval(after)
    return was.low <= is_.low and was.high <= is_.high


@few
@given(st.data())
def test_a_target_that_answers_again_lowers_nothing(data: st.DataObject) -> None:
    case = CASES["telemetry-coverage"]
    snapshot = data.draw(snapshots(servers(case.asked)))
    broken = data.draw(targets())
    well = msgspec.structs.replace(broken, health="up", last_error="", last_scrape=b.NOW)
    assert rises(case, with_more(snapshot, "targets", broken), with_more(snapshot, "targets", well))


@few
@given(st.data())
def test_an_alert_that_is_completed_lowers_nothing(data: st.DataObject) -> None:
    case = CASES["alerts-actionable"]
    snapshot = data.draw(snapshots(servers(case.asked)))
    bare = msgspec.structs.replace(data.draw(rules), kind="alerting")
    labels_ = bare.labels | {"severity": "page", "team": "infra"}
    whole = msgspec.structs.replace(bare, labels=labels_, annotations={"runbook": "rb"})
    assert rises(case, with_more(snapshot, "rules", bare), with_more(snapshot, "rules", whole))


@few
@given(st.data())
def test_a_rule_that_is_repaired_lowers_nothing(data: st.DataObject) -> None:
    case = CASES["rules-healthy"]
    snapshot = data.draw(snapshots(servers(case.asked)))
    broken = msgspec.structs.replace(data.draw(rules), health="err")
    well = msgspec.structs.replace(broken, health="ok")
    assert rises(case, with_more(snapshot, "rules", broken), with_more(snapshot, "rules", well))


@every_case
@few
@given(st.data())
def test_the_order_of_answers_says_nothing(case: Case, data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(servers(case.asked)))
    random = data.draw(st.randoms(use_true_random=False))
    assert snapshot.monitoring is not None
    shuffled = {}
    for field in ("queries", "targets", "rules"):
        items = list(getattr(snapshot.monitoring, field) or ())
        random.shuffle(items)
        shuffled[field] = tuple(items) if getattr(snapshot.monitoring, field) is not None else None
    assert case.interval(changed(snapshot, **shuffled)) == case.interval(snapshot)
